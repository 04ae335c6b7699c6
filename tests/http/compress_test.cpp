#include "gateway/http/compress.h"

#include <gtest/gtest.h>
#include <zlib.h>

namespace {

using namespace gateway;
using namespace gateway::http;

Request request_with(std::string_view accept_encoding) {
  Request request;
  request.headers.add("Accept-Encoding", accept_encoding);
  return request;
}

std::string body_of(const Response& response) {
  std::string all;
  for (const auto& piece : response.body) all += std::get<std::string>(piece);
  return all;
}

std::string unzipped(const std::string& coded, std::size_t size) {
  std::string plain(size, '\0');
  z_stream stream{};
  EXPECT_EQ(::inflateInit2(&stream, 31), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(coded.data()));
  stream.avail_in = static_cast<uInt>(coded.size());
  stream.next_out = reinterpret_cast<Bytef*>(plain.data());
  stream.avail_out = static_cast<uInt>(plain.size());
  EXPECT_EQ(::inflate(&stream, Z_FINISH), Z_STREAM_END);
  plain.resize(stream.total_out);
  ::inflateEnd(&stream);
  return plain;
}

std::string long_text() {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "{\"vr\":\"UI\",\"Value\":[\"1.2." + std::to_string(i) + "\"]},";
  return text;
}

TEST(Compress, GzipIsTakenWhenTheClientSaysSo) {
  for (const char* yes : {"gzip", "GZIP", "deflate, gzip;q=0.5", "*", "br, *;q=0.1", "x-gzip", "gzip;q=1.0"})
    EXPECT_TRUE(accepts_gzip(yes)) << yes;
  for (const char* no : {"", "identity", "br", "gzip;q=0", "gzip;q=0.000, *", "*;q=0", "deflate"})
    EXPECT_FALSE(accepts_gzip(no)) << no;
}

TEST(Compress, TextInSeveralPiecesComesBackWhole) {
  const std::string text = long_text();
  Response response = Response::text(200, "application/dicom+json", text);
  response.body.emplace_back(std::string("tail"));
  response.headers.add("ETag", "\"abc\"");
  compress(request_with("gzip"), response);
  EXPECT_EQ(response.headers.get("Content-Encoding"), "gzip");
  EXPECT_EQ(response.headers.get("Vary"), "Accept-Encoding");
  EXPECT_EQ(response.headers.get("ETag"), "W/\"abc\"");
  EXPECT_LT(response.body_size(), text.size() / 4);
  EXPECT_EQ(unzipped(body_of(response), text.size() + 10), text + "tail");
}

TEST(Compress, WhatGainsNothingGoesOutAsItIs) {
  struct Case {
    const char* type;
    const char* accept;
    std::size_t size;
    int status;
  };
  for (const Case& c :
       {Case{"application/dicom+json", "identity", 5000, 200},
        Case{"application/dicom+json", "gzip", 100, 200}, Case{"image/jpeg", "gzip", 5000, 200},
        Case{"multipart/related; type=\"application/dicom\"", "gzip", 5000, 200},
        Case{"application/dicom+json", "gzip", 5000, 206}}) {
    Response response = Response::text(c.status, c.type, std::string(c.size, 'x'));
    compress(request_with(c.accept), response);
    EXPECT_EQ(response.headers.get("Content-Encoding"), "") << c.type << " " << c.accept;
    EXPECT_EQ(response.body_size(), c.size);
  }
}

TEST(Compress, AnswersMadeWhenSentStayPlain) {
  Response response = Response::text(200, "text/csv", std::string(5000, 'x'));
  response.body.emplace_back(LazyPiece{10, [] { return std::vector<Piece>{std::string("0123456789")}; }});
  compress(request_with("gzip"), response);
  EXPECT_EQ(response.headers.get("Content-Encoding"), "");
  EXPECT_EQ(response.body_size(), 5010u);
}

}  // namespace
