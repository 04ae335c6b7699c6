#include "gateway/definitions/constraint_check.h"

namespace gateway::definitions {
namespace {

// That a resource should have a narrative (dom-6) is good practice, no more (FHIR R4 2.3.0.4).
Finding::Severity severity_of(const Constraint& constraint) {
  if (constraint.key == "dom-6") return Finding::Severity::Information;
  return constraint.error ? Finding::Severity::Error : Finding::Severity::Warning;
}

}  // namespace

ConstraintCheck::ConstraintCheck(RuleContext& context, const Invariants& invariants,
                                 const fhirpath::Services& services, std::optional<fhirpath::DateTime> now)
    : context_(context), invariants_(invariants), services_(services), now_(now) {}

// %resource is the resource around, %rootResource the one that contains it (FHIR R4 fhirpath.html). One for
// each evaluation, since conformsTo() starts others meanwhile.
fhirpath::Environment ConstraintCheck::environment_of(const Entry& entry) const {
  const ResourceTree& tree = context_.tree;
  const Entry& resource = tree.resource_of(entry);
  const Entry* root = &resource;
  while (root->name == "contained") root = &tree.resource_of(*tree.parent(*root));
  fhirpath::Environment environment;
  environment.services = &services_;
  environment.now = now_;
  environment.resource = {tree.node(resource)};
  environment.root_resource = {tree.node(*root)};
  return environment;
}

void ConstraintCheck::check(const Entry& entry, const Constraint& constraint, const Structure* profile) {
  const auto& compiled = invariants_.get(constraint);
  if (!compiled.fault.empty())  // once, wherever it applies: what it says of the resource nobody knows
    context_.tell(
        Finding::Severity::Warning, "not-supported", context_.tree.root(),
        "The constraint " + constraint.key + " is no FHIRPath that can be checked: " + compiled.fault,
        profile, constraint.key);
  if (!compiled.expression || !context_.spend(10) || !context_.in_time()) return;
  const auto holds = compiled.expression->test({context_.tree.node(entry)}, environment_of(entry));
  if (!holds) {
    context_.tell(Finding::Severity::Information, "incomplete", entry,
                  "The constraint " + constraint.key + " could not be checked: " + holds.error().text(),
                  profile, constraint.key);
    return;
  }
  if (*holds) return;
  const std::string& words = constraint.human.empty() ? constraint.expression : constraint.human;
  context_.tell(severity_of(constraint), "invariant", entry,
                "Constraint failed: " + constraint.key + ": " + quoted(words, 300), profile, constraint.key);
}

}  // namespace gateway::definitions
