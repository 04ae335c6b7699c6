// A report in its three forms, and the graphs that its rows come from.
#include "gateway/shacl/vocabulary.h"
#include "tests/shacl/support.h"

namespace {

using namespace gateway;
using namespace gateway::shacl;

Result<Report> sample(bool own_nodes) {
  const auto profile =
      TRY(tests::profile_of(":S sh:targetClass :C ; sh:targetNode :made ; sh:property [ sh:path ( :p [ "
                            "sh:inversePath :q ] ) ; sh:minCount 1 ] , "
                            "[ sh:path :r ; sh:node [ sh:class :D ] ; sh:severity sh:Warning ] .",
                            ":known a :C ."));
  DocumentOptions options;
  options.base = "http://x/";
  options.name = "mine.ttl";
  options.own_nodes = own_nodes;
  return validate_document(tests::kPrefixes + std::string(":own a :C ; :r \"text\"@en ."),
                           codec::RdfFormat::Turtle, *profile, options);
}

TEST(Report, RowsNameTheGraphOfTheirFocusNode) {
  const auto all = sample(false);
  ASSERT_TRUE(all.ok()) << all.error().text();
  std::map<std::string, std::pair<Origin, std::string>> origins;
  for (const Row& row : all->rows) origins[row.focus.text] = {row.origin, row.source};
  EXPECT_EQ(origins["http://x/own"], std::pair(Origin::Document, std::string("mine.ttl")));
  EXPECT_EQ(origins["http://x/known"], std::pair(Origin::Background, std::string("vocabularies")));
  EXPECT_EQ(origins["http://x/made"], std::pair(Origin::Shapes, std::string()));
  const auto own = sample(true);
  ASSERT_TRUE(own.ok());
  for (const Row& row : own->rows) EXPECT_NE(row.origin, Origin::Background);
  EXPECT_EQ(own->rows.size() + 1, all->rows.size());
}

TEST(Report, JsonHoldsEveryPartOfARow) {
  const auto report = sample(true);
  ASSERT_TRUE(report.ok());
  const Value json = to_json_value(*report);
  EXPECT_EQ(*json.find("valid")->as_bool(), false);
  EXPECT_EQ(*json.find("violations")->as_int(), 2);
  EXPECT_EQ(*json.find("warnings")->as_int(), 1);
  EXPECT_EQ(*json.find("triples")->as_int(), 2);
  bool seen = false;
  for (const Value& row : *json.find("rows")->as_list()) {
    if (row.text("severity") != "Warning") continue;
    seen = true;
    EXPECT_EQ(row.text("component"), "NodeConstraintComponent");
    EXPECT_EQ(row.text("focus"), "http://x/own");
    EXPECT_EQ(row.text("path"), "http://x/r");
    EXPECT_EQ(row.find("value")->text("language"), "en");
    EXPECT_EQ(row.text("origin"), "document");
    EXPECT_EQ(row.find("details")->as_list()->size(), 1u);
  }
  EXPECT_TRUE(seen);
}

TEST(Report, TextSaysTheWorstFirstAndCountsRepetitions) {
  auto report = sample(true);
  ASSERT_TRUE(report.ok());
  report->rows.push_back(report->rows.front());
  report->not_evaluated.push_back({"sh:js", codec::iri("http://x/S"), "why"});
  const std::string text = to_text(*report);
  EXPECT_LT(text.find("Violation:"), text.find("Warning:"));
  EXPECT_NE(text.find("(2 times)"), std::string::npos) << text;
  EXPECT_NE(text.find("because"), std::string::npos) << text;
  EXPECT_NE(text.find("Not evaluated: sh:js of <http://x/S>: why"), std::string::npos) << text;
  EXPECT_NE(text.find("3 violations, 1 warning in 2 triples"), std::string::npos) << text;
}

TEST(Report, GraphIsAValidationReport) {
  const auto report = sample(true);
  ASSERT_TRUE(report.ok());
  const codec::Graph graph = to_graph(*report);
  const auto roots = graph.subjects(rdf("type"), codec::iri(sh("ValidationReport")));
  ASSERT_EQ(roots.size(), 1u);
  EXPECT_EQ(graph.objects(roots[0], sh("conforms"))[0].text, "false");
  const auto results = graph.objects(roots[0], sh("result"));
  ASSERT_EQ(results.size(), 3u);
  for (const codec::Term& result : results)
    for (const char* part :
         {"focusNode", "resultSeverity", "sourceConstraintComponent", "sourceShape", "resultPath"})
      EXPECT_EQ(graph.objects(result, sh(part)).size(), 1u) << part;
  EXPECT_EQ(graph.subjects(rdf("type"), codec::iri(sh("ValidationResult"))).size(), 4u) << "with one detail";
}

}  // namespace
