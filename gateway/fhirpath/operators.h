// The operators of arithmetic and order (HL7 FHIRPath N1 2.0.0 sections 6.2 and 6.6), on single values.
//
// Internal to gateway/fhirpath. Pure functions.
#pragma once

#include <compare>
#include <optional>
#include <string>

#include "gateway/fhirpath/ast.h"
#include "gateway/fhirpath/number.h"

namespace gateway::fhirpath {

// What an operator gives: a value, nothing (the empty collection), or why the operands do not fit.
struct Outcome {
  std::optional<Scalar> value;
  std::string fault;
};

Outcome calculate(Operator op, const Scalar& left, const Scalar& right);
Outcome negated(const Scalar& value);
// Less, LessEqual, Greater, GreaterEqual.
Outcome ordered(Operator op, const Scalar& left, const Scalar& right, int zone);
// Nothing in `order`: the values are of kinds that have no order between them.
std::optional<std::partial_ordering> order_of(const Scalar& left, const Scalar& right, int zone);

// An Integer when both operands are, else a Long or a Decimal.
Scalar decimal_of(const Number& number);

}  // namespace gateway::fhirpath
