// What the converters between the R4 and R5 shapes share: members of JSON objects moved and renamed, and the
// cross-version extensions that keep what the other release has no place for.
//
// Internal to mappers/fhir. One Shaping per resource; not shared between threads.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mappers/fhir/r5_shape.h"

namespace mappers::fhir {

// An object of the resource on its way to the other shape, with its path for the list of losses.
class Shaping {
 public:
  using Map = gateway::Value::Map;
  Shaping(Map& map, std::string path, std::vector<Loss>& losses)
      : map_(map), path_(std::move(path)), losses_(losses) {}

  Map& map() { return map_; }
  const std::string& path() const { return path_; }
  std::vector<Loss>& losses() { return losses_; }
  void lose(const std::string& member, std::string reason);

  // Takes a member out; null when it is not there. A list is always a list: a single value becomes one.
  gateway::Value take(std::string_view name);
  gateway::Value::List take_list(std::string_view name);
  // Adds or sets; nothing for null and for an empty list.
  void put(std::string_view name, gateway::Value value);
  void put_list(std::string_view name, gateway::Value::List items);
  // A member and what stands beside it, "x" and "_x".
  void rename(std::string_view from, std::string_view to);

  // Extensions of the other release, "http://hl7.org/fhir/5.0/StructureDefinition/extension-<element>": those
  // of one element are taken out; a value is kept as one. An empty type: an object of parts, such as a
  // CodeableReference.
  gateway::Value::List take_extensions(std::string_view release, std::string_view element);
  void keep(std::string_view release, std::string_view element, std::string_view type, gateway::Value value);
  // A member that the other release lacks becomes an extension of each value, and is listed.
  void keep_member(std::string_view release, std::string_view element, std::string_view type);
  // The other way: an extension becomes the member it stands for.
  void restore_member(std::string_view release, std::string_view element, bool list);

  // Each object in the list or object `name`, as a Shaping of its own.
  template <class Function>
  void each(std::string_view name, Function function) {
    for (auto& [key, value] : map_) {
      if (key != name) continue;
      if (auto* list = value.as_list()) {
        for (std::size_t i = 0; i < list->size(); ++i)
          visit((*list)[i], key + "[" + std::to_string(i) + "]", function);
      } else {
        visit(value, key, function);
      }
    }
  }

 private:
  template <class Function>
  void visit(gateway::Value& value, const std::string& step, Function& function) {
    if (auto* inside = value.as_map()) {
      Shaping shaping(*inside, path_ + "." + step, losses_);
      function(shaping);
    }
  }

  Map& map_;
  std::string path_;
  std::vector<Loss>& losses_;
};

inline constexpr std::string_view kR4 = "4.0", kR5 = "5.0";

// Coding to CodeableConcept and back; what a Coding cannot hold is listed under `member`.
gateway::Value concept_of(gateway::Value coding);
gateway::Value coding_of(Shaping& shaping, const std::string& member, gateway::Value given);
// {"concept": ...} and {"reference": ...}, CodeableReference of R5.
gateway::Value by_concept(gateway::Value concept_value);
gateway::Value by_reference(gateway::Value reference);

// By type; the resource is an object with a resourceType.
void shape_to_r5(Shaping& shaping, std::string_view type);
void shape_from_r5(Shaping& shaping, std::string_view type);

}  // namespace mappers::fhir
