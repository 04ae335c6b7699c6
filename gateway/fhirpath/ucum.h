// UCUM: the units of quantities, for comparing and converting them (The Unified Code for Units of
// Measure, 2.1).
//
// Case-sensitive codes: terms with '.', '/', exponents, parentheses, prefixes, annotations. The table has the
// units of imaging, laboratory and general medicine; a code that is not in it is no unit here. Internal to
// gateway/fhirpath. Pure functions over a constant table; thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gateway/fhirpath/number.h"

namespace gateway::fhirpath {

// The exponents of m, s, g, rad, K, C, cd, and of units that compare with themselves only.
using Dimension = std::array<std::int8_t, 24>;

struct Unit {
  Number numerator = 1, denominator = 1;  // how many base units one is, as an exact fraction
  Number offset = 0;                      // of degrees: in kelvin = value * factor + offset
  Dimension dimension{};
  bool is_special() const { return !offset.is_zero(); }
};

std::optional<Unit> unit_of(std::string_view code);
// The value in base units.
std::optional<Number> in_base_units(const Number& value, const Unit& unit);
// The value in another unit; nothing when the dimensions differ.
std::optional<Number> convert(const Number& value, const Unit& from, const Unit& to);
// "m2", "g.m-1"; "1" for none.
std::string base_code(const Dimension& dimension);

// The table of units (ucum_table.cpp).
struct UnitRow {
  std::string_view code;
  bool metric;             // takes prefixes
  std::string_view value;  // so many ...
  std::string_view unit;   // ... of these; "=" for a base unit, whose number is `value`
};
struct PrefixRow {
  std::string_view code;
  int power;  // of ten; of two from 1000 on
};
std::span<const UnitRow> unit_rows();
const PrefixRow* find_prefix(std::string_view code);

}  // namespace gateway::fhirpath
