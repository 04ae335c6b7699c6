// Range requests: which part of an answer is given, and when the whole of it.
#include "gateway/http/range.h"

#include <fcntl.h>
#include <gtest/gtest.h>

namespace gateway::http {
namespace {

// "0123456789" of a text, a lazy piece and a text.
Response whole() {
  Response response = Response::text(200, "text/plain", "0123");
  response.headers.add("ETag", "\"tag\"");
  response.headers.add("Last-Modified", "Sun, 22 Nov 2026 18:08:56 GMT");
  response.body.emplace_back(LazyPiece{3, [] {
                                         return Result<std::vector<Piece>>({Piece("45"), Piece("6")});
                                       }});
  response.body.emplace_back("789");
  return response;
}

std::string body_of(const std::vector<Piece>& pieces) {
  std::string text;
  for (const auto& piece : pieces) {
    const auto* lazy = std::get_if<LazyPiece>(&piece);
    text += lazy ? body_of(*lazy->make()) : std::get<std::string>(piece);
  }
  return text;
}
std::string body_of(const Response& response) { return body_of(response.body); }

Response ask(const std::string& range, const std::string& if_range = {}) {
  Request request;
  if (!range.empty()) request.headers.add("Range", range);
  if (!if_range.empty()) request.headers.add("If-Range", if_range);
  return with_range(request, whole());
}

TEST(Ranges, OneRangeIsCutOutOfThePieces) {
  const std::pair<const char*, const char*> cases[] = {
      {"bytes=0-0", "0"},          {"bytes=0-9", "0123456789"}, {"bytes=2-7", "234567"},
      {"bytes=5-5", "5"},          {"bytes=4-", "456789"},      {"bytes=-2", "89"},
      {"bytes=-99", "0123456789"}, {"bytes=3-99", "3456789"},   {"Bytes = 1-2", "12"}};
  for (const auto& [range, expected] : cases) {
    const Response part = ask(range);
    EXPECT_EQ(part.status, 206) << range;
    EXPECT_EQ(body_of(part), expected) << range;
    EXPECT_EQ(part.body_size(), body_of(part).size()) << range;
  }
  EXPECT_EQ(ask("bytes=2-7").headers.get("Content-Range"), "bytes 2-7/10");
}

TEST(Ranges, WhatIsBehindTheEndIsRefused) {
  for (const char* range : {"bytes=10-", "bytes=11-12", "bytes=-0"}) {
    EXPECT_EQ(ask(range).status, 416) << range;
    EXPECT_EQ(ask(range).headers.get("Content-Range"), "bytes */10") << range;
  }
}

TEST(Ranges, WhatIsNoSingleRangeIsIgnored) {
  for (const char* range : {"", "lines=1-2", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=3-2",
                            "bytes=1-2,4-5", "bytes=99999999999999999999-"}) {
    EXPECT_EQ(ask(range).status, 200) << range;
    EXPECT_EQ(ask(range).headers.get("Accept-Ranges"), "bytes") << range;
  }
}

TEST(Ranges, IfRangeHasToFit) {
  EXPECT_EQ(ask("bytes=0-1", "\"tag\"").status, 206);
  EXPECT_EQ(ask("bytes=0-1", "\"other\"").status, 200);
  EXPECT_EQ(ask("bytes=0-1", "W/\"tag\"").status, 200);
  EXPECT_EQ(ask("bytes=0-1", "Sun, 22 Nov 2026 18:08:56 GMT").status, 206);
  EXPECT_EQ(ask("bytes=0-1", "Sun, 22 Nov 2026 18:08:57 GMT").status, 200);
}

TEST(Ranges, PartsOfFilesStayInTheFile) {
  Response response = Response::text(200, "a/b", "head");
  const auto file = std::make_shared<FileHandle>(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  response.body.emplace_back(FileRange{file, 1000, 500});
  Request request;
  request.headers.add("Range", "bytes=104-203");
  const Response part = with_range(request, response);
  ASSERT_EQ(part.body.size(), 1u);
  EXPECT_EQ(std::get<FileRange>(part.body[0]).offset, 1100u);
  EXPECT_EQ(std::get<FileRange>(part.body[0]).length, 100u);
}

TEST(Ranges, OnlyWholeAnswersToGetAreCut) {
  Request request;
  request.headers.add("Range", "bytes=0-1");
  Response response = whole();
  response.status = 404;
  EXPECT_EQ(with_range(request, response).status, 404);
  request.method = Method::Head;
  EXPECT_EQ(with_range(request, whole()).status, 200);
}

}  // namespace
}  // namespace gateway::http
