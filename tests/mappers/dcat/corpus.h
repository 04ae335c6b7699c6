// The metadata descriptions of the corpus, for tests that run over all of them.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "gateway/base/bytes.h"
#include "gateway/codec/rdf_read.h"

namespace mappers::dcat::corpus {

inline const std::string kFolder = SOURCE_DIR "/../shared/corpus/";

struct File {
  std::string name;  // below the corpus folder
  gateway::codec::Graph graph;
};

// Every RDF file below the folders that can be read; the large catalogue only when `large`.
inline std::vector<File> files(bool large = false) {
  namespace fs = std::filesystem;
  std::vector<std::string> names;
  for (const char* folder :
       {"healthdcat-ap/examples", "healthdcat-ap/examples-dual", "healthdcat-ap/health-ri-2.0",
        "healthdcat-ap/catalogue-apis/fdp", "healthdcat-ap/r8/examples",
        "healthdcat-ap/dcat-ap-3.0.1/examples", "healthdcat-ap/mutants-r8-non-public", "eucaim/dcat/valid",
        "eucaim/dcat/invalid"}) {
    std::error_code error;
    for (fs::directory_iterator at(kFolder + folder, error), end; !error && at != end; at.increment(error))
      names.push_back(std::string(folder) + "/" + at->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  std::vector<File> read;
  for (const std::string& name : names) {
    const auto format = gateway::codec::format_of_name(name);
    const auto text = gateway::read_file(kFolder + name);
    if (!format || !text || name.find("shape") != std::string::npos || (text->size() > 200'000 && !large))
      continue;
    auto graph = gateway::codec::parse_rdf(*text, *format, "file:///" + name);
    if (graph) read.push_back({name, std::move(*graph)});
  }
  return read;
}

}  // namespace mappers::dcat::corpus
