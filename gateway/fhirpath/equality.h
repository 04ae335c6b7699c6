// Equality and equivalence of items and collections (HL7 FHIRPath N1 2.0.0 sections 6.1.1 and 6.1.2).
//
// Internal to gateway/fhirpath. Nodes without a primitive value are equal when they are the same node.
#pragma once

#include <optional>

#include "gateway/fhirpath/node.h"

namespace gateway::fhirpath {

// The primitive value of an item, if it has one.
std::optional<Scalar> scalar_of(const Item& item);

bool equal(const Item& left, const Item& right);
bool equivalent(const Item& left, const Item& right);
// Item by item, in order. Nothing when a side is empty.
std::optional<bool> equal(const Collection& left, const Collection& right);
// In any order; empty is equivalent to empty.
bool equivalent(const Collection& left, const Collection& right);

}  // namespace gateway::fhirpath
