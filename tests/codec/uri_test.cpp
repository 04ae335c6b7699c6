#include "gateway/codec/uri.h"

#include <gtest/gtest.h>

#include "gateway/codec/media_type.h"

namespace {

using namespace gateway;
using namespace gateway::codec;

TEST(Uri, DecodesOnceAndStrictly) {
  EXPECT_EQ(percent_decode("a%20b%2Fc").value(), "a b/c");
  EXPECT_EQ(percent_decode("%252e").value(), "%2e");
  EXPECT_EQ(percent_decode("a+b").value(), "a+b");
  EXPECT_EQ(percent_decode("a+b", Plus::Space).value(), "a b");
  EXPECT_EQ(percent_decode("%E4%BD%A0").value(), "\xE4\xBD\xA0");
  for (const char* bad : {"%", "%4", "%zz", "%4x", "a%", "%00", "%ff", "%c0%af", "%ed%a0%80", "\xff"})
    EXPECT_FALSE(percent_decode(bad).ok()) << bad;
}

TEST(Uri, EncodesAllButTheUnreserved) {
  EXPECT_EQ(percent_encode("aZ09-._~ /\xE4"), "aZ09-._~%20%2F%E4");
  EXPECT_EQ(percent_encode("a/b c", "/"), "a/b%20c");
}

TEST(Uri, ReadsQueriesInOrder) {
  const QueryPairs expected = {{"a", "1"}, {"b", ""}, {"a", "x y=z"}, {"", "v"}};
  EXPECT_EQ(parse_query("a=1&b&&a=x%20y=z&=v").value(), expected);
  EXPECT_EQ(parse_query(write_query(expected)).value(), expected);
  EXPECT_TRUE(parse_query("").value().empty());
  EXPECT_FALSE(parse_query("a=%").ok());
}

TEST(Uri, RefusesPathsThatCouldMeanAnother) {
  EXPECT_EQ(decode_path("/a/b%20c/").value(), "/a/b c/");
  EXPECT_EQ(decode_path("/").value(), "/");
  EXPECT_EQ(decode_path("/...").value(), "/...");
  for (const char* bad :
       {"", "a", "/.", "/..", "/a/../b", "/%2e%2e/b", "/a%2fb", "/a%5cb", "/a\\b", "/a%0ab", "/%7f", "/%zz"})
    EXPECT_FALSE(decode_path(bad).ok()) << bad;
}

TEST(MediaTypes, ReadsParametersQuotedAndNot) {
  const auto media = parse_media_type("Multipart/Related; TYPE=\"application/dicom\" ;boundary=a:b/c=d");
  ASSERT_TRUE(media.ok());
  EXPECT_EQ(media->type, "multipart/related");
  EXPECT_EQ(media->parameter("type"), "application/dicom");
  EXPECT_EQ(media->parameter("boundary"), "a:b/c=d");
  EXPECT_EQ(media->parameter("start"), "");
  EXPECT_EQ(parse_media_type("a/b; c=\"d\\\"; e\"").value().parameter("c"), "d\"; e");
}

TEST(MediaTypes, RefusesWhatIsBroken) {
  for (const char* bad : {"", ";", "text", "text/", "/plain", "te xt/plain", "a/b; c", "a/b; =c",
                          "a/b; c=d; C=e", "a/b; c=\"d", "a/b; c=\"d\"e", "a/b; c=d e", "a/b/c"})
    EXPECT_FALSE(parse_media_type(bad).ok()) << bad;
}

}  // namespace
