// EUCAIM DCAT-AP v2.0 in shapes of our own: 32 documents with one fault each, 4 without.
#include <algorithm>

#include "gateway/base/text.h"
#include "tests/shacl/support.h"

namespace {

using namespace gateway;
using namespace gateway::shacl;

const std::string kFolder = tests::kCorpus + "/eucaim/dcat";

Result<Report> validate(const std::string& file) {
  DocumentOptions options;
  options.base = "https://example.org/";
  return validate_document(tests::slurp(kFolder + "/" + file), codec::RdfFormat::Turtle, tests::library(),
                           "eucaim-dcat-ap-v2", options);
}

// "dct:publisher/cv:contactPoint": the row stands at the last step.
std::string last_step(std::string_view path) {
  const auto steps = split(path, '/');
  const std::size_t colon = steps.back().find(':');
  return usual_prefixes().at(std::string(steps.back().substr(0, colon))) +
         std::string(steps.back().substr(colon + 1));
}

TEST(Eucaim, ValidDocumentsAreAccepted) {
  if (!tests::corpus_is_there()) GTEST_SKIP() << "the corpus is not here";
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder + "/valid")) {
    const auto report = validate("valid/" + entry.path().filename().string());
    ASSERT_TRUE(report.ok()) << report.error().text();
    EXPECT_TRUE(report->valid()) << entry.path() << "\n" << to_text(*report);
    EXPECT_TRUE(report->not_evaluated.empty());
    ++files;
  }
  EXPECT_EQ(files, 4u);
}

TEST(Eucaim, InvalidDocumentsAreRefusedAtTheNamedPathAndNowhereElse) {
  if (!tests::corpus_is_there()) GTEST_SKIP() << "the corpus is not here";
  const auto json = codec::parse_json(tests::slurp(kFolder + "/invalid/EXPECTED.json"));
  ASSERT_TRUE(json.ok());
  std::size_t files = 0;
  for (const auto& [name, list] : *json->as_map()) {
    if (!list.as_list()) continue;
    for (const Value& one : *list.as_list()) {
      const auto report = validate(std::string(one.text("file")));
      ASSERT_TRUE(report.ok()) << report.error().text();
      EXPECT_FALSE(report->valid()) << one.text("file");
      for (const Row& row : report->rows)
        if (row.severity == Severity::Violation) {
          ASSERT_TRUE(row.path && row.path->is_predicate()) << one.text("file") << "\n" << to_text(*report);
          EXPECT_EQ(row.path->predicate, last_step(one.text("path"))) << one.text("file");
        }
      ++files;
    }
  }
  EXPECT_EQ(files, 32u);
}

// The shapes as Turtle in an outside engine. It does not know where rows without a path point.
TEST(Eucaim, AnOutsideEngineGivesTheSameRowsFromTheExportedShapes) {
  if (!tests::corpus_is_there()) GTEST_SKIP() << "the corpus is not here";
  const auto profile = tests::library().profile("eucaim-dcat-ap-v2", "");
  ASSERT_TRUE(profile.ok());
  const std::string shapes = codec::write_turtle((*profile)->graph(), usual_prefixes());
  tests::Cases cases;
  std::vector<std::string> files;
  for (const char* folder : {"/valid/", "/invalid/"})
    for (const auto& entry : std::filesystem::directory_iterator(kFolder + folder))
      if (entry.path().extension() == ".ttl") {
        files.push_back(folder + entry.path().filename().string());
        cases.emplace_back(shapes, tests::slurp(entry.path()));
      }
  ASSERT_EQ(cases.size(), 36u);
  const auto theirs = tests::outside_rows(cases);
  if (!theirs) GTEST_SKIP() << "the outside engine is not installed";
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto report = validate(files[i]);
    ASSERT_TRUE(report.ok()) << report.error().text();
    std::multiset<tests::PlainRow> ours;
    for (const Row& row : report->rows) {
      tests::PlainRow plain = tests::plain(row);
      if (row.component == "OrConstraintComponent" && row.value == row.focus) std::get<3>(plain) = "-";
      ours.insert(plain);
    }
    EXPECT_EQ(tests::show(ours), tests::show((*theirs)[i])) << files[i];
  }
}

// Every property row of the profile that sets a number is a rule here.
TEST(Eucaim, EveryRowOfTheProfileThatSetsANumberIsARule) {
  if (!tests::corpus_is_there()) GTEST_SKIP() << "the corpus is not here";
  const auto profile = tests::library().profile("eucaim-dcat-ap-v2", "");
  ASSERT_TRUE(profile.ok());
  std::set<std::string> named;
  for (const Shape& shape : (*profile)->shapes().all)
    if (shape.path && shape.path->is_predicate()) named.insert(shape.path->predicate);
  const auto json = codec::parse_json(tests::slurp(kFolder + "/eucaim-dcat-ap-v2.json"));
  ASSERT_TRUE(json.ok());
  std::size_t rows = 0;
  for (const Value& row : *json->find("rows")->as_list()) {
    ++rows;
    const bool sets_number = *row.find("min")->as_int() > 0 || !row.find("max")->is_null();
    EXPECT_TRUE(!sets_number || named.contains(last_step(row.text("path")))) << row.text("path");
  }
  EXPECT_EQ(rows, 164u);
}

}  // namespace
