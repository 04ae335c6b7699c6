#include "gateway/codec/rdf_read.h"
#include "mappers/dcat/vocabulary.h"
#include "tests/catalogue/fixture.h"

namespace gateway::catalogue {
namespace {

const std::string kDataset = "/catalogue/dataset/breast-mammography";

TEST_F(CatalogueFixture, EveryResourceDescribesItsOwnIri) {
  define_and_publish();
  for (const char* path :
       {"/catalogue/", "/catalogue/catalog/imaging", "/catalogue/dataset/breast-mammography",
        "/catalogue/distribution/breast-mammography-1", "/catalogue/service/dicomweb"}) {
    const auto response = get(path);
    ASSERT_EQ(response.status, 200) << path;
    EXPECT_EQ(response.headers.get("Content-Type"), "text/turtle; charset=utf-8");
    const auto graph = codec::parse_turtle(body_of(response));
    ASSERT_TRUE(graph) << path;
    EXPECT_FALSE(graph
                     ->objects(codec::iri("https://gateway.example" + std::string(path)),
                               mappers::dcat::expand("rdf:type"))
                     .empty())
        << path;
  }
}

TEST_F(CatalogueFixture, TheClientChoosesTheSyntax) {
  define_and_publish();
  const auto type = [&](const std::string& accept, const std::string& path = kDataset) {
    return std::string(get(path, accept).headers.get("Content-Type"));
  };
  EXPECT_EQ(type("*/*"), "text/turtle; charset=utf-8");
  EXPECT_EQ(type(""), "text/turtle; charset=utf-8");
  EXPECT_EQ(type("application/ld+json"), "application/ld+json");
  EXPECT_EQ(type("application/rdf+xml"), "application/rdf+xml");
  EXPECT_EQ(type("application/ld+json;q=0.2, text/turtle;q=0.9, application/x-unknown"),
            "text/turtle; charset=utf-8");
  EXPECT_EQ(type("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
            "text/html; charset=utf-8");
  EXPECT_EQ(type("text/html", kDataset + "?format=nt"), "application/n-triples");
}

TEST_F(CatalogueFixture, RefusesUnknownSyntaxesAndVariesByAccept) {
  define_and_publish();
  const auto refused = get(kDataset, "application/x-unknown");
  EXPECT_EQ(refused.status, 406);
  EXPECT_EQ(refused.headers.get("Vary"), "Accept");
  EXPECT_EQ(get(kDataset, "*/*").headers.get("Vary"), "Accept");
  EXPECT_EQ(get(kDataset + "?format=doc").status, 400);
}

TEST_F(CatalogueFixture, AnUnchangedDocumentIs304) {
  define_and_publish();
  const std::string etag(get(kDataset).headers.get("ETag"));
  EXPECT_EQ(get(kDataset, "text/turtle", etag).status, 304);
  EXPECT_EQ(get(kDataset, "text/turtle", "W/" + etag + ", \"x\"").status, 304);
  EXPECT_EQ(get(kDataset, "application/ld+json", etag).status, 200);
}

TEST_F(CatalogueFixture, FiguresFollowTheIndex) {
  define_and_publish();
  const std::string etag(get(kDataset).headers.get("ETag"));
  const int counted = store.counted;
  EXPECT_EQ(get(kDataset, "application/ld+json").status, 200);
  EXPECT_EQ(store.counted, counted) << "one count serves all syntaxes";
  store.figures.studies = 25;
  ++index.current;
  clock.advance_us(2'000'000);
  const auto changed = get(kDataset, "text/turtle", etag);
  EXPECT_EQ(changed.status, 200);
  EXPECT_NE(body_of(changed).find("numberOfRecords \"25\""), std::string::npos);
}

TEST_F(CatalogueFixture, DuringAnIngestADatasetIsCountedAtMostEveryTwoSeconds) {
  define_and_publish();
  get(kDataset);
  const int counted = store.counted;
  for (int i = 0; i < 4; ++i) {
    ++index.current;
    clock.advance_us(499'000);
    EXPECT_EQ(get(kDataset).status, 200);
  }
  EXPECT_EQ(store.counted, counted);
  clock.advance_us(4'000);
  get(kDataset);
  EXPECT_EQ(store.counted, counted + 1);
  store.figures.newest_us = store.now_us + 1'000'000;
  ++store.now_us;
  ASSERT_TRUE(service.withdraw("breast-mammography"));
  ASSERT_TRUE(service.publish("breast-mammography"));
  EXPECT_NE(body_of(get(kDataset)).find("2023-11-14T22:13:21"), std::string::npos)
      << "a new publication does not wait, and dct:modified follows the images";
}

TEST_F(CatalogueFixture, RootCatalogueAndServiceCountNothing) {
  define_and_publish();
  const int counted = store.counted;
  for (const char* path : {"/catalogue/", "/catalogue/catalog/imaging", "/catalogue/service/dicomweb"})
    EXPECT_EQ(get(path).status, 200);
  EXPECT_EQ(store.counted, counted);
}

TEST_F(CatalogueFixture, AStoredDefinitionThatNoLongerParsesIsOurFault) {
  ASSERT_TRUE(store.define("old", "id = "));
  ASSERT_TRUE(store.publish("old", true));
  for (const char* path : {"/catalogue/", "/catalogue/catalog/imaging", "/catalogue/dataset/old"})
    EXPECT_EQ(get(path).status, 500) << path;
  const auto shown = service.show("old");
  EXPECT_EQ(shown.error().code, ErrorCode::StoreFailed);
  EXPECT_EQ(shown.error().where, "old");
}

TEST_F(CatalogueFixture, AChangeElsewhereInTheIndexKeepsTheEntityTag) {
  define_and_publish();
  const auto before = get(kDataset);
  ++index.current;
  clock.advance_us(2'000'000);
  const auto after = get(kDataset);
  EXPECT_EQ(after.headers.get("ETag"), before.headers.get("ETag"));
  EXPECT_EQ(after.headers.get("Last-Modified"), before.headers.get("Last-Modified"));
}

TEST_F(CatalogueFixture, OnlyPublishedDatasetsAreVisible) {
  ASSERT_TRUE(service.define(sample::kDefinition, "sample.toml"));
  EXPECT_EQ(get(kDataset).status, 404);
  EXPECT_EQ(body_of(get("/catalogue/catalog/imaging")).find("breast"), std::string::npos);
  ASSERT_TRUE(service.publish("breast-mammography"));
  EXPECT_EQ(get(kDataset).status, 200);
  ASSERT_TRUE(service.withdraw("breast-mammography"));
  EXPECT_EQ(get(kDataset).status, 410);
  EXPECT_EQ(get("/catalogue/distribution/breast-mammography-1").status, 410);
}

TEST_F(CatalogueFixture, UnknownResourcesAre404) {
  define_and_publish();
  for (const char* path :
       {"/catalogue/dataset/no-such-dataset", "/catalogue/catalog/other", "/catalogue/service/x",
        "/catalogue/distribution/breast-mammography-3", "/catalogue/distribution/breast-mammography-0",
        "/catalogue/distribution/breast-mammography-01", "/catalogue/distribution/breast-mammography",
        "/catalogue/distribution/x"})
    EXPECT_EQ(get(path).status, 404) << path;
}

TEST_F(CatalogueFixture, AFailingStoreIsAnErrorAndNeverAShortList) {
  define_and_publish();
  EXPECT_EQ(get("/catalogue/catalog/imaging").status, 200);
  store.broken = true;
  EXPECT_EQ(get("/catalogue/catalog/imaging").status, 500);
}

TEST_F(CatalogueFixture, TheBareAddressLeadsToTheRoot) {
  const auto response = get("/catalogue");
  EXPECT_EQ(response.status, 308);
  EXPECT_EQ(response.headers.get("Location"), "https://gateway.example/catalogue/");
}

TEST_F(CatalogueFixture, HtmlIsEscapedStaticAndSelfContained) {
  define_and_publish();
  for (const char* path : {"/catalogue/", "/catalogue/dataset/breast-mammography",
                           "/catalogue/distribution/breast-mammography-1", "/catalogue/service/dicomweb"}) {
    const auto response = get(path, "text/html");
    ASSERT_EQ(response.status, 200) << path;
    const std::string page = body_of(response);
    EXPECT_EQ(page.find("<script>"), std::string::npos) << "data for search engines is no script";
    EXPECT_EQ(page.find(" src="), std::string::npos);
    EXPECT_EQ(page.find("ACME <&>"), std::string::npos);
    EXPECT_NE(response.headers.get("Content-Security-Policy").find("default-src 'none'"), std::string::npos);
  }
  const std::string page = body_of(get(kDataset, "text/html"));
  for (const char* part : {"Breast screening mammography", "ACME &lt;&amp;&gt; &quot;Médical&quot;",
                           "(0010,0040)", "Example Health Data Access Body", "50\u201369", "123.5 MB"})
    EXPECT_NE(page.find(part), std::string::npos) << part;
}

}  // namespace
}  // namespace gateway::catalogue
