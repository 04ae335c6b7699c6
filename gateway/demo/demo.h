// The generator of a demonstration data holder: three cancer imaging datasets of synthetic people.
//
// DICOM files go to <folder>/dicom/<dataset>/<subject>/..., dataset definitions to
// <folder>/datasets/<id>.toml. Seed and number of subjects decide every byte; time, locale and threads do
// not. See README.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "gateway/base/result.h"

namespace gateway::demo {

struct DemoOptions {
  std::string folder;  // made when absent; files of the same name are replaced
  std::uint64_t seed = 1;
  unsigned subjects = 60;
  unsigned threads = 2;
  // Instances written so far and in all. Called from the writing threads, one at a time.
  std::function<void(std::size_t done, std::size_t total)> progress = {};
};

struct DatasetDefinitionFile {
  std::string id;    // "lung-ct-pet"
  std::string path;  // of the TOML file
  std::string toml;
};

struct DemoSummary {
  std::size_t subjects = 0, studies = 0, series = 0, instances = 0;
  std::uint64_t bytes = 0;
  std::vector<DatasetDefinitionFile> datasets;
};

// Errors: InvalidParameter for no folder or more than 100,000 subjects; Internal when a file cannot be
// written.
Result<DemoSummary> generate(const DemoOptions& options);

// The three dataset definitions; `path` is relative to the folder.
std::vector<DatasetDefinitionFile> dataset_definitions();

}  // namespace gateway::demo
