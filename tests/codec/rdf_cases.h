// The cases of tests/codec/rdf_cases/*.case: documents to be accepted or refused by the readers of RDF.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "gateway/base/value.h"
#include "gateway/codec/json.h"
#include "gateway/codec/rdf_read.h"

namespace tests {

struct RdfCase {
  std::string file, name;
  gateway::codec::RdfFormat format{};
  bool accept = false;
  std::string document, expected;  // expected: N-Quads, may be empty
};

inline constexpr const char* kCaseBase = "http://base.example/dir/doc";

inline std::vector<RdfCase> rdf_cases(const std::string& stem, gateway::codec::RdfFormat format) {
  std::ifstream in(SOURCE_DIR "/tests/codec/rdf_cases/" + stem + ".case");
  std::vector<RdfCase> cases;
  bool expected = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("== ")) {
      const bool accept = line.starts_with("== accept ");
      cases.push_back({stem, line.substr(10), format, accept, {}, {}});
      expected = false;
    } else if (line == "--") {
      expected = true;
    } else if (!cases.empty()) {
      (expected ? cases.back().expected : cases.back().document) += line + "\n";
    }
  }
  return cases;
}

inline std::vector<RdfCase> all_rdf_cases() {
  using gateway::codec::RdfFormat;
  std::vector<RdfCase> all;
  const std::pair<const char*, RdfFormat> files[] = {
      {"turtle", RdfFormat::Turtle}, {"trig", RdfFormat::TriG},     {"ntriples", RdfFormat::NTriples},
      {"nquads", RdfFormat::NQuads}, {"rdfxml", RdfFormat::RdfXml}, {"jsonld", RdfFormat::JsonLd}};
  for (const auto& [stem, format] : files)
    for (RdfCase& item : rdf_cases(stem, format)) all.push_back(std::move(item));
  return all;
}

inline constexpr const char* kShippedContext =
    R"({"@context": {"name": "http://s.example/name", "homepage": {"@id": "http://s.example/homepage", "@type": "@id"}}})";

// The one context that the cases know.
inline const gateway::Value* case_context(std::string_view url) {
  static const gateway::Value context = *gateway::codec::parse_json(kShippedContext);
  return url == "http://ctx.example/shipped" ? &context : nullptr;
}

}  // namespace tests
