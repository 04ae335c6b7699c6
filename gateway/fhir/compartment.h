// Compartments: which resources belong to a patient (FHIR R4 3.1.1.2 and CompartmentDefinition "patient"). A
// constant table; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/model/resource_query.h"

namespace gateway::fhir {

struct Membership {
  model::ResourceCondition condition;  // over the values of a stored resource
  // What says the same of a resource of the index plane, which is of one patient: a parameter and its value.
  std::string parameter, value;
};
// Of resources of `type` in the compartment of the patient `id`; nothing when none can be in it.
std::optional<Membership> in_patient_compartment(std::string_view type, const std::string& id);
// The types that can be in it, the patient's own first.
std::vector<std::string> patient_compartment_types();

}  // namespace gateway::fhir
