// One concept and its codes in every vocabulary that asks for it
// (profiles/terminology/concepts.spellings.csv): SNOMED CT, DICOM, RadLex, NCIt, the EUCAIM hyper-ontology
// with both codes of a pair and those of older lists.
//
// A search reads any of them as the same concept; a description writes the one that is `Equal`. Look-up is by
// vocabulary and code: labels are no keys, because many stand for two codes. Immutable after parse();
// thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/result.h"

namespace mappers::engine {

enum class SpellingRelation : std::uint8_t {
  Equal,     // the one to write
  Also,      // the same, read only: the second code of a pair, a code of another edition
  Old,       // of an earlier list
  Wider,     // the code says less than the concept: NM of SPECT
  Narrower,  // the code says more than the concept: one of two companies
};

struct Spelling {
  std::string system;  // "SCT", "EUCAIM", ...
  std::string code;
  SpellingRelation relation = SpellingRelation::Equal;
  std::string list;  // release; may be empty
};

struct ConceptId {
  std::string category;  // "body-part", "manufacturer", "modality", "sex", "condition"
  std::string id;        // "breast"
  auto operator<=>(const ConceptId&) const = default;
};

class ConceptSpellings {
 public:
  // Header: category, concept, system, code, relation, list. Error: ProfileInvalid with file and line; also
  // when a code is Equal to two concepts of one category.
  static gateway::Result<ConceptSpellings> parse(std::string_view text, std::string_view name);

  const std::string& version() const { return version_; }
  bool knows(const ConceptId& concept_id) const { return spellings_.contains(concept_id); }
  // All spellings but the label; none for an unknown concept.
  std::vector<Spelling> spellings(const ConceptId& concept_id) const;
  // The code to write, or nullptr.
  const Spelling* preferred(const ConceptId& concept_id, std::string_view system) const;
  std::string label(const ConceptId& concept_id) const;  // English; the id when there is none
  struct Found {
    ConceptId concept_id;
    SpellingRelation relation = SpellingRelation::Equal;
  };
  // What a code means; several when it is wider than some, in the order of the table. "SNOMEDCT263495000" and
  // "EUCAIM:COM1001366" are read as system and code, too.
  std::vector<Found> find(std::string_view system, std::string_view code) const;
  // The combination of these parts that has a code of its own ("abdomen+pelvis"), or nothing.
  std::string combination(std::string_view category, const std::vector<std::string>& parts) const;

 private:
  std::string version_;
  std::map<ConceptId, std::vector<Spelling>> spellings_;
  std::map<std::pair<std::string, std::string>, std::vector<Found>> concepts_;  // by system and code
  std::map<std::pair<std::string, std::vector<std::string>>, std::string> combinations_;
};

}  // namespace mappers::engine
