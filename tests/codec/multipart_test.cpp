#include "gateway/codec/multipart.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

namespace {

using namespace gateway;
using namespace gateway::codec;

// Gives its bytes out by copying only, as a file does.
class CopyingSource final : public ByteSource {
 public:
  explicit CopyingSource(std::string_view text) : memory_(text) {}
  std::uint64_t size() const override { return memory_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    return memory_.read_at(offset, into);
  }

 private:
  MemorySource memory_;
};

// The contents of the parts, or the name of the error; the same from memory and through the window.
std::vector<std::string> read(const std::string& body, std::string_view boundary = "b",
                              const MultipartLimits& limits = {}) {
  std::vector<std::string> contents;
  const auto parts = parse_multipart(MemorySource(body), boundary, limits);
  const auto again = parse_multipart(CopyingSource(body), boundary, limits);
  EXPECT_EQ(parts.ok(), again.ok());
  if (!parts) {
    if (!again.ok()) {
      EXPECT_EQ(parts.error().code, again.error().code);
    }
    return {std::string(parts.error().face().name)};
  }
  for (std::size_t i = 0; i < parts->size(); ++i) {
    EXPECT_EQ((*parts)[i].offset, (*again)[i].offset);
    EXPECT_EQ((*parts)[i].length, (*again)[i].length);
    contents.push_back(body.substr((*parts)[i].offset, (*parts)[i].length));
  }
  return contents;
}

using Contents = std::vector<std::string>;

TEST(Multipart, FindsPartsAndHeaders) {
  const std::string body =
      "preamble\r\n--b\r\nContent-Type: application/dicom\r\nX-A:  b \r\n\r\none\r\n--b  "
      "\r\n\r\ntwo\r\nlines\r\n--b--\r\nepilogue";
  EXPECT_EQ(read(body), (Contents{"one", "two\r\nlines"}));
  const auto parts = parse_multipart(MemorySource(body), "b").value();
  EXPECT_EQ(parts[0].header("content-type"), "application/dicom");
  EXPECT_EQ(parts[0].header("X-A"), "b");
  EXPECT_TRUE(parts[1].headers.empty());
}

TEST(Multipart, TakesEmptyPartsAndContentThatResemblesDelimiters) {
  EXPECT_EQ(read("--b\r\n\r\n\r\n--b--"), (Contents{""}));
  EXPECT_EQ(read("--b\r\nA: b\r\n\r\n--b--"), (Contents{""}));
  EXPECT_EQ(read("--b\r\n\r\nx--b\n--b\r\n--bc--\r\n-\r\n--b--"), (Contents{"x--b\n--b\r\n--bc--\r\n-"}));
  EXPECT_EQ(read("--b\r\n\r\n\r\n\r\n--b--"), (Contents{"\r\n"}));
  EXPECT_EQ(read("--b\r\n\r\n--c\r\n\r\nx\r\n--c--\r\n\r\n--b--"), (Contents{"--c\r\n\r\nx\r\n--c--\r\n"}));
}

TEST(Multipart, RefusesWhatIsNotWellFormed) {
  EXPECT_EQ(read(""), Contents{"TruncatedBody"});
  EXPECT_EQ(read("no delimiter"), Contents{"TruncatedBody"});
  EXPECT_EQ(read("--b"), Contents{"TruncatedBody"});
  EXPECT_EQ(read("--b\r\n"), Contents{"TruncatedBody"});
  EXPECT_EQ(read("--b\r\nA: b\r\n\r\nx"), Contents{"TruncatedBody"});
  EXPECT_EQ(read("--b\r\n\r\nx\r\n--b"), Contents{"TruncatedBody"});
  EXPECT_EQ(read("--b\r\n\r\nx\r\n--b\r\n"), Contents{"TruncatedBody"});
  EXPECT_EQ(read("--b\r\n\r\nx--b--"), Contents{"TruncatedBody"});
  EXPECT_EQ(read("--b--"), Contents{"InvalidBody"});
  EXPECT_EQ(read("--b\n\nx\n--b--\n"), Contents{"InvalidBody"});
  EXPECT_EQ(read("--b\r\n\r\nx\n--b--"), Contents{"TruncatedBody"});
  EXPECT_EQ(read("--b\r\n\r\nx\r\n--b\n--b--"), Contents{"InvalidBody"});
  EXPECT_EQ(read("--b\r\nno colon\r\n\r\nx\r\n--b--"), Contents{"InvalidBody"});
  EXPECT_EQ(read("--b\r\nA: b\nC: d\r\n\r\nx\r\n--b--"), Contents{"InvalidBody"});
  EXPECT_EQ(read("--b\r\n A: b\r\n\r\nx\r\n--b--"), Contents{"InvalidBody"});
  EXPECT_EQ(read("--b\r\n\r\nx\r\n--b--", "b\r\n"), Contents{"InvalidParameter"});
  EXPECT_EQ(read("--b\r\n\r\nx\r\n--b--", ""), Contents{"InvalidParameter"});
}

TEST(Multipart, KeepsItsLimits) {
  MultipartLimits limits;
  limits.parts = 2;
  limits.part_header = 20;
  EXPECT_EQ(read("--b\r\n\r\n1\r\n--b\r\n\r\n2\r\n--b--", "b", limits), (Contents{"1", "2"}));
  EXPECT_EQ(read("--b\r\n\r\n1\r\n--b\r\n\r\n2\r\n--b\r\n\r\n3\r\n--b--", "b", limits),
            Contents{"BodyTooLarge"});
  EXPECT_EQ(read("--b\r\nA: 123456789012345678\r\n\r\n1\r\n--b--", "b", limits), Contents{"BodyTooLarge"});
  EXPECT_EQ(read("--b\r\nA: 12345678\r\nA: 12345678\r\n\r\n1\r\n--b--", "b", limits),
            Contents{"BodyTooLarge"});
  EXPECT_EQ(read("--b\r\n" + std::string(20'000, 'x'), "b"), Contents{"BodyTooLarge"});
}

TEST(Multipart, FindsDelimitersWhereverTheWindowEnds) {
  std::mt19937 random(7);
  for (int round = 0; round < 20; ++round) {
    std::string body;
    Contents expected;
    for (int i = 0; i < 40; ++i) {
      std::string content(random() % 30'000, 'x');
      for (std::size_t at = 0; at < content.size(); at += 97) content[at] = "\r\n-b"[random() % 4];
      body += "--boundary\r\nX: " + std::string(random() % 200, 'y') + "\r\n\r\n" + content + "\r\n";
      expected.push_back(std::move(content));
    }
    EXPECT_EQ(read(body + "--boundary--\r\n", "boundary"), expected);
  }
}

TEST(Multipart, ABoundaryThatIsNotWellFormedIsRefused) {
  for (const char* bad :
       {"", "a ", "12345678901234567890123456789012345678901234567890123456789012345678901"}) {
    const auto parts = parse_multipart(MemorySource(std::string_view("--a\r\n\r\nx\r\n--a--\r\n")), bad);
    ASSERT_FALSE(parts.ok()) << bad;
    EXPECT_EQ(parts.error().code, ErrorCode::InvalidParameter);
  }
}

}  // namespace
