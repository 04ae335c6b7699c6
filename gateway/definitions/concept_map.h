// Concept maps of the packs (FHIR R4 4.10): from a code of one system to codes of another.
//
// Immutable after loading and thread-safe; pointers live as long as the object.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gateway::definitions {

struct ConceptMap {
  struct Target {
    std::string code, display;
    std::string equivalence;  // FHIR R4 code: "equivalent", "wider", "narrower", "unmatched", ...
  };
  struct Row {
    std::string code, display;
    std::vector<Target> targets;
  };
  struct Group {
    std::string source_system, target_system;
    std::vector<Row> rows;
    std::unordered_map<std::string_view, std::size_t> by_code;

    const Row* find(std::string_view code) const;  // nullptr if not mapped
  };
  std::string url, version, name, pack;
  std::string source, target;  // canonical URLs of the value sets, or empty
  std::deque<Group> groups;
};

class ConceptMaps {
 public:
  const ConceptMap* find(std::string_view canonical) const;  // "|version" accepted; nullptr if unknown
  const std::deque<ConceptMap>& all() const { return maps_; }
  void add(ConceptMap map);  // for loaders; a later one of the same URL becomes the current one

 private:
  std::deque<ConceptMap> maps_;
  std::unordered_map<std::string_view, const ConceptMap*> by_url_;
};

}  // namespace gateway::definitions
