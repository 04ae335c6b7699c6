#include "gateway/http/negotiate.h"

#include <gtest/gtest.h>

#include <array>

namespace {

using namespace gateway;
using namespace gateway::http;

constexpr std::array<std::string_view, 3> kOffers = {"application/ld+json", "text/turtle", "text/html"};

std::string choice(std::string_view accept) {
  const auto index = negotiate(accept, kOffers);
  return index ? std::string(kOffers[*index]) : std::string(index.error().face().name);
}

TEST(Negotiate, FollowsWeightsThenSpecificityThenTheServer) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "application/ld+json"},
      {"*/*", "application/ld+json"},
      {"*", "application/ld+json"},
      {"text/turtle", "text/turtle"},
      {"TEXT/Turtle", "text/turtle"},
      {"text/*", "text/turtle"},
      {"text/turtle, */*", "text/turtle"},
      {"text/turtle;q=0.5, */*;q=0.8", "application/ld+json"},
      {"*/*;q=0.1, text/html;q=0.2", "text/html"},
      {"text/*, text/turtle;q=0", "text/html"},
      {"text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", "text/html"},
      {"text/turtle;profile=\"a,b;c\", application/ld+json;q=0.9", "text/turtle"},
      {"application/pdf", "NotAcceptable"},
      {"*/*;q=0", "NotAcceptable"},
      {"text", "InvalidParameter"},
      {"text/turtle;q=2", "InvalidParameter"},
      {"text/turtle;q=0.1234", "InvalidParameter"},
      {"text/turtle;x=\"", "InvalidParameter"},
      {", ,text/turtle,", "text/turtle"},
  };
  for (const auto& [accept, expected] : cases) EXPECT_EQ(choice(accept), expected) << accept;
}

TEST(Negotiate, ReadsWhatDicomClientsSend) {
  const auto ranges = parse_accept(
      "multipart/related; type=application/dicom; transfer-syntax=*, "
      "multipart/related;type=\"image/jp2\";q=.5");
  ASSERT_FALSE(ranges.ok());  // ".5" is no weight
  const auto sound = parse_accept(
      "multipart/related; type=application/dicom; transfer-syntax=*, "
      "multipart/related;type=\"image/jp2\";q=0.5");
  ASSERT_TRUE(sound.ok());
  EXPECT_EQ((*sound)[0].parameter("type"), "application/dicom");
  EXPECT_EQ((*sound)[0].parameter("transfer-syntax"), "*");
  EXPECT_EQ((*sound)[1].quality, 500);
  EXPECT_EQ((*sound)[1].parameter("type"), "image/jp2");
}

TEST(Negotiate, NamesTheOffersWhenNoneIsAcceptable) {
  const auto index = negotiate("application/pdf", kOffers);
  EXPECT_NE(index.error().message.find("text/turtle"), std::string::npos);
}

}  // namespace
