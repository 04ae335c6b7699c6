// A catalogue over fakes, asked through its router as the server would.
#pragma once

#include <gtest/gtest.h>

#include "gateway/base/owned_bytes.h"
#include "gateway/catalogue/face.h"
#include "gateway/codec/uri.h"
#include "tests/mappers/dcat/sample.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_datasets.h"

namespace gateway::catalogue {

namespace sample = mappers::dcat::sample;

class CatalogueFixture : public ::testing::Test {
 protected:
  CatalogueFixture() : CatalogueFixture(exact()) {}
  explicit CatalogueFixture(DatasetOptions options)
      : service(store, sample::profile(), sample::describe(), std::move(options)),
        catalogue(service, index, clock) {
    store.figures = sample::statistics();
    add_routes(router, catalogue);
  }

  void define_and_publish() {
    ASSERT_TRUE(service.define(sample::kDefinition, "sample.toml"));
    const auto published = service.publish("breast-mammography");
    ASSERT_TRUE(published) << published.error().text();
  }

  // Numbers as they are, so that tests can say what they expect.
  static DatasetOptions exact() {
    DatasetOptions options;
    auto book = disclosure::PolicyBook::parse("default = \"open\"\n", "test");
    if (book) options.policies = std::move(*book);
    return options;
  }

  http::Response get(const std::string& target, const std::string& accept = "text/turtle",
                     const std::string& if_none_match = {}) {
    http::Request request;
    if (!accept.empty()) request.headers.add("Accept", accept);
    if (!if_none_match.empty()) request.headers.add("If-None-Match", if_none_match);
    return send(std::move(request), target);
  }

  // As the server would; the base URL is that of a proxy.
  http::Response send(http::Request request, const std::string& target) {
    const auto question = target.find('?');
    request.target = target;
    request.path = target.substr(0, question);
    if (question != std::string::npos) {
      auto query = codec::parse_query(target.substr(question + 1));
      EXPECT_TRUE(query.ok()) << target;
      if (query) request.query = std::move(*query);
    }
    request.base_url = base_url;
    if (!request.body) request.body = std::make_shared<OwnedText>("");
    const auto route = router.match(request);
    if (!route) return http::problem_response(route.error(), request);
    auto response = (*route)->handler(request);
    return response ? std::move(*response) : (*route)->render_error(response.error(), request);
  }

  http::Response post(const std::string& target, const std::string& type, std::string body,
                      const std::string& accept = "application/json") {
    http::Request request;
    request.method = http::Method::Post;
    request.headers.add("Content-Type", type);
    request.headers.add("Accept", accept);
    request.body = std::make_shared<OwnedText>(std::move(body));
    return send(std::move(request), target);
  }

  static std::string body_of(const http::Response& response) {
    std::string text;
    for (const auto& piece : response.body) text += std::get<std::string>(piece);
    return text;
  }

  std::string base_url = "https://gateway.example";
  tests::FakeDatasetStore store;
  tests::FakeImageIndex index;
  gateway::testing::FakeClock clock;
  DatasetService service;
  Catalogue catalogue;
  http::Router router;
};

}  // namespace gateway::catalogue
