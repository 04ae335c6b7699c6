// The source tree as data, for tests that check rules of the house over all files. Test code: one thread.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace tests {

// A source file by its path from the root of the tree, with its lines.
struct SourceFile {
  std::string path;
  std::vector<std::string> lines;
  std::string folder() const { return path.substr(0, path.rfind('/')); }
  bool is_header() const { return path.ends_with(".h"); }
};

inline std::vector<std::string> read_lines(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

// All files below the folders whose name ends in one of the extensions, sorted by path.
inline std::vector<SourceFile> source_files(const std::vector<std::string>& folders,
                                            const std::vector<std::string>& extensions) {
  namespace fs = std::filesystem;
  const fs::path root = SOURCE_DIR;
  std::vector<SourceFile> files;
  for (const std::string& folder : folders) {
    if (!fs::is_directory(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const std::string extension = entry.path().extension().string();
      if (!entry.is_regular_file() ||
          std::find(extensions.begin(), extensions.end(), extension) == extensions.end())
        continue;
      files.push_back({fs::relative(entry.path(), root).generic_string(), read_lines(entry.path())});
    }
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

}  // namespace tests
