// The crawler against this catalogue and against servers that have something wrong with them.
#include "gateway/catalogue/crawl.h"

#include <algorithm>

#include "gateway/base/json_text.h"
#include "gateway/catalogue/crawl_links.h"
#include "tests/catalogue/fixture.h"

namespace gateway::catalogue {
namespace {

class Crawl : public CatalogueFixture {
 protected:
  // Answers of a made-up server; everything else is 404.
  struct Page {
    std::string body;
    int status = 200;
    std::string type = "text/turtle";
    std::string location = {};
  };
  std::map<std::string, Page> pages;
  int asked = 0;

  Fetch from_pages() {
    return [this](const std::string& address, const std::string&) -> Result<Fetched> {
      ++asked;
      const auto at = pages.find(address);
      Fetched fetched;
      fetched.status = at == pages.end() ? 404 : at->second.status;
      if (at == pages.end()) return fetched;
      fetched.headers.add("Content-Type", at->second.type);
      if (!at->second.location.empty()) fetched.headers.add("Location", at->second.location);
      fetched.body = at->second.body;
      return fetched;
    };
  }
  Fetch from_catalogue() {
    return [this](const std::string& address, const std::string& accept) -> Result<Fetched> {
      const auto response = get(address.substr(base_url.size()), accept);
      return Fetched{response.status, response.headers, body_of(response)};
    };
  }
  static bool has(const CrawlReport& report, std::string_view rule) {
    return std::any_of(report.findings.begin(), report.findings.end(),
                       [&](const auto& finding) { return finding.rule == rule; });
  }
  // A root with one catalogue and one dataset; what a test breaks it says itself.
  void make_server() {
    const std::string head =
        "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .\n"
        "@prefix ldp: <http://www.w3.org/ns/ldp#> . @prefix fdp: <https://w3id.org/fdp/fdp-o#> .\n";
    pages["https://x.example/fdp/"] = {head + "<> a fdp:FAIRDataPoint ; fdp:metadataCatalog <catalog/a> .\n"};
    pages["https://x.example/fdp/catalog/a"] = {
        head + "<> a dcat:Catalog ; dct:title \"A\" ; dcat:dataset <../dataset/1> .\n"};
    pages["https://x.example/fdp/dataset/1"] = {
        head + "<> a dcat:Dataset ; dct:title \"One\" ; dcat:distribution <../distribution/1> .\n"};
    pages["https://x.example/fdp/distribution/1"] = {
        head + "<> a dcat:Distribution ; dcat:accessURL <http://y.example/> .\n"};
  }
  Result<CrawlReport> crawl_server(CrawlOptions options = {}) {
    return crawl("https://x.example/fdp/", from_pages(), nullptr, options, clock);
  }
};

TEST_F(Crawl, OurOwnCatalogueHasNothingWrongAndIsValid) {
  define_and_publish();
  const shacl::Library shapes(SOURCE_DIR "/profiles/shapes");
  const auto report = crawl(base_url + "/catalogue/", from_catalogue(), &shapes, {}, clock);
  ASSERT_TRUE(report.ok()) << report.error().text();
  EXPECT_EQ(report->count(FindingLevel::Error), 0u) << to_text(*report);
  EXPECT_EQ(report->datasets, 1u);
  EXPECT_EQ(report->valid_datasets, 1u);
  EXPECT_EQ(report->documents.size(), 6u) << "root, catalogue, dataset, two distributions, service";
}

TEST_F(Crawl, AFeedIsWalkedToItsLastPage) {
  for (int i = 0; i < 130; ++i) {
    const std::string id = "d" + std::to_string(i);
    ASSERT_TRUE(service.define(sample::changed("id = \"breast-mammography\"", "id = \"" + id + "\""), "x"));
    ASSERT_TRUE(store.publish(id, true));
  }
  const auto report = crawl(base_url + "/catalogue/feed", from_catalogue(), nullptr, {}, clock);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->datasets, 130u);
  EXPECT_EQ(report->documents.size(), 2u);
  EXPECT_EQ(report->count(FindingLevel::Error), 0u) << to_text(*report);
}

TEST_F(Crawl, AGoodServerIsWalkedOnceAndWithoutFindings) {
  make_server();
  const auto report = crawl_server();
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->count(FindingLevel::Error), 0u) << to_text(*report);
  EXPECT_EQ(asked, 4);
  EXPECT_EQ(report->documents[3].kind, "distribution");
  EXPECT_TRUE(report->complete);
}

TEST_F(Crawl, EveryFaultIsNamed) {
  const std::string dataset = "https://x.example/fdp/dataset/1";
  const auto finds = [&](std::string_view rule) {
    const auto report = crawl_server();
    ASSERT_TRUE(report.ok());
    EXPECT_TRUE(has(*report, rule)) << rule << "\n" << to_text(*report);
  };
  make_server();
  pages.erase(dataset);
  finds("http-status");
  finds("not-rooted");
  make_server();
  pages[dataset].type = "text/html";
  finds("content-type");
  pages[dataset] = {"<a> <b> ."};
  finds("rdf");
  make_server();
  pages[dataset].body.replace(pages[dataset].body.find("<> a"), 4, "<https://other.example/1> a");
  finds("own-subject");
  make_server();
  pages[dataset].body +=
      "<> <http://www.w3.org/ns/dcat#distribution> [ a <http://www.w3.org/ns/dcat#Distribution> ] .";
  finds("blank-distribution");
  make_server();
  pages[dataset] = {"", 302, "", "/fdp/dataset/2"};
  pages["https://x.example/fdp/dataset/2"] = {"", 302, "", "https://x.example/fdp/dataset/1"};
  finds("loop");
  finds("redirect");
  pages[dataset] = {"", 301, "", "http://127.0.0.1:22/"};
  finds("other-origin");
}

TEST_F(Crawl, CirclesEnd) {
  make_server();
  pages["https://x.example/fdp/dataset/1"].body +=
      "<> <http://www.w3.org/ns/ldp#contains> <../>, <../catalog/a>, <1#part> .";
  const auto report = crawl_server();
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(asked, 4);
}

TEST_F(Crawl, LimitsCutTheWalkAndAreReported) {
  make_server();
  CrawlOptions options;
  options.limits.max_documents = 2;
  auto report = crawl_server(options);
  EXPECT_FALSE(report->complete);
  EXPECT_TRUE(has(*report, "limit"));
  options = {};
  options.limits.max_depth = 1;
  report = crawl_server(options);
  EXPECT_FALSE(report->complete);
  options = {};
  options.limits.max_us = 0;
  report = crawl_server(options);
  EXPECT_FALSE(report->complete);
}

TEST_F(Crawl, AServerThatDoesNotAnswerIsAFinding) {
  const Fetch broken = [](const std::string&, const std::string&) -> Result<Fetched> {
    return fail(ErrorCode::GatewayTimeout, "no answer in time");
  };
  const auto report = crawl("https://x.example/", broken, nullptr, {}, clock);
  ASSERT_TRUE(report.ok());
  EXPECT_TRUE(has(*report, "fetch"));
  EXPECT_EQ(crawl("ftp://x.example/", broken, nullptr, {}, clock).error().code, ErrorCode::InvalidParameter);
}

TEST_F(Crawl, ReportsAreEscaped) {
  CrawlReport report;
  report.start = "https://x.example/<script>";
  report.findings.push_back({FindingLevel::Error, "javascript:alert(1)", "rdf", "<img src=x>"});
  const std::string page = crawl_page(report);
  EXPECT_EQ(page.find("<script>"), std::string::npos);
  EXPECT_EQ(page.find("<img"), std::string::npos);
  EXPECT_EQ(page.find("href=\"javascript"), std::string::npos);
  EXPECT_NE(to_json(to_value(report)).find("\"errors\":1"), std::string::npos);
}

TEST(CrawlLinks, AddressesAreResolvedAndComparedByOrigin) {
  EXPECT_EQ(origin_of("HTTPS://X.example:8443/a?b"), "https://x.example:8443");
  EXPECT_EQ(origin_of("https://"), "");
  EXPECT_EQ(origin_of("file:///etc/passwd"), "");
  EXPECT_EQ(resolve("https://x.example/a/b?c", "d"), "https://x.example/a/d");
  EXPECT_EQ(resolve("https://x.example/a/b", "/d"), "https://x.example/d");
  EXPECT_EQ(resolve("https://x.example/a/b?x", "?page=2"), "https://x.example/a/b?page=2");
  EXPECT_EQ(resolve("https://x.example/a", "//y.example/z"), "https://y.example/z");
}

}  // namespace
}  // namespace gateway::catalogue
