// Every property of a profile can be stated in a definition (or comes from the images), is exported, and is
// read back into the same records.
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "mappers/dcat/convert.h"
#include "mappers/dcat/publication.h"
#include "mappers/dcat/vocabulary.h"
#include "tests/mappers/dcat/releases.h"

namespace mappers::dcat {
namespace {

using gateway::codec::Graph;
using gateway::codec::Term;

// The nodes at the end of a path "dct:publisher/cv:contactPoint" from all things of a class.
std::set<Term> reached(const Graph& graph, std::string_view class_name, std::string_view path) {
  std::set<Term> at;
  for (const Term& thing : graph.subjects(expand("rdf:type"), gateway::codec::iri(expand(class_name))))
    at.insert(thing);
  for (const auto step : gateway::split(path, '/')) {
    std::set<Term> next;
    for (const Term& node : at)
      for (const Term& object : graph.objects(node, expand(step))) next.insert(object);
    at = std::move(next);
  }
  return at;
}

Graph exported(std::string_view release) {
  return dataset_graph(sample::context(), sample::everything(), sample::releases(), sample::release(release));
}

TEST(Coverage, EveryRowOfEucaimIsStatedAndExported) {
  const auto text = gateway::read_file(SOURCE_DIR "/../shared/corpus/eucaim/dcat/eucaim-dcat-ap-v2.json");
  if (!text) GTEST_SKIP() << "the corpus is not here";
  const auto rows = gateway::codec::parse_json(*text);
  ASSERT_TRUE(rows);
  const Graph graph = exported("eucaim-dcat-ap-v2");
  int checked = 0;
  for (const auto& row : *rows->find("rows")->as_list()) {
    const std::string type(row.text("cls")), path(row.text("path"));
    if (type == "Catalog") continue;
    ++checked;
    EXPECT_FALSE(reached(graph, "dcat:" + type, path).empty()) << type << " " << path;
  }
  EXPECT_EQ(checked, 144);
}

constexpr const char* kCatalogue = R"(
title = { en = "Images of Example University Hospital" }
description = { en = "All datasets of images." }
applicable_legislation = ["http://data.europa.eu/eli/reg/2016/679/oj"]
homepage = "https://hospital.example/catalogue"
language = ["ENG"]
theme_taxonomy = ["http://publications.europa.eu/resource/authority/data-theme"]
spatial = ["ESP"]
license = "https://creativecommons.org/licenses/by/4.0/"
catalog = ["https://hospital.example/catalogue/genomes"]
has_part = ["https://hospital.example/catalogue/genomes"]
record = ["https://hospital.example/catalogue/record/1"]
rights = "https://hospital.example/rights"
temporal = [{ start = "2014-01-01", end = "2024-12-31" }]
[publisher]
name = "Example University Hospital"
email = "data@hospital.example"
)";

TEST(Coverage, EveryRowOfEucaimForCataloguesIsStatedAndExported) {
  const auto text = gateway::read_file(SOURCE_DIR "/../shared/corpus/eucaim/dcat/eucaim-dcat-ap-v2.json");
  if (!text) GTEST_SKIP() << "the corpus is not here";
  const auto info = parse_catalogue(kCatalogue, "catalogue.toml", sample::profile());
  ASSERT_TRUE(info) << info.error().text();
  const RenderContext around = sample::context();
  const RenderContext context{around.profile, *info, around.describe, around.base, around.dicomweb};
  const std::vector<DatasetView> views = {sample::view()};
  const auto rows = gateway::codec::parse_json(*text);
  for (const Release& release : sample::releases().all) {
    const auto done = convert(sample::releases(), catalogue_graph(context, views), release);
    EXPECT_TRUE(done.report.lossless()) << done.report.text();
    for (const auto& row : *rows->find("rows")->as_list())
      if (row.text("cls") == "Catalog" && release.id == "eucaim-dcat-ap-v2") {
        EXPECT_FALSE(reached(done.graph, "dcat:Catalog", row.text("path")).empty()) << row.text("path");
      }
  }
}

TEST(Coverage, AFaultOfACatalogueIsNamed) {
  const auto info = parse_catalogue("homepage = \"here\"\nshoe = 1\n", "c.toml", sample::profile());
  ASSERT_FALSE(info);
  EXPECT_NE(info.error().text().find("the catalogue definition has 2 faults\n  line 1: homepage"),
            std::string::npos)
      << info.error().text();
}

TEST(Coverage, EveryFieldOfADatasetIsExportedByItsReleaseAndReadBack) {
  for (const Release& release : sample::releases().all) {
    const auto view = sample::everything();
    const Graph graph = dataset_graph(sample::context(), view, sample::releases(), release);
    const auto records = read_records(sample::releases(), graph).records;
    std::set<std::pair<std::string, std::string>> filled;
    for (const auto& [id, record] : records.records)
      for (const auto& [name, values] : record.values) filled.emplace(record.type, name);
    for (const ReleaseRow& row : release.rows()) {
      static const std::set<std::string_view> kAround = {"Catalog", "DataService", "DatasetSeries", "Period"};
      // Two fields of one property come back as the first; a release has one way to write some of them.
      static const std::set<std::string_view> kOther = {
          "eucaim_types",  "data_categories",       "places", "variables",
          "opening_hours", "special_opening_hours", "rights"};
      if (row.property.empty() || kAround.contains(row.field->type) || kOther.contains(row.field->name))
        continue;
      EXPECT_TRUE(filled.contains({std::string(row.field->type), std::string(row.field->name)}))
          << release.id << " " << row.field->type << " " << row.field->name;
    }
  }
}

TEST(Coverage, NothingThatAReleaseHasAPlaceForIsLost) {
  const std::set<std::string> expected = {"dcat-ap-3.0.1",    "dual-r8-eucaim-v2", "eucaim-dcat-ap-v2",
                                          "healthdcat-ap-r5", "healthdcat-ap-r6",  "healthdcat-ap-r7",
                                          "healthdcat-ap-r8"};
  std::set<std::string> seen;
  for (const Release& release : sample::releases().all) {
    seen.insert(release.id);
    const auto done =
        dataset_by_release(sample::context(), sample::everything(), sample::releases(), release);
    static const std::set<std::string_view> kKnown = {
        "healthdcatap:trustedDataHolder", "healthdcatap:hdabCoordinator", "healthdcatap:hasStructuredData"};
    for (const LossNote& note : done.report.notes) {
      const bool known = note.fate != Fate::Lost || kKnown.contains(note.property);
      EXPECT_TRUE(known) << release.id << " " << note.subject << " " << note.property << " " << note.value
                         << ": " << note.reason;
    }
  }
  EXPECT_EQ(seen, expected);
}

// With DCAT_OUT=FOLDER the documents are written there, for outside validators.
TEST(Coverage, WritesEveryRelease) {
  const char* folder = std::getenv("DCAT_OUT");
  for (const Release& release : sample::releases().all)
    for (const auto& [name, view] :
         {std::pair{"everything", sample::everything()}, std::pair{"sample", sample::view()}}) {
      const auto text = render_dataset(sample::context(), view, sample::releases(), release,
                                       gateway::codec::RdfFormat::Turtle);
      ASSERT_TRUE(text) << text.error().text();
      if (folder) std::ofstream(std::string(folder) + "/" + name + "-" + release.id + ".ttl") << *text;
    }
}

}  // namespace
}  // namespace mappers::dcat
