// Environment: what an evaluation is given besides the expression and its context: constants, the time,
// limits and the services that reach beyond the tree (HL7 FHIRPath N1 2.0.0 section 9; FHIR R4
// fhirpath.html).
//
// Borrowed for the time of one evaluation; may serve several at once when its Services may.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/fhirpath/node.h"

namespace gateway::fhirpath {

// What an expression may ask of the world around its tree. The defaults know nothing. Never throws; called
// on the thread of the evaluation.
class Services {
 public:
  virtual ~Services() = default;
  // resolve(): appends the resource that a Reference, a canonical or a uri names; nothing when unknown. The
  // nodes must outlive the result of the evaluation.
  virtual void resolve(const Item& reference, Collection& out) const;
  // memberOf(): whether a code, Coding or CodeableConcept is in the value set; nothing when not known.
  virtual std::optional<bool> member_of(const Item& coded, std::string_view value_set) const;
  // conformsTo(): whether a resource conforms to the profile; nothing when not known.
  virtual std::optional<bool> conforms_to(const Item& resource, std::string_view profile) const;
  // trace(): the collection as it passes.
  virtual void trace(std::string_view name, const Collection& items) const;
};

struct Environment {
  std::map<std::string, Collection, std::less<>> constants;  // %name
  // %resource and %rootResource; the context of the evaluation when empty.
  Collection resource, root_resource;
  std::optional<DateTime> now;  // now(), today() and timeOfDay() fault without it
  const Services* services = nullptr;

  std::size_t max_steps = 1'000'000;     // nodes visited and operations made
  std::size_t max_items = 100'000;       // of one collection
  std::size_t max_text = 1'000'000;      // bytes of one string
  std::size_t max_matching = 4'000'000;  // steps of one regular expression
};

}  // namespace gateway::fhirpath
