// Checks an expression against the types of its context, without evaluating it (HL7 FHIRPath N1 2.0.0
// section 11): names that no type there has, steps that need an order where there is none, conditions that
// cannot be true or false.
//
// What cannot be known from the types alone passes: resolve(), contained resources, %constants, repeat().
// Pure; thread-safe. The texts of a model live as long as it does.
#pragma once

#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/fhirpath/expression.h"

namespace gateway::fhirpath {

// What values of a type are made of. A component has the path of its element as type: "Patient.contact".
class TypeModel {
 public:
  virtual ~TypeModel() = default;
  // Whether values of `type` may have a child `name`; appends the types that it may have, none when it may
  // have any. Unknown types have every child.
  virtual bool child(std::string_view type, std::string_view name,
                     std::vector<std::string_view>& types) const = 0;
  virtual bool is_a(std::string_view type, std::string_view ancestor) const = 0;
  virtual bool has_type(std::string_view type) const = 0;
};

// `type`: that of the context, "Patient". Error: ProfileInvalid with "character N" in `where`.
Result<void> check(const Expression& expression, std::string_view type, const TypeModel& model);

}  // namespace gateway::fhirpath
