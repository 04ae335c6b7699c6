// CoreWalk: checks every element of a resource against its type (FHIR R4 2.24, 5.1): primitive values,
// cardinalities, bindings, constraints, the rules of its type; and starts the profiles that it has to fit.
//
// Internal to gateway/definitions. What did not fit the JSON form was told when the tree was built. Recursion
// is bounded by the depth of the tree. One object per validation.
#pragma once

#include "gateway/definitions/profile_walk.h"
#include "gateway/definitions/validator.h"

namespace gateway::definitions {

class CoreWalk {
 public:
  CoreWalk(RuleContext& context, ConstraintCheck& constraints, ProfileWalk& profiles, bool claimed)
      : context_(context), constraints_(constraints), profiles_(profiles), claimed_(claimed) {}

  void walk(const Entry& entry);
  // `canonical` as a client gives it; `demanded`: not knowing it is an error.
  void check_profile(const Entry& resource, std::string_view canonical, const Entry& where, bool demanded);

 private:
  void primitive(const Entry& entry);
  void narrative(const Entry& entry);
  void component(const Entry& entry);
  void cardinalities(const Entry& entry);
  void constraints(const Entry& entry);
  void type_rules(const Entry& entry);
  void resource_rules(const Entry& resource);
  void type_profiles(const Entry& entry);

  RuleContext& context_;
  ConstraintCheck& constraints_;
  ProfileWalk& profiles_;
  bool claimed_;
};

}  // namespace gateway::definitions
