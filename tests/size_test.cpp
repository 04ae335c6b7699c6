// The size gate of the house (headers short, sources readable in one go) and the openings of headers.
#include <gtest/gtest.h>

#include "tests/support/source_tree.h"

namespace {

using tests::SourceFile;

constexpr std::size_t kHeaderP90 = 200;
constexpr std::size_t kSourceP90 = 400;
constexpr std::size_t kSourceMost = 800;
constexpr std::size_t kLineMost = 140;

std::vector<SourceFile> files(const std::string& extension) {
  return tests::source_files({"gateway", "mappers", "conformance"}, {extension});
}

// The number of lines that nine in ten files do not exceed.
std::size_t p90(const std::vector<SourceFile>& all) {
  std::vector<std::size_t> sizes;
  for (const SourceFile& file : all) sizes.push_back(file.lines.size());
  std::sort(sizes.begin(), sizes.end());
  return sizes.empty() ? 0 : sizes[(sizes.size() * 9 + 9) / 10 - 1];
}

TEST(Size, NineInTenHeadersAreShort) { EXPECT_LE(p90(files(".h")), kHeaderP90); }

TEST(Size, NineInTenSourcesAreShort) { EXPECT_LE(p90(files(".cpp")), kSourceP90); }

TEST(Size, NoSourceIsLong) {
  for (const SourceFile& file : files(".cpp")) EXPECT_LE(file.lines.size(), kSourceMost) << file.path;
}

TEST(Size, LinesFitAScreen) {
  for (const char* extension : {".h", ".cpp"})
    for (const SourceFile& file : files(extension))
      for (std::size_t i = 0; i < file.lines.size(); ++i) {
        // Characters, not bytes: continuation bytes of UTF-8 do not count.
        const auto length = std::count_if(file.lines[i].begin(), file.lines[i].end(), [](char c) {
          return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
        });
        EXPECT_LE(static_cast<std::size_t>(length), kLineMost) << file.path << ":" << i + 1;
      }
}

TEST(Size, HeadersOpenWithWhatTheyAre) {
  for (const SourceFile& file : files(".h")) {
    ASSERT_FALSE(file.lines.empty()) << file.path;
    EXPECT_TRUE(file.lines[0].starts_with("// ")) << file.path << " opens without saying what it is";
    const auto guard = std::find(file.lines.begin(), file.lines.end(), "#pragma once");
    EXPECT_NE(guard, file.lines.end()) << file.path;
  }
}

}  // namespace
