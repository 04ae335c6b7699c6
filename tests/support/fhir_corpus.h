// The FHIR resources of the shared corpus: every R4 resource in its JSON files, by file name.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "gateway/codec/json.h"

namespace tests {

inline const std::string kFhirCorpus = SOURCE_DIR "/../shared/corpus/fhir";

struct CorpusResource {
  std::string name;  // "examples/r4-core/Endpoint-example-iid.json"
  gateway::Value value;
};

// Of the folders given, below the corpus; lines of .ndjson files are resources of their own. Files that are
// no JSON are left out.
inline std::vector<CorpusResource> corpus_resources(const std::vector<std::string>& folders) {
  std::vector<std::string> files;
  for (const std::string& folder : folders) {
    if (!std::filesystem::is_directory(kFhirCorpus + "/" + folder)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(kFhirCorpus + "/" + folder))
      if (entry.path().extension() == ".json" || entry.path().extension() == ".ndjson")
        files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  std::vector<CorpusResource> resources;
  for (const std::string& file : files) {
    const auto text = gateway::read_file(file);
    if (!text.ok()) continue;
    const std::string name = file.substr(kFhirCorpus.size() + 1);
    const auto pieces =
        file.ends_with(".ndjson") ? gateway::split(*text, '\n') : std::vector<std::string_view>{*text};
    for (const std::string_view piece : pieces) {
      auto value = gateway::codec::parse_json(piece);
      if (value.ok() && value->as_map() && !value->text("resourceType").empty())
        resources.push_back({name, std::move(*value)});
    }
  }
  return resources;
}

// Members sorted by name, at every level: the same resource has the same text.
inline gateway::Value sorted(const gateway::Value& value) {
  using gateway::Value;
  if (const Value::List* list = value.as_list()) {
    Value::List out;
    for (const Value& item : *list) out.push_back(sorted(item));
    return out;
  }
  const Value::Map* map = value.as_map();
  if (!map) return value;
  Value::Map out;
  for (const auto& [name, member] : *map) out.emplace_back(name, sorted(member));
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return out;
}

}  // namespace tests
