// The shared DICOM corpus, for tests that read all of it. Absent on machines that have only this repository.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "gateway/base/bytes.h"

namespace dicom_test {

inline const std::filesystem::path& corpus_folder() {
  static const std::filesystem::path folder = std::string(SOURCE_DIR) + "/../shared/corpus/dicom";
  return folder;
}

#define SKIP_WITHOUT_CORPUS() \
  if (!std::filesystem::exists(dicom_test::corpus_folder())) GTEST_SKIP() << "the shared corpus is not here"

// Paths relative to the corpus, sorted.
inline std::vector<std::string> corpus_files() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(corpus_folder())) {
    if (!entry.is_regular_file() || entry.path().parent_path() == corpus_folder()) continue;
    files.push_back(std::filesystem::relative(entry.path(), corpus_folder()).string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

inline std::string corpus_bytes(const std::string& relative) {
  auto bytes = gateway::read_file((corpus_folder() / relative).string());
  return bytes.ok() ? std::move(*bytes) : std::string();
}

inline std::vector<std::vector<std::string>> read_table(const std::filesystem::path& path) {
  std::vector<std::vector<std::string>> rows;
  std::ifstream stream(path);
  for (std::string line; std::getline(stream, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::vector<std::string> row;
    std::stringstream cells(line);
    for (std::string cell; std::getline(cells, cell, '\t');) row.push_back(cell);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace dicom_test
