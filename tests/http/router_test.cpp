#include "gateway/http/router.h"

#include <gtest/gtest.h>

#include "gateway/codec/json.h"
#include "gateway/http/conditional.h"

namespace {

using namespace gateway;
using namespace gateway::http;

Handler answering(std::string name) {
  return [name](const Request&) -> Result<Response> { return Response::text(200, "text/plain", name); };
}

class Routes : public ::testing::Test {
 protected:
  Routes() {
    for (const char* each :
         {"/", "/studies", "/studies/{study}", "/studies/{study}/series", "/studies/{study}/series/{series}",
          "/studies/all/series/{any}", "/fhir/Patient/{id}"})
      router.add(Method::Get, each, {}, answering(each));
    router.add(Method::Post, "/studies", {.consumes = {"multipart/related"}, .body_limit = 10},
               answering("store"));
    router.add(Method::Delete, "/studies/all", {}, answering("delete"));
  }
  std::string match(Method method, std::string path) {
    request = {};
    request.method = method;
    request.path = std::move(path);
    const auto route = router.match(request);
    return route ? (*route)->path_template
                 : std::string(route.error().face().name) + " " + route.error().where;
  }
  Router router;
  Request request;
};

TEST_F(Routes, TheLongestLiteralMatchWins) {
  EXPECT_EQ(match(Method::Get, "/"), "/");
  EXPECT_EQ(match(Method::Get, "/studies"), "/studies");
  EXPECT_EQ(match(Method::Get, "/studies/1.2"), "/studies/{study}");
  EXPECT_EQ(request.param("study"), "1.2");
  EXPECT_EQ(match(Method::Get, "/studies/all/series/7"), "/studies/all/series/{any}");
  EXPECT_EQ(request.param("any"), "7");
  EXPECT_EQ(match(Method::Get, "/studies/1/series/2"), "/studies/{study}/series/{series}");
  EXPECT_EQ(request.params.size(), 2u);
  EXPECT_EQ(request.param("series"), "2");
}

TEST_F(Routes, FallsBackFromALiteralThatLeadsNowhere) {
  EXPECT_EQ(match(Method::Get, "/studies/all/series"), "/studies/{study}/series");
  EXPECT_EQ(request.param("study"), "all");
  EXPECT_EQ(match(Method::Get, "/studies/all"), "/studies/{study}");
}

TEST_F(Routes, CapturesTakeExactlyOneNonEmptySegment) {
  EXPECT_EQ(match(Method::Get, "/studies/"), "NotFound /studies/");
  EXPECT_EQ(match(Method::Get, "/studies//series"), "NotFound /studies//series");
  EXPECT_EQ(match(Method::Get, "/studies/1/2"), "NotFound /studies/1/2");
  EXPECT_EQ(match(Method::Get, "//studies"), "NotFound //studies");
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "/x";
  EXPECT_EQ(match(Method::Get, deep), "NotFound " + deep);
}

TEST_F(Routes, NamesAllMethodsOfAPath) {
  EXPECT_EQ(match(Method::Put, "/studies"), "MethodNotAllowed GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(match(Method::Post, "/studies/all"), "MethodNotAllowed GET, HEAD, DELETE, OPTIONS");
  EXPECT_EQ(match(Method::Head, "/studies"), "/studies");
}

TEST_F(Routes, ErrorRenderersGoByWholeSegmentsOfThePrefix) {
  router.set_error_renderer("/fhir", [](const Error&, const Request&) {
    return Response::text(400, "application/fhir+json", "{}");
  });
  const Error error = fail(ErrorCode::NotFound, "none");
  const auto type = [&](std::string_view path) {
    return std::string(router.error_renderer(path)(error, request).headers.get("Content-Type"));
  };
  EXPECT_EQ(type("/fhir"), "application/fhir+json");
  EXPECT_EQ(type("/fhir/x"), "application/fhir+json");
  EXPECT_EQ(type("/fhirlike"), "application/problem+json");
  EXPECT_EQ(type(""), "application/problem+json");
}

TEST_F(Routes, DescribesItselfInOpenApi) {
  router.add(Method::Get, "/search",
             {.summary = "Searches",
              .tag = "FHIR",
              .query = {{"_count", "page size"}},
              .produces = {"application/fhir+json"}},
             answering("search"));
  const auto document = codec::parse_json(router.openapi("Gateway", "1.0"));
  ASSERT_TRUE(document.ok());
  EXPECT_EQ(document->text("openapi"), "3.1.0");
  const Value& paths = *document->find("paths");
  EXPECT_EQ(paths.as_map()->size(), 9u);
  const Value& series = *paths.find("/studies/{study}/series/{series}")->find("get");
  EXPECT_EQ(series.text("operationId"), "getStudiesByStudySeriesBySeries");
  EXPECT_EQ(series.find("parameters")->as_list()->size(), 2u);
  EXPECT_EQ((*series.find("parameters")->as_list())[1].text("name"), "series");
  EXPECT_NE(paths.find("/studies")->find("post")->find("requestBody"), nullptr);
  const Value& search = *paths.find("/search")->find("get");
  EXPECT_EQ((*search.find("parameters")->as_list())[0].text("in"), "query");
  EXPECT_NE(search.find("responses")->find("2XX")->find("content")->find("application/fhir+json"), nullptr);
}

TEST(Router, ATailMatchesAllThatIsLeft) {
  Router router;
  const auto handler = [](const Request&) { return Result<Response>(Response{}); };
  router.add(Method::Get, "/bulk/{path*}", {}, handler);
  router.add(Method::Get, "/bulk/{one}/list", {}, handler);
  const auto tail = [&](const std::string& path) {
    Request request;
    request.path = path;
    const auto route = router.match(request);
    return route ? std::string(request.param("path")) : std::string("none");
  };
  EXPECT_EQ(tail("/bulk/a"), "a");
  EXPECT_EQ(tail("/bulk/a/0/b/1/c"), "a/0/b/1/c");
  EXPECT_EQ(tail("/bulk/a/list"), "");  // the longer literal match
  EXPECT_EQ(tail("/bulk/a/list/b"), "a/list/b");
  EXPECT_EQ(tail("/bulk"), "none");
  EXPECT_EQ(tail("/bulk/"), "none");
  std::string deep = "/bulk";
  for (int i = 0; i < 90; ++i) deep += "/x";
  EXPECT_EQ(tail(deep), deep.substr(6));
  for (int i = 0; i < 90; ++i) deep += "/x";
  EXPECT_EQ(tail(deep), "none");
}

TEST(Conditional, ComparesEntityTagsWeakly) {
  Request request;
  const auto ask = [&](std::string_view value) {
    request.headers = {};
    if (!value.empty()) request.headers.add("If-None-Match", value);
    return not_modified(request, "\"a,b\"");
  };
  EXPECT_FALSE(ask(""));
  EXPECT_TRUE(ask("*"));
  EXPECT_TRUE(ask("\"a,b\""));
  EXPECT_TRUE(ask("\"x\", W/\"a,b\""));
  EXPECT_FALSE(ask("\"a\""));
  EXPECT_FALSE(ask("\"a,b"));
  request.method = Method::Post;
  EXPECT_FALSE(ask("*"));
}

}  // namespace
