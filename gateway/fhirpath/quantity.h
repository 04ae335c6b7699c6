// Quantities: comparison and arithmetic with units (HL7 FHIRPath N1 2.0.0 sections 4.1.8, 6.1, 6.2 and 6.6).
//
// Internal to gateway/fhirpath. Pure functions; "nothing" is the empty collection.
#pragma once

#include <compare>
#include <optional>
#include <string_view>

#include "gateway/fhirpath/moment.h"
#include "gateway/fhirpath/scalar.h"

namespace gateway::fhirpath {

// Nothing when calendar years or months meet definite ones: 1 year is not comparable with 1 'a'.
std::optional<bool> equal(const Quantity& a, const Quantity& b);
bool equivalent(const Quantity& a, const Quantity& b);
// Unordered when the units do not fit each other.
std::partial_ordering compare(const Quantity& a, const Quantity& b);
bool comparable(const Quantity& a, const Quantity& b);

// In the finer unit of the two.
std::optional<Quantity> add(const Quantity& a, const Quantity& b, bool subtract);
std::optional<Quantity> multiply(const Quantity& a, const Quantity& b);
std::optional<Quantity> divide(const Quantity& a, const Quantity& b);
// `unit` is a UCUM code or the word of a calendar duration.
std::optional<Quantity> convert(const Quantity& quantity, std::string_view unit);
// The number that a quantity without a dimension is.
std::optional<Number> as_number(const Quantity& quantity);

// The duration that date arithmetic adds (N1 section 6.6.7); nothing for other units and for 'a' and 'mo'.
std::optional<Duration> duration_of(const Quantity& quantity);

// Numbers that are decimals keep their digits.
Quantity quantity_of(const Number& value, std::string_view unit = "1");

}  // namespace gateway::fhirpath
