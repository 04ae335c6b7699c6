// Comparing values of resources with fixed and pattern values of definitions (FHIR R4 2.28.0.4). Pure
// functions; recursion is bounded by the depth of the definition's value.
#pragma once

#include "gateway/base/value.h"

namespace gateway::definitions {

// fixed[x]: the same value, whatever the order of its members.
bool equals_fixed(const Value& value, const Value& fixed);
// pattern[x]: every part of the pattern is found in the value; more may be there.
bool matches_pattern(const Value& value, const Value& pattern);

}  // namespace gateway::definitions
