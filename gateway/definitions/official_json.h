// Reads the official JSON of definitions: StructureDefinition (with snapshot), CodeSystem, ValueSet,
// ConceptMap and SearchParameter of FHIR R4.
//
// What these resources say beyond what the gateway uses (prose, mappings, contacts) is passed over. Error:
// ProfileInvalid, the place inside the resource in `where`. Thread-safe.
#pragma once

#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "gateway/definitions/definitions.h"

namespace gateway::definitions {

Result<Structure> structure_from(const Value& resource, const PackageLimits& limits);
Result<CodeSystem> code_system_from(const Value& resource, const PackageLimits& limits);
Result<ValueSet> value_set_from(const Value& resource);
Result<ConceptMap> concept_map_from(const Value& resource);
Result<SearchParameter> search_parameter_from(const Value& resource);

// The members of a list; empty when there is none.
const Value::List& list_of(const Value& value, std::string_view name);
// The texts of a list of strings.
std::vector<std::string> texts_of(const Value& value, std::string_view name);
bool flag_of(const Value& value, std::string_view name, bool otherwise = false);

}  // namespace gateway::definitions
