// Compartments: which resources belong to a patient, an encounter, a practitioner, a related person or a
// device (FHIR R4 3.1.1.2 and CompartmentDefinition). Constant tables; thread-safe.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/model/resource_query.h"

namespace gateway::fhir {

struct CompartmentMember {
  std::string_view type;
  std::string_view references;  // search parameters, separated by blanks
};
// The owner's own type first; none for a type that has no compartment.
std::span<const CompartmentMember> compartment_members(std::string_view owner);
std::vector<std::string_view> compartment_owners();
std::vector<std::string> compartment_types(std::string_view owner);

struct Membership {
  model::ResourceCondition condition;  // over the values of a stored resource
  // What says the same of a resource of the index plane: a parameter and its value. Empty: those are in no
  // such compartment, since what is rendered refers to patients only.
  std::string parameter, value;
};
// Of resources of `type` in the compartment of `owner` with this id; nothing when none can be in it.
std::optional<Membership> in_compartment(std::string_view owner, const std::string& id,
                                         std::string_view type);

}  // namespace gateway::fhir
