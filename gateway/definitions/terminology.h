// Terminology operations over the code systems, value sets and concept maps of the packs and the code tables
// of profiles/terminology (FHIR R4 4.8 to 4.10): $expand, $validate-code, $lookup, $translate.
//
// What is not held here in full is said, never guessed: an expansion that would need codes from elsewhere is
// refused, and so is a question about a code of a system that is known in part. Immutable after load();
// thread-safe. The definitions must outlive it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "gateway/definitions/definitions.h"

namespace gateway::definitions {

struct ExpandRequest {
  std::string url;     // of the value set, "|version" allowed
  std::string filter;  // in the display text or the code, without case (ASCII)
  std::size_t offset = 0;
  std::optional<std::size_t> count;  // 0: only the total
  std::int64_t now_us = 0;           // for expansion.timestamp
};

struct ValidateCodeRequest {
  std::string url;              // of the value set or code system
  std::vector<Coding> codings;  // one of them has to be in it; without a system: the code in any
};

struct TranslateRequest {
  std::string url;             // of a concept map; empty: every one that fits
  std::string source, target;  // value sets, may be empty
  std::string target_system;   // may be empty
  std::vector<Coding> codings;
  bool reverse = false;
};

class Terminology {
 public:
  // The tables that profiles/terminology/concept-maps.csv names become concept maps. Errors: NotFound;
  // ProfileInvalid with file and line.
  static Result<std::shared_ptr<const Terminology>> load(const std::string& profiles_folder,
                                                         const Definitions& definitions);

  // Errors of all: NotFound for a value set, code system, map or code that is not here; InvalidParameter;
  // Unprocessable for what cannot be told from what is held here.
  Result<Value> expand(const ExpandRequest& request) const;                         // ValueSet
  Result<Value> validate_in_value_set(const ValidateCodeRequest& request) const;    // Parameters
  Result<Value> validate_in_code_system(const ValidateCodeRequest& request) const;  // Parameters
  Result<Value> lookup(const Coding& coding, std::string_view version = {}) const;  // Parameters
  Result<Value> translate(const TranslateRequest& request) const;                   // Parameters

  // Of the packs and of the tables.
  std::vector<const ConceptMap*> concept_maps() const;
  const ConceptMap* concept_map(std::string_view canonical) const;
  const Definitions& definitions() const { return definitions_; }

 private:
  explicit Terminology(const Definitions& definitions) : definitions_(definitions) {}
  Result<void> add_table(const std::string& folder, const ConceptMap& named, std::string_view table,
                         const std::string& equivalence);

  const Definitions& definitions_;
  ConceptMaps tables_;
};

}  // namespace gateway::definitions
