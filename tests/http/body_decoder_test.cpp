#include "gateway/http/body_decoder.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "http_fixture.h"

using namespace tests;

namespace {

constexpr int kGzip = 31, kZlib = 15, kBare = -15;

std::string packed(const std::string& text, int format) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, format, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<unsigned>(text.size());
  stream.next_out = reinterpret_cast<unsigned char*>(out.data());
  stream.avail_out = static_cast<unsigned>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// What comes out when the body arrives in pieces of this size.
Result<std::string> decoded(const std::string& coding, const std::string& body, std::size_t piece = 7,
                            std::uint64_t limit = 1 << 30) {
  const auto decoder = TRY(BodyDecoder::make(coding, limit));
  std::string out;
  for (std::size_t at = 0; at < body.size(); at += piece)
    TRY_VOID(decoder->feed(std::string_view(body).substr(at, piece), [&out](std::string_view bytes) {
      out += bytes;
      return Result<void>();
    }));
  TRY_VOID(decoder->finish());
  return out;
}

std::string text_of(const Result<std::string>& result) { return result ? *result : result.error().text(); }

}  // namespace

TEST(BodyDecoder, TakesGzipAndBothKindsOfDeflate) {
  const std::string text = "one two three " + std::string(100'000, 'x');
  for (const std::size_t piece : {1u, 7u, 100'000u}) {
    EXPECT_EQ(text_of(decoded("gzip", packed(text, kGzip), piece)), text);
    EXPECT_EQ(text_of(decoded("X-GZIP", packed(text, kGzip), piece)), text);
    EXPECT_EQ(text_of(decoded("deflate", packed(text, kZlib), piece)), text);
    EXPECT_EQ(text_of(decoded("deflate", packed(text, kBare), piece)), text);
  }
  EXPECT_EQ(text_of(decoded("gzip", packed("a", kGzip) + packed("b", kGzip))), "ab");
  EXPECT_EQ(text_of(decoded("gzip", "")), "");
}

TEST(BodyDecoder, NoCodingIsNoDecoder) {
  EXPECT_EQ(*BodyDecoder::make("", 1), nullptr);
  EXPECT_EQ(*BodyDecoder::make("identity", 1), nullptr);
}

TEST(BodyDecoder, RefusesOtherCodingsAndBrokenStreams) {
  EXPECT_EQ(BodyDecoder::make("br", 1).error().code, ErrorCode::UnsupportedMediaType);
  EXPECT_EQ(BodyDecoder::make("gzip, gzip", 1).error().code, ErrorCode::UnsupportedMediaType);
  EXPECT_EQ(decoded("gzip", "not gzip at all").error().code, ErrorCode::InvalidBody);
  const std::string whole = packed("some text", kGzip);
  EXPECT_EQ(decoded("gzip", whole.substr(0, whole.size() - 3)).error().code, ErrorCode::TruncatedBody);
  EXPECT_EQ(decoded("deflate", packed("some text", kZlib) + "more").error().code, ErrorCode::InvalidBody);
  std::string wrong = whole;
  wrong[whole.size() - 5] ^= 1;
  EXPECT_EQ(decoded("gzip", wrong).error().code, ErrorCode::InvalidBody);
}

TEST(BodyDecoder, WhatComesOutIsBounded) {
  EXPECT_EQ(decoded("gzip", packed(std::string(2000, 'x'), kGzip), 7, 1000).error().code,
            ErrorCode::BodyTooLarge);
  const auto bomb = decoded("gzip", packed(std::string(64 << 20, '\0'), kGzip), 4096);
  ASSERT_FALSE(bomb);
  EXPECT_EQ(bomb.error().code, ErrorCode::BodyTooLarge);
  EXPECT_NE(bomb.error().message.find("grows too much"), std::string::npos);
}

TEST_F(ServerTest, CodedBodiesReachEveryHandlerAsWhatTheyWere) {
  start();
  RawClient raw = client();
  const auto post = [](const std::string& coding, const std::string& body) {
    return "POST /size HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Encoding: " + coding +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  };
  EXPECT_EQ(raw.exchange(post("gzip", packed(std::string(500'000, 'x'), kGzip))).body, "500000");
  EXPECT_EQ(raw.exchange(post("deflate", packed("abc", kZlib))).body, "3");
  EXPECT_EQ(client().exchange(post("gzip", "no gzip")).status, 400);
  EXPECT_EQ(client().exchange(post("gzip", packed(std::string(65 << 20, '\0'), kGzip))).status, 413);
  const Answer refused = client().exchange(post("br", "x"));
  EXPECT_EQ(refused.status, 415);
  EXPECT_EQ(refused.field("Accept-Encoding"), "gzip, deflate");
}
