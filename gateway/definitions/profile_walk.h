// ProfileWalk: checks elements against what a profile says beyond the type (FHIR R4 5.1, StructureDefinition
// snapshots): cardinalities, slices, fixed values, patterns, bindings, types, targets, constraints.
//
// Internal to gateway/definitions. What the type itself demands is the business of CoreWalk. Recursion is
// bounded by the depth of the tree; circular references count as conforming. One object per validation.
#pragma once

#include <functional>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/definitions/constraint_check.h"
#include "gateway/definitions/rule_context.h"

namespace gateway::definitions {

class ProfileWalk {
 public:
  ProfileWalk(RuleContext& context, ConstraintCheck& constraints)
      : context_(context), constraints_(constraints) {}

  // Tells all that keeps `entry` from conforming to `profile`.
  void check(const Entry& entry, const Structure& profile);
  // The same without a word.
  bool conforms(const Entry& entry, const Structure& profile);
  bool fits(const Entry& entry, const Structure& profile, const Element& element);
  // Whether it conforms to one of them; those not known count as such.
  bool conforms_to_any(const Entry& entry, const std::vector<std::string>& profiles);

  RuleContext& context() { return context_; }

 private:
  void element(const Entry& entry, const Structure& profile, const Element& element);
  void content(const Entry& entry, const Structure& profile, const Element& element);
  void limits(const Entry& entry, const Structure& profile, const Element& element);
  void binding(const Entry& entry, const Structure& profile, const Element& element);
  void types(const Entry& entry, const Structure& profile, const Element& element);
  void type_profiles(const Entry& entry, const Structure& profile, const TypeRef& type);
  void targets(const Entry& entry, const Structure& profile, const Element& element);
  void constraints(const Entry& entry, const Structure& profile, const Element& element);
  void children(const Entry& entry, const Structure& profile, const Element& element);
  void property(const Entry& parent, const Structure& profile, const Element& child);
  void sliced(const Entry& parent, const Structure& profile, const Element& child,
              const std::vector<const Entry*>& items);
  void count(const Entry& parent, const Structure& profile, const Element& element, std::size_t found);
  bool quietly(const std::function<void()>& attempt);

  RuleContext& context_;
  ConstraintCheck& constraints_;
  std::map<std::pair<const Entry*, const Structure*>, bool> known_;
  unsigned depth_ = 0;
};

}  // namespace gateway::definitions
