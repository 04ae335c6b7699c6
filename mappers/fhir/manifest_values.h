// Reading the data types of FHIR that a manifest has: codes, identifiers, references. Tolerant: what has
// another shape than R4 says is empty. Private to this folder.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "gateway/base/value.h"
#include "mappers/fhir/manifest_parts.h"

namespace mappers::fhir::mado {

using gateway::Value;

const Value::List& list_of(const Value* node, std::string_view key);
const Value* member(const Value* node, std::string_view key);  // null-safe find()
std::string text_of(const Value* node, std::string_view key);

// A UID as it is met: bare, or behind "urn:oid:". Empty when it is no UID.
std::string uid_of(std::string_view text);
// A Coding; a CodeableConcept, of which the first coding or else the text counts (R5 has these where R4 has
// a Coding). Without any display the code is its own meaning, as append_code() has it.
Code code_of(const Value* node, const RenderOptions& options);
// Whether an Identifier.type has this code of this system.
bool has_type(const Value& identifier, std::string_view system, std::string_view code);
IssuedNumber issued_of(const Value& identifier, const RenderOptions& options);
// The first extension whose URL ends in one of two names, letters' case aside: the same concept has one URL
// at IHE and one at HL7 Europe.
bool is_extension(const Value& extension, std::string_view ihe_name, std::string_view eu_name);

// The resources of a Bundle, by how they are referred to.
class BundleIndex {
 public:
  explicit BundleIndex(const Value& bundle);
  // The resource of a Reference; nullptr when it is not in the Bundle. `within` holds contained resources.
  const Value* resolve(const Value* reference, const Value* within = nullptr) const;
  const std::vector<const Value*>& of_type(std::string_view type) const;

 private:
  std::map<std::string, const Value*, std::less<>> by_url_;  // fullUrl, and Type/id
  std::map<std::string, std::vector<const Value*>, std::less<>> by_type_;
};

}  // namespace mappers::fhir::mado
