// Terminology: the code tables of profiles/terminology that FHIR resources need, loaded once at start.
//
// What a table says and what happens to codes in none of them: profiles/terminology/README.md.
// Immutable after load(); thread-safe. Pointers it returns live as long as it does.
#pragma once

#include <functional>
#include <memory>
#include <span>
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
  // twice (unless a source may have several targets).
  static gateway::Result<ConceptTable> load(const std::string& path, bool several_targets = false);
  const Concept* find(std::string_view source) const;  // the first target; nullptr: none
  std::span<const Concept> find_all(std::string_view source) const;
  // The first source of the file with this target; nullptr: none. A walk over the table.
  const std::string* source_of(std::string_view code) const;
  std::size_t size() const { return rows_.size(); }
  // Source and target of every row, as in the file.
  const std::vector<std::pair<std::string, std::string>>& rows() const { return order_; }

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, std::vector<Concept>, Hash, std::equal_to<>> rows_;
  std::vector<std::pair<std::string, std::string>> order_;
};

struct Terminology {
  ConceptTable body_parts;    // Body Part Examined to SNOMED CT
  ConceptTable modalities;    // Modality to DCM
  ConceptTable lateralities;  // Laterality to SNOMED CT
  ConceptTable schemes;       // Coding Scheme Designator to URI (in `code`)
  ConceptTable regions;       // SNOMED CT body structures to the ten anatomical regions; several targets
  ConceptTable snomed_rt;     // SNOMED-RT style identifiers to SNOMED CT
  ConceptTable key_objects;   // titles of key object selections (CID 7010)

  // From the folder `profiles` of the installation. Errors: as ConceptTable::load.
  static gateway::Result<std::shared_ptr<const Terminology>> load(const std::string& profiles_folder);
};

}  // namespace mappers::fhir
