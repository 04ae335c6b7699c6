// The bar of the catalogue: the rows of two independent engines over the official shapes, for every file of
// the corpus (EXPECTED-r8.json), from the official files and from the tables that come with the program.
#include <algorithm>

#include "tests/shacl/support.h"

namespace {

using namespace gateway;
using namespace gateway::shacl;
using tests::PlainRow;

struct Expectation {
  std::string file, level;
  std::size_t violations = 0, warnings = 0;
  std::set<PlainRow> rows;
  bool unreadable = false;
};

std::string cell(const Value& value) { return value.as_string() ? *value.as_string() : "-"; }

std::vector<Expectation> expectations() {
  std::vector<Expectation> all;
  const auto json = codec::parse_json(tests::slurp(tests::kHealth + "/EXPECTED-r8.json"));
  if (!json) return all;
  for (const Value& one : *json->as_list()) {
    Expectation expected{std::string(one.text("file")), std::string(one.text("level")), 0, 0, {}, false};
    const Value* results = one.find("results");
    if (!results) results = one.find("shacl-engine");
    expected.unreadable = one.find("parse_error") != nullptr;
    if (!expected.unreadable) {
      expected.violations = static_cast<std::size_t>(*results->find("Violation")->as_int());
      expected.warnings = static_cast<std::size_t>(*results->find("Warning")->as_int());
      for (const Value& row : *results->find("rows")->as_list()) {
        const auto& cells = *row.as_list();
        expected.rows.insert(
            {cell(cells[0]), cell(cells[1]), cell(cells[2]), cell(cells[3]), cell(cells[4])});
      }
    }
    all.push_back(std::move(expected));
  }
  return all;
}

std::shared_ptr<const Profile> official(const std::string& level) {
  static std::map<std::string, std::shared_ptr<const Profile>> cache;
  auto& profile = cache[level];
  if (profile) return profile;
  ProfileBuilder builder("official");
  const std::string r8 = tests::kHealth + "/r8/", ap = tests::kHealth + "/dcat-ap-3.0.1/";
  for (const std::string& file :
       {r8 + "ranges/range.ttl", r8 + "shapes/" + level + "-shapes.ttl",
        r8 + "controlled-vocabularies/mdr-vocabularies.shape.ttl",
        r8 + "recommended/" + level + "-shapes_recommended.ttl", r8 + "shapes/graph-guard.ttl",
        ap + "shapes.ttl", ap + "range.ttl", ap + "shapes_recommended.ttl"})
    EXPECT_TRUE(builder.add_shapes(tests::slurp(file), codec::RdfFormat::Turtle, "file:///" + file).ok())
        << file;
  for (const auto& entry : std::filesystem::directory_iterator(tests::kHealth + "/vocab/background"))
    EXPECT_TRUE(
        builder.add_background(tests::slurp(entry.path()), tests::format_of(entry.path()), "file:///v").ok());
  const std::string spdx = SOURCE_DIR "/../shared/checks/lib/catalogue/spdx.ttl";
  EXPECT_TRUE(builder.add_background(tests::slurp(spdx), codec::RdfFormat::Turtle, "file:///s").ok());
  auto built = builder.build();
  EXPECT_TRUE(built.ok()) << built.error().text();
  return profile = *built;
}

// As the corpus was made: rows on blank nodes and on nodes that are no subject of the file are left out, but
// for the guard of the graph.
std::multiset<PlainRow> comparable(const Report& report) {
  std::multiset<PlainRow> rows;
  for (const Row& row : report.rows) {
    const bool guard = row.component == "SPARQLConstraintComponent";
    if (!guard && (row.origin != Origin::Document || row.focus.kind == codec::Term::Kind::Blank)) continue;
    rows.insert(tests::plain(row));
  }
  return rows;
}

void expect_rows(const Expectation& expected, const Profile& profile) {
  const std::string path = tests::kHealth + "/" + expected.file;
  DocumentOptions options;
  options.base = "file:///" + path;
  const auto report = validate_document(tests::slurp(path), tests::format_of(path), profile, options);
  ASSERT_EQ(report.ok(), !expected.unreadable) << expected.file << (report ? "" : report.error().text());
  if (!report) return;
  const auto rows = comparable(*report);
  EXPECT_EQ(std::set<PlainRow>(rows.begin(), rows.end()), expected.rows)
      << expected.file << " " << expected.level << "\nours:\n"
      << tests::show(rows);
  const auto count = [&](const char* severity) {
    return static_cast<std::size_t>(std::count_if(
        rows.begin(), rows.end(), [&](const PlainRow& row) { return std::get<0>(row) == severity; }));
  };
  EXPECT_EQ(count("Violation"), expected.violations) << expected.file;
  EXPECT_EQ(count("Warning"), expected.warnings) << expected.file;
  EXPECT_TRUE(report->not_evaluated.empty() || report->not_evaluated[0].component == "owl:imports");
}

TEST(Expected, OfficialShapesGiveTheRowsOfBothOutsideEngines) {
  if (!tests::corpus_is_there()) GTEST_SKIP() << "the corpus is not here";
  const auto all = expectations();
  ASSERT_EQ(all.size(), 23u);
  for (const Expectation& expected : all) expect_rows(expected, *official(expected.level));
}

TEST(Expected, ShippedTablesGiveTheSameRows) {
  if (!tests::corpus_is_there()) GTEST_SKIP() << "the corpus is not here";
  for (const Expectation& expected : expectations()) {
    const auto profile = tests::library().profile("healthdcat-ap-r8", expected.level);
    ASSERT_TRUE(profile.ok()) << profile.error().text();
    expect_rows(expected, **profile);
  }
}

// Other shapes and real files: the numbers that both outside engines give.
struct RealFile {
  const char* shapes;  // a release, or a file of the corpus
  const char* file;
  std::size_t violations, warnings;
};

TEST(Expected, RealFilesAndOtherShapesGiveTheNumbersOfTheOutsideEngines) {
  if (!tests::corpus_is_there()) GTEST_SKIP() << "the corpus is not here";
  const char* health_ri = "/health-ri-2.0/HRI-Datamodel-shapes.ttl";
  const RealFile all[] = {
      {"healthdcat-ap-r8:non-public", "/examples/ma3u_health-catalog.ttl", 2449, 407},
      {"healthdcat-ap-r5", "/examples/ma3u_health-catalog.ttl", 0, 0},
      {"/r5-and-national/fr-hdh-sensitivity-shape.ttl", "/examples/ckan_dataset_health.ttl", 9, 0},
      {health_ri, "/health-ri-2.0/example-catalog.ttl", 0, 0},
      {health_ri, "/health-ri-2.0/example-dataset.ttl", 0, 0},
      {health_ri, "/health-ri-2.0/example-distribution.ttl", 0, 0},
      {health_ri, "/health-ri-2.0/neg_dataset-iso8601.ttl", 53, 0},
      {health_ri, "/health-ri-2.0/neg_dataset-nodescription.ttl", 10, 0},
      {health_ri, "/health-ri-2.0/neg_dataset-nolicense.ttl", 9, 0},
      {health_ri, "/health-ri-2.0/neg_dataset-nomodified.ttl", 9, 0},
      {health_ri, "/health-ri-2.0/neg_dataset-nopublisher.ttl", 7, 0},
      {health_ri, "/health-ri-2.0/neg_example-dataset-bad.ttl", 19, 0},
  };
  for (const RealFile& one : all) {
    const std::string text = tests::slurp(tests::kHealth + one.file);
    Result<Report> report = Report{};
    if (*one.shapes == '/') {
      ProfileBuilder builder("file");
      ASSERT_TRUE(
          builder.add_shapes(tests::slurp(tests::kHealth + one.shapes), codec::RdfFormat::Turtle, "urn:s")
              .ok());
      ASSERT_TRUE(tests::library().add_background(builder).ok());
      const auto profile = builder.build();
      ASSERT_TRUE(profile.ok()) << profile.error().text();
      report = validate_document(text, codec::RdfFormat::Turtle, **profile, {.base = "urn:d"});
    } else {
      report =
          validate_document(text, codec::RdfFormat::Turtle, tests::library(), one.shapes, {.base = "urn:d"});
    }
    ASSERT_TRUE(report.ok()) << report.error().text();
    EXPECT_EQ(report->count(Severity::Violation), one.violations) << one.file;
    EXPECT_EQ(report->count(Severity::Warning), one.warnings) << one.file;
  }
}

}  // namespace
