// Terminology: the code tables of profiles/terminology that FHIR resources need, loaded once at start.
//
// What a table says and what happens to codes in none of them: profiles/terminology/README.md.
// Immutable after load(); thread-safe. Pointers it returns live as long as it does.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/base/result.h"

namespace mappers::fhir {

struct Concept {
  std::string code;
  std::string display;
};

// One <name>.concepts.csv: source code to concept. Look-up is exact, with case.
class ConceptTable {
 public:
  // Errors: NotFound; ProfileInvalid with file and line for a missing column, an empty cell, a source given
  // twice.
  static gateway::Result<ConceptTable> load(const std::string& path);
  const Concept* find(std::string_view source) const;
  std::size_t size() const { return rows_.size(); }

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, Concept, Hash, std::equal_to<>> rows_;
};

struct Terminology {
  ConceptTable body_parts;    // Body Part Examined to SNOMED CT
  ConceptTable modalities;    // Modality to DCM
  ConceptTable lateralities;  // Laterality to SNOMED CT
  ConceptTable schemes;       // Coding Scheme Designator to URI (in `code`)

  // From the folder `profiles` of the installation. Errors: as ConceptTable::load.
  static gateway::Result<std::shared_ptr<const Terminology>> load(const std::string& profiles_folder);
};

}  // namespace mappers::fhir
