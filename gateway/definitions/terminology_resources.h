// The definitions that are held here, as resources: ValueSet, CodeSystem, ConceptMap, StructureDefinition and
// SearchParameter, by id and by canonical URL.
//
// They say what the compact tables of the packs keep: no prose, no mappings, of a StructureDefinition no
// elements; so they are tagged SUBSETTED, and their status is unknown. Immutable, thread-safe; the
// terminology must outlive it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/value.h"
#include "gateway/definitions/terminology.h"

namespace gateway::definitions {

class DefinitionResources {
 public:
  explicit DefinitionResources(const Terminology& terminology);

  // "ValueSet", ...: what the other members take.
  static const std::vector<std::string>& types();
  // Nothing when there is none.
  std::optional<Value> read(std::string_view type, std::string_view id) const;
  // By canonical URL, "|version" allowed; every version of it that is held.
  std::vector<Value> by_url(std::string_view type, std::string_view canonical) const;
  std::size_t count(std::string_view type) const;

 private:
  struct Held {
    std::string url, version;
    std::function<Value()> make;  // without the id
  };
  using ById = std::map<std::string, Held, std::less<>>;
  void add(const std::string& type, Held held);
  Value resource(const ById::value_type& entry) const;

  std::map<std::string, ById, std::less<>> by_type_;
};

}  // namespace gateway::definitions
