#include "gateway/fhirpath/number.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "gateway/base/text.h"

namespace gateway::fhirpath {
namespace {

constexpr std::uint32_t kBase = 1'000'000'000;
constexpr std::size_t kLimbDigits = 9;

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

Number::Number(bool negative, Limbs limbs, int scale)
    : negative_(negative), limbs_(std::move(limbs)), scale_(scale) {
  if (limbs_.empty()) negative_ = false;
}

Number::Number(std::int64_t value) : negative_(value < 0) {
  std::uint64_t rest = negative_ ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  for (; rest > 0; rest /= kBase) limbs_.push_back(static_cast<std::uint32_t>(rest % kBase));
}

void Number::trim(Limbs& limbs) {
  while (!limbs.empty() && limbs.back() == 0) limbs.pop_back();
}

Number::Limbs Number::limbs_of(std::string_view digits) {
  Limbs limbs;
  while (!digits.empty()) {
    const std::size_t take = std::min(kLimbDigits, digits.size());
    limbs.push_back(parse_number<std::uint32_t>(digits.substr(digits.size() - take)).value_or(0));
    digits.remove_suffix(take);
  }
  trim(limbs);
  return limbs;
}

std::string Number::digits_of(const Limbs& limbs) {
  std::string text;
  for (auto limb = limbs.rbegin(); limb != limbs.rend(); ++limb) {
    const std::string digits = std::to_string(*limb);
    if (!text.empty()) text.append(kLimbDigits - digits.size(), '0');
    text += digits;
  }
  return text;
}

int Number::compare(const Limbs& a, const Limbs& b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  for (std::size_t i = a.size(); i-- > 0;)
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  return 0;
}

Number::Limbs Number::sum(const Limbs& a, const Limbs& b) {
  Limbs out;
  std::uint32_t carry = 0;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()) || carry > 0; ++i) {
    const std::uint32_t digit = carry + (i < a.size() ? a[i] : 0) + (i < b.size() ? b[i] : 0);
    out.push_back(digit % kBase);
    carry = digit / kBase;
  }
  return out;
}

Number::Limbs Number::difference(const Limbs& a, const Limbs& b) {
  Limbs out = a;
  std::uint32_t borrow = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::uint32_t take = borrow + (i < b.size() ? b[i] : 0);
    borrow = out[i] < take ? 1 : 0;
    out[i] = out[i] + (borrow ? kBase : 0) - take;
  }
  trim(out);
  return out;
}

Number::Limbs Number::times(const Limbs& a, const Limbs& b) {
  Limbs out(a.size() + b.size(), 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::uint64_t carry = 0;
    for (std::size_t j = 0; j < b.size() || carry > 0; ++j) {
      const std::uint64_t digit =
          out[i + j] + carry + (j < b.size() ? static_cast<std::uint64_t>(a[i]) * b[j] : 0);
      out[i + j] = static_cast<std::uint32_t>(digit % kBase);
      carry = digit / kBase;
    }
  }
  trim(out);
  return out;
}

// Long division; each limb of the quotient is estimated from the leading limbs and then corrected, which is a
// matter of one or two.
Number::Limbs Number::divide(const Limbs& a, const Limbs& b, Limbs& rest) {
  const std::size_t top = b.size();
  const auto leading = [&](const Limbs& limbs) {
    const auto limb = [&](std::size_t at) -> long double { return at < limbs.size() ? limbs[at] : 0; };
    return limb(top) * 1e18L + limb(top - 1) * 1e9L + (top > 1 ? limb(top - 2) : 0);
  };
  Limbs out(a.size(), 0);
  rest.clear();
  for (std::size_t i = a.size(); i-- > 0;) {
    if (!rest.empty() || a[i] != 0) rest.insert(rest.begin(), a[i]);
    if (compare(rest, b) < 0) continue;
    const long double guess = std::floor(leading(rest) / leading(b));
    auto digit = static_cast<std::uint32_t>(std::clamp<long double>(guess, 1, kBase - 1));
    Limbs taken = times(b, {digit});
    for (; compare(taken, rest) > 0; --digit) taken = difference(taken, b);
    rest = difference(rest, taken);
    for (; compare(rest, b) >= 0; ++digit) rest = difference(rest, b);
    out[i] = digit;
  }
  trim(out);
  return out;
}

Number::Limbs Number::power_of_ten(int exponent) {
  return limbs_of("1" + std::string(static_cast<std::size_t>(exponent), '0'));
}

std::optional<Number> Number::parse(std::string_view text) {
  bool negative = false;
  if (text.starts_with('-') || text.starts_with('+')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  int exponent = 0;
  if (const auto e = text.find_first_of("eE"); e != std::string_view::npos) {
    std::string_view power = text.substr(e + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    const auto parsed = parse_number<int>(power);
    if (!parsed || std::abs(*parsed) > kMostDigits) return std::nullopt;
    exponent = *parsed;
    text = text.substr(0, e);
  }
  const std::size_t point = text.find('.');
  std::string digits(text.substr(0, point));
  if (point != std::string_view::npos) digits += text.substr(point + 1);
  if (!all_digits(digits) || point == 0 || digits.size() > kMostDigits) return std::nullopt;
  int scale = point == std::string_view::npos ? 0 : static_cast<int>(text.size() - point - 1);
  scale -= exponent;
  if (scale < 0) digits.append(static_cast<std::size_t>(-scale), '0');
  return Number(negative, limbs_of(digits), std::max(scale, 0));
}

std::optional<Number> Number::from(double value) {
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return parse({text, static_cast<std::size_t>(end - text)});
}

bool Number::is_integer() const { return rounded(0, Rounding::Zero) == *this; }

std::optional<std::int64_t> Number::to_int() const {
  if (!is_integer()) return std::nullopt;
  return parse_number<std::int64_t>(rounded(0, Rounding::Zero).text());
}

double Number::to_double() const { return parse_number<double>(text()).value_or(0.0); }

std::string Number::text() const {
  std::string digits = digits_of(limbs_);
  const auto scale = static_cast<std::size_t>(scale_);
  if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
  if (scale > 0) digits.insert(digits.size() - scale, 1, '.');
  return negative_ ? "-" + digits : digits;
}

Number Number::operator-() const { return Number(!negative_, limbs_, scale_); }

Number Number::with_scale(int scale) const {
  if (scale <= scale_) return *this;
  return Number(negative_, times(limbs_, power_of_ten(scale - scale_)), scale);
}

Number operator+(const Number& a, const Number& b) {
  const int scale = std::max(a.scale_, b.scale_);
  const Number x = a.with_scale(scale), y = b.with_scale(scale);
  if (x.negative_ == y.negative_) return Number(x.negative_, Number::sum(x.limbs_, y.limbs_), scale);
  const bool larger = Number::compare(x.limbs_, y.limbs_) >= 0;
  return larger ? Number(x.negative_, Number::difference(x.limbs_, y.limbs_), scale)
                : Number(y.negative_, Number::difference(y.limbs_, x.limbs_), scale);
}

std::strong_ordering operator<=>(const Number& a, const Number& b) {
  if (a.negative_ != b.negative_)
    return a.negative_ ? std::strong_ordering::less : std::strong_ordering::greater;
  const int scale = std::max(a.scale_, b.scale_);
  const int order = Number::compare(a.with_scale(scale).limbs_, b.with_scale(scale).limbs_);
  return (a.negative_ ? -order : order) <=> 0;
}

std::optional<Number> Number::product(const Number& a, const Number& b) {
  if ((a.limbs_.size() + b.limbs_.size()) * kLimbDigits > kMostDigits || a.scale_ + b.scale_ > kMostDigits)
    return std::nullopt;
  return Number(a.negative_ != b.negative_, times(a.limbs_, b.limbs_), a.scale_ + b.scale_);
}

std::optional<Number> Number::quotient(const Number& a, const Number& b, int digits) {
  if (b.is_zero()) return std::nullopt;
  if (a.is_zero()) return Number();
  // Shift the dividend so far that the integer quotient has the digits wanted and one to round with.
  const int have =
      static_cast<int>(digits_of(a.limbs_).size()) - static_cast<int>(digits_of(b.limbs_).size());
  const int shift = std::max({digits + 1 - have, b.scale_ - a.scale_, 0});
  if (shift > 2 * kMostDigits) return std::nullopt;
  Limbs rest;
  Number out(a.negative_ != b.negative_, divide(times(a.limbs_, power_of_ten(shift)), b.limbs_, rest),
             a.scale_ + shift - b.scale_);
  const int surplus = static_cast<int>(digits_of(out.limbs_).size()) - digits;
  if (surplus > 0) out = out.rounded(std::max(out.scale_ - surplus, 0), Rounding::HalfUp);
  return out.trimmed();
}

Number Number::rounded(int scale, Rounding rounding) const {
  if (scale >= scale_) return *this;
  Limbs rest;
  const Limbs unit = power_of_ten(scale_ - scale);
  Limbs kept = divide(limbs_, unit, rest);
  bool up = false;
  if (rounding == Rounding::Up) up = !rest.empty() && !negative_;
  if (rounding == Rounding::Down) up = !rest.empty() && negative_;
  if (rounding == Rounding::HalfUp) {
    const int half = compare(times(rest, {2}), unit);
    up = half > 0 || (half == 0 && !negative_);  // 2.5 to 3, -2.5 to -2
  }
  if (up) kept = sum(kept, {1});
  return Number(negative_, std::move(kept), scale);
}

Number Number::trimmed() const {
  if (scale_ == 0 || limbs_.empty()) return Number(negative_, limbs_, limbs_.empty() ? 0 : scale_);
  const std::string digits = digits_of(limbs_);
  const std::size_t last = digits.find_last_not_of('0');
  const int zeros = std::min(static_cast<int>(digits.size() - 1 - last), scale_);
  return zeros == 0 ? *this : rounded(scale_ - zeros, Rounding::Zero);
}

}  // namespace gateway::fhirpath
