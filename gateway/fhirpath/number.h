// Number: a decimal number of any length, computed exactly (HL7 FHIRPath N1 2.0.0 section 4.1.4 asks for 28
// digits).
//
// Internal to gateway/fhirpath. A plain value. Numbers of more than kMostDigits digits are refused: parse()
// and the operations that make numbers grow answer nothing then.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gateway::fhirpath {

class Number {
 public:
  static constexpr int kMostDigits = 512;
  enum class Rounding : std::uint8_t { Down, Up, Zero, HalfUp };  // to -infinity, to +infinity, ...

  Number() = default;
  Number(std::int64_t value);  // NOLINT: implicit by design
  // [+-]digits[.digits][e[+-]digits]
  static std::optional<Number> parse(std::string_view text);
  // The shortest decimal that reads back as the same double; nothing for infinities and NaN.
  static std::optional<Number> from(double value);

  bool is_zero() const { return limbs_.empty(); }
  bool is_negative() const { return negative_; }
  bool is_integer() const;
  std::size_t digits() const { return limbs_.size() * 9; }  // at least as many as there are
  int scale() const { return scale_; }                      // digits after the point, zeros included
  std::optional<std::int64_t> to_int() const;               // when an integer of 64 bits
  double to_double() const;
  std::string text() const;

  Number operator-() const;
  friend Number operator+(const Number& a, const Number& b);
  friend Number operator-(const Number& a, const Number& b) { return a + -b; }
  friend std::strong_ordering operator<=>(const Number& a, const Number& b);
  friend bool operator==(const Number& a, const Number& b) { return (a <=> b) == 0; }
  // Nothing when too long.
  static std::optional<Number> product(const Number& a, const Number& b);
  // Exact, or to `digits` significant digits; nothing for a divisor of zero.
  static std::optional<Number> quotient(const Number& a, const Number& b, int digits = 28);
  // Rounds to that many digits after the point; never adds any.
  Number rounded(int scale, Rounding rounding) const;
  // With at least that many digits after the point.
  Number with_scale(int scale) const;
  Number trimmed() const;  // without zeros at the end of the fraction
  Number abs() const { return negative_ ? -*this : *this; }

 private:
  using Limbs = std::vector<std::uint32_t>;  // base 10^9, least first, no zeros at the end
  static int compare(const Limbs& a, const Limbs& b);
  static Limbs sum(const Limbs& a, const Limbs& b);
  static Limbs difference(const Limbs& a, const Limbs& b);  // a >= b
  static Limbs times(const Limbs& a, const Limbs& b);
  static Limbs divide(const Limbs& a, const Limbs& b, Limbs& rest);
  static Limbs power_of_ten(int exponent);
  static std::string digits_of(const Limbs& limbs);
  static Limbs limbs_of(std::string_view digits);
  static void trim(Limbs& limbs);
  Number(bool negative, Limbs limbs, int scale);

  bool negative_ = false;
  Limbs limbs_;
  int scale_ = 0;  // value = limbs / 10^scale
};

}  // namespace gateway::fhirpath
