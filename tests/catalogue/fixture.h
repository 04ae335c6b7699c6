// A catalogue over fakes, asked through its router as the server would.
#pragma once

#include <gtest/gtest.h>

#include "gateway/catalogue/face.h"
#include "tests/mappers/dcat/sample.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_datasets.h"

namespace gateway::catalogue {

namespace sample = mappers::dcat::sample;

class CatalogueFixture : public ::testing::Test {
 protected:
  CatalogueFixture()
      : service(store, sample::profile(), sample::describe()), catalogue(service, index, clock) {
    store.figures = sample::statistics();
    add_routes(router, catalogue);
  }

  void define_and_publish() {
    ASSERT_TRUE(service.define(sample::kDefinition, "sample.toml"));
    const auto published = service.publish("breast-mammography");
    ASSERT_TRUE(published) << published.error().text();
  }

  http::Response get(std::string path, std::string accept = "text/turtle", std::string if_none_match = {}) {
    http::Request request;
    if (const auto question = path.find("?format="); question != std::string::npos) {
      request.query.emplace_back("format", path.substr(question + 8));
      path.resize(question);
    }
    request.path = request.target = path;
    request.base_url = "https://gateway.example";
    if (!accept.empty()) request.headers.add("Accept", accept);
    if (!if_none_match.empty()) request.headers.add("If-None-Match", if_none_match);
    const auto route = router.match(request);
    if (!route) return http::problem_response(route.error(), request);
    auto response = (*route)->handler(request);
    return response ? std::move(*response) : (*route)->render_error(response.error(), request);
  }

  static std::string body_of(const http::Response& response) {
    std::string text;
    for (const auto& piece : response.body) text += std::get<std::string>(piece);
    return text;
  }

  tests::FakeDatasetStore store;
  tests::FakeImageIndex index;
  gateway::testing::FakeClock clock;
  DatasetService service;
  Catalogue catalogue;
  http::Router router;
};

}  // namespace gateway::catalogue
