// POST /catalogue/validate: any syntax in, a report in three forms out.
#include "gateway/codec/json.h"
#include "tests/catalogue/fixture.h"

namespace gateway::catalogue {
namespace {

// The fixture with shapes.
class Validation : public CatalogueFixture {
 protected:
  Validation() : CatalogueFixture(with_shapes()) {}
  static DatasetOptions with_shapes() {
    static const shacl::Library shapes(SOURCE_DIR "/profiles/shapes");
    DatasetOptions options = exact();
    options.shapes = &shapes;
    return options;
  }
  Value json(const http::Response& response) {
    auto value = codec::parse_json(body_of(response));
    EXPECT_TRUE(value.ok());
    return value ? *value : Value();
  }
};

TEST_F(Validation, OurOwnDescriptionIsValidInEverySyntax) {
  ASSERT_TRUE(service.define(sample::kDefinition, "x"));
  const auto published = service.publish("breast-mammography");
  ASSERT_TRUE(published) << published.error().text();
  for (const char* type : {"text/turtle", "application/ld+json", "application/rdf+xml",
                           "application/n-triples", "application/trig"}) {
    const std::string text = body_of(get("/catalogue/dataset/breast-mammography", type));
    const auto report = post("/catalogue/validate?profile=healthdcat-ap-r8:non-public", type, text);
    ASSERT_EQ(report.status, 200) << type << body_of(report);
    EXPECT_EQ(json(report).find("valid")->as_bool()[0], true) << type << body_of(report);
  }
}

TEST_F(Validation, AViolationIsARowInEveryForm) {
  const std::string text =
      "@prefix dcat: <http://www.w3.org/ns/dcat#> . <http://x.example/d> a dcat:Dataset .";
  const auto answer = post("/catalogue/validate", "text/turtle", text);
  EXPECT_NE(body_of(answer).find("MinCountConstraintComponent"), std::string::npos);
  const auto page = post("/catalogue/validate", "text/turtle", text, "text/html");
  EXPECT_EQ(page.headers.get("Content-Type"), "text/html; charset=utf-8");
  EXPECT_NE(body_of(page).find("<h1>Not valid</h1>"), std::string::npos);
  const auto turtle = post("/catalogue/validate", "text/turtle", text, "text/turtle");
  EXPECT_NE(body_of(turtle).find("sh:ValidationReport"), std::string::npos);
}

TEST_F(Validation, TheFormOfThePageIsTaken) {
  EXPECT_NE(body_of(get("/catalogue/validate", "text/html")).find("<textarea"), std::string::npos);
  const auto answer = post("/catalogue/validate?format=html", "application/x-www-form-urlencoded",
                           "profile=healthdcat-ap-r8%3Apublic&document=%3Chttp%3A%2F%2Fx.example%2Fd%3E+a+"
                           "%3Chttp%3A%2F%2Fwww.w3.org%2Fns%2Fdcat%23Dataset%3E+.");
  EXPECT_EQ(answer.status, 200) << body_of(answer);
  EXPECT_NE(body_of(answer).find("Not valid"), std::string::npos);
}

// A long name that short ones stand for, again and again: of this much we take no more than of its own size.
TEST_F(Validation, ADocumentMayNotGrowFarBeyondItsSize) {
  std::string text = "@prefix p: <http://x.example/" + std::string(8000, 'x') + "> . p:a a p:T .\n";
  for (int i = 0; i < 1000; ++i) text += "p:" + std::to_string(i) + " p:b p:c .\n";
  EXPECT_EQ(post("/catalogue/validate", "text/turtle", text).status, 413);
}

TEST_F(Validation, ADocumentMayNameAShippedContext) {
  const std::string text =
      R"({"@context": "https://semiceu.github.io/DCAT-AP/releases/3.0.1/context/dcat-ap.jsonld",
          "@id": "http://x.example/d", "@type": "Dataset"})";
  EXPECT_EQ(post("/catalogue/validate", "application/ld+json", text).status, 200);
}

TEST_F(Validation, WhatIsNoDescriptionIsRefusedByName) {
  EXPECT_EQ(post("/catalogue/validate", "text/turtle", "<a> <b> .").status, 400);
  EXPECT_EQ(post("/catalogue/validate", "image/png", "x").status, 415);
  EXPECT_EQ(
      post("/catalogue/validate?profile=r99", "text/turtle", "<http://a.example/> a <http://b.example/> .")
          .status,
      404);
}

TEST_F(Validation, OurDescriptionsKeepTheOfficialShapes) {
  ASSERT_TRUE(service.define(sample::kDefinition, "x"));
  EXPECT_TRUE(service.validate("breast-mammography")->violations.empty());
}

TEST_F(CatalogueFixture, WhatCannotBeCheckedIsNotPublished) {
  const shacl::Library none(SOURCE_DIR "/profiles/nowhere");
  DatasetOptions options = exact();
  options.shapes = &none;
  DatasetService unchecked(store, sample::profile(), sample::describe(), options);
  ASSERT_TRUE(unchecked.define(sample::kDefinition, "x"));
  EXPECT_FALSE(unchecked.publish("breast-mammography"));
  EXPECT_EQ(store.dataset("breast-mammography")->published_us, 0);
}

}  // namespace
}  // namespace gateway::catalogue
