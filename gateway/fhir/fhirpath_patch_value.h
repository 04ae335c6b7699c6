// The content of a FHIRPath Patch operation, made fit for the element it goes to; and elements as slots of
// their parent's JSON object (FHIR R4 2.6.2: "x" and "_x").
//
// Internal to gateway/fhir. Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "gateway/definitions/xml_form_place.h"

namespace gateway::fhir {

// One element: its value, and what stands beside it when it is a primitive. Null: not there.
struct PatchSlot {
  Value value;
  Value beside;
};

// The elements of `parent` under `key`, in order.
std::vector<PatchSlot> slots_of(const Value::Map& parent, std::string_view key);
// Puts them back: as a list, or the only one as it is; removes the members when there are none.
void put_slots(Value::Map& parent, const std::string& key, bool list, std::vector<PatchSlot> slots);

struct PatchContent {
  std::string key;  // in JSON: "valueQuantity"
  PatchSlot slot;
};

// The child of `place` that an operation or a part names: "value" for value[x]. Error: Unprocessable.
Result<const definitions::Element*> patch_child(const definitions::Definitions& definitions,
                                                const definitions::Place& place, std::string_view name);

// `part` (its value[x], resource or parts) as the element `child` of `place`. Errors: InvalidBody,
// Unprocessable when the element cannot be of that kind.
Result<PatchContent> patch_content(const definitions::Definitions& definitions,
                                   const definitions::Place& place, const definitions::Element& child,
                                   const Value& part);

}  // namespace gateway::fhir
