#include "gateway/base/bytes.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "tests/support/temp_folder.h"

namespace gateway {
namespace {

std::string read(const ByteSource& source, std::uint64_t offset, std::size_t count) {
  std::string text(count, '?');
  const auto got = source.read_at(offset, std::as_writable_bytes(std::span(text)));
  if (!got.ok()) return "error";
  text.resize(*got);
  return text;
}

class TemporaryFolder : public gateway::testing::TempFolder {
 public:
  std::string write(const std::string& name, std::string_view text) const {
    const std::string path = *this / name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
};

TEST(MemorySource, ReadsShortOnlyAtTheEnd) {
  const MemorySource source(std::string_view("0123456789"));
  EXPECT_EQ(read(source, 2, 3), "234");
  EXPECT_EQ(read(source, 8, 5), "89");
  EXPECT_EQ(read(source, 10, 1), "");
  EXPECT_EQ(read(source, ~std::uint64_t{0}, 1), "");
}

TEST(SliceSource, SeesOnlyItsWindow) {
  const MemorySource whole(std::string_view("0123456789"));
  const SliceSource slice(whole, 3, 4);
  EXPECT_EQ(slice.size(), 4u);
  EXPECT_EQ(read(slice, 0, 10), "3456");
  EXPECT_EQ(read(slice, 3, 10), "6");
  EXPECT_EQ(read(slice, 4, 10), "");
  EXPECT_EQ(as_text(slice.contiguous()), "3456");
}

TEST(SliceSource, OfASliceIsRelativeToIt) {
  const MemorySource whole(std::string_view("0123456789"));
  const SliceSource outer(whole, 2, 6);
  const SliceSource inner(outer, 1, 2);
  EXPECT_EQ(read(inner, 0, 10), "34");
  EXPECT_EQ(as_text(inner.contiguous()), "34");
}

TEST(SliceSource, BeyondItsSourceIsEmptyInMemory) {
  const MemorySource whole(std::string_view("0123"));
  const SliceSource slice(whole, 2, 10);
  EXPECT_TRUE(slice.contiguous().empty());
  EXPECT_EQ(read(slice, 0, 10), "23");
}

TEST(FileSource, ReadsAnywhereInAFile) {
  const TemporaryFolder folder;
  const auto source = FileSource::open(folder.write("a", "0123456789"));
  ASSERT_TRUE(source.ok()) << source.error().text();
  EXPECT_EQ(source->size(), 10u);
  EXPECT_EQ(read(*source, 7, 10), "789");
  EXPECT_EQ(read(*source, 20, 10), "");
  EXPECT_TRUE(source->contiguous().empty());
}

TEST(FileSource, NamesWhatIsMissingOrNoFile) {
  const TemporaryFolder folder;
  const auto missing = FileSource::open(folder.path() + "/none");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
  const auto no_file = FileSource::open(folder.path());
  ASSERT_FALSE(no_file.ok());
  EXPECT_EQ(no_file.error().code, ErrorCode::InvalidParameter);
}

TEST(FileSource, ErrorsNameThePathInTheDetailOnly) {
  const TemporaryFolder folder;
  const std::string path = folder.write("a", "12345");
  for (const Error& error : {FileSource::open(folder.path() + "/none").error(),
                             FileSource::open(folder.path()).error(), read_file(path, 4).error()}) {
    EXPECT_EQ(error.text().find(folder.path()), std::string::npos) << error.text();
    EXPECT_NE(error.detail.find(folder.path()), std::string::npos) << error.detail;
  }
}

TEST(FileHandle, NoMoreDescriptorsMeansBusy) {
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  struct rlimit none = before;
  none.rlim_cur = 0;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const auto file = FileHandle::open("/dev/null");
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().code, ErrorCode::StoreBusy);
}

TEST(FileStatus, IsTheSameByPathAndByDescriptor) {
  const TemporaryFolder folder;
  const std::string path = folder.write("a", "12345");
  struct timespec times[2] = {{1, 0}, {1'700'000'000, 123'456'789}};
  ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
  const auto by_path = file_status(path);
  ASSERT_TRUE(by_path.ok());
  EXPECT_EQ(by_path->size, 5u);
  EXPECT_EQ(by_path->modified_us, 1'700'000'000'123'456);
  EXPECT_TRUE(by_path->regular);
  EXPECT_EQ((*FileHandle::open(path))->status()->modified_us, by_path->modified_us);
  EXPECT_FALSE(file_status(folder.path())->regular);
  EXPECT_EQ(file_status(path + "x").error().code, ErrorCode::NotFound);
}

TEST(ReadFile, RefusesWhatIsLargerThanTheLimit) {
  const TemporaryFolder folder;
  const std::string path = folder.write("a", "12345");
  EXPECT_EQ(*read_file(path, 5), "12345");
  const auto refused = read_file(path, 4);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::BodyTooLarge);
}

}  // namespace
}  // namespace gateway
