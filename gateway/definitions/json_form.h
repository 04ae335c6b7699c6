// The JSON form of FHIR resources (FHIR R4 2.6.2), read strictly and written; and the parts of a resource
// that _summary and _elements ask for (R4 3.1.1.5.8, 3.1.1.5.9).
//
// Reading refuses what cannot be a resource; whether it is a valid one is the validator's question. Numbers
// keep their text. Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "gateway/codec/json.h"

namespace gateway::definitions {

class Definitions;

// Errors: InvalidBody ("byte N", or the path of the member, in `where`): not JSON, duplicate keys, NaN, not
// an object, no or an unknown resourceType (of contained resources and entries too), an empty object or list,
// null outside of a list of primitives, narrative that is no safe XHTML; BodyTooLarge.
Result<Value> from_json(std::string_view text, const Definitions& definitions,
                        const codec::JsonLimits& limits = {});
// The same for a tree that is there already.
Result<void> check_json(const Value& resource, const Definitions& definitions);

enum class Summary : std::uint8_t { False, True, Text, Data, Count };
std::optional<Summary> summary_of(std::string_view text);  // a value of _summary

struct Subset {
  Summary summary = Summary::False;
  std::vector<std::string> elements;  // of _elements: "status", or "ImagingStudy.status" for one type only
  bool whole() const { return summary == Summary::False && elements.empty(); }
};

// What is asked for of `resource`, tagged SUBSETTED. Mandatory and modifier elements stay (but for
// Summary::Text: the mandatory ones). Count asks for no resource at all and is the caller's: here it is as
// True. A Bundle is as any other resource: give its entries one by one. An unknown type stays whole.
Value subset(const Value& resource, const Subset& wanted, const Definitions& definitions);

}  // namespace gateway::definitions
