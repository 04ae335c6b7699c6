#include "gateway/fhir/compartment.h"

#include <algorithm>

#include "gateway/base/text.h"

namespace gateway::fhir {

std::optional<Membership> in_compartment(std::string_view owner, const std::string& id,
                                         std::string_view type) {
  const auto members = compartment_members(owner);
  const auto member = std::find_if(members.begin(), members.end(),
                                   [&](const CompartmentMember& each) { return each.type == type; });
  if (member == members.end()) return std::nullopt;
  Membership membership;
  const auto add = [&](std::string parameter, std::optional<std::string> system) {
    model::ValueTest test;
    test.parameter = std::move(parameter);
    test.system = std::move(system);
    test.how = model::ValueTest::Text::Equals;
    test.texts = {id};
    membership.condition.any.push_back(std::move(test));
  };
  const bool itself = type == owner;
  if (itself) add("_id", std::nullopt);
  if (!member->references.empty())
    for (const auto reference : split(member->references, ' '))
      add(std::string(reference), std::string(owner));
  if (owner != "Patient") return membership;
  membership.parameter = membership.condition.any.front().parameter;
  membership.value = itself ? id : "Patient/" + id;
  return membership;
}

std::vector<std::string> compartment_types(std::string_view owner) {
  std::vector<std::string> types;
  for (const CompartmentMember& member : compartment_members(owner)) types.emplace_back(member.type);
  return types;
}

}  // namespace gateway::fhir
