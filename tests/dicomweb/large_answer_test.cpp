#include "gateway/dicomweb/large_answer.h"

#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace gateway::dicomweb {
namespace {

TEST(LargeAnswer, SmallOnesStayInMemory) {
  const testing::TempFolder folder;
  LargeAnswer answer(folder.path());
  answer.text() += "[1]";
  ASSERT_TRUE(answer.settle().ok());
  const auto response = answer.finish("application/json");
  ASSERT_TRUE(response.ok());
  EXPECT_TRUE(std::holds_alternative<std::string>(response->body.front()));
}

TEST(LargeAnswer, LargeOnesLieInAFileWithoutAName) {
  const testing::TempFolder folder;
  LargeAnswer answer(folder.path());
  std::string expected;
  for (int i = 0; i < 100; ++i) {
    const std::string piece(60'000, static_cast<char>('a' + i % 26));
    answer.text() += piece;
    expected += piece;
    ASSERT_TRUE(answer.settle().ok());
    EXPECT_LT(answer.text().size(), 3u << 20);
    EXPECT_EQ(answer.size(), expected.size());
  }
  const auto response = answer.finish("application/json");
  ASSERT_TRUE(response.ok());
  const auto& range = std::get<http::FileRange>(response->body.front());
  std::string read(range.length, '\0');
  const FileSource file(range.file, range.length);
  ASSERT_EQ(*file.read_at(0, std::as_writable_bytes(std::span(read))), expected.size());
  EXPECT_EQ(read, expected);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(LargeAnswer, WithoutRoomItIsRefusedForNow) {
  LargeAnswer answer("/nonexistent");
  answer.text().assign(4 << 20, 'x');
  const auto settled = answer.settle();
  ASSERT_FALSE(settled.ok());
  EXPECT_EQ(settled.error().code, ErrorCode::Overloaded);
}

}  // namespace
}  // namespace gateway::dicomweb
