#include "gateway/base/nameless_file.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>

#include "gateway/base/owned_bytes.h"
#include "tests/support/temp_folder.h"

namespace gateway {
namespace {

TEST(NamelessFile, HoldsBytesAndLeavesNothingBehind) {
  const testing::TempFolder folder;
  const auto file = make_nameless_file(folder.path());
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE(write_at(**file, 0, as_bytes("hello world")).ok());
  ASSERT_TRUE(write_at(**file, 6, as_bytes("there")).ok());
  const FileSource source(*file, 11);
  std::string text(11, '\0');
  ASSERT_EQ(source.read_at(0, std::as_writable_bytes(std::span(text))).value(), 11u);
  EXPECT_EQ(text, "hello there");
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(NamelessFile, AFolderThatIsNotThereIsAnErrorWithoutItsPath) {
  const auto file = make_nameless_file("/nonexistent-folder");
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().code, ErrorCode::StoreFailed);
  EXPECT_EQ(file.error().text().find("nonexistent"), std::string::npos);
}

TEST(NamelessFile, ShortagesPassAndOtherFaultsDoNot) {
  for (const int passing : {ENOSPC, EDQUOT, EMFILE, ENFILE, ENOMEM})
    EXPECT_EQ(temporary_file_error(passing, "x").code, ErrorCode::StoreBusy);
  EXPECT_EQ(temporary_file_error(EACCES, "x").code, ErrorCode::StoreFailed);
}

TEST(OwnedBytes, PartsKeepTheWhole) {
  std::shared_ptr<const ByteSource> part;
  {
    const auto whole = std::make_shared<OwnedText>("0123456789");
    part = std::make_shared<OwnedPart>(whole, 2, 5);
  }
  EXPECT_EQ(part->size(), 5u);
  EXPECT_EQ(as_text(part->contiguous()), "23456");
}

}  // namespace
}  // namespace gateway
