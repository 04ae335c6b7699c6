#include "gateway/fhirpath/quantity.h"

#include <algorithm>
#include <array>

#include "gateway/base/text.h"
#include "gateway/fhirpath/ucum.h"

namespace gateway::fhirpath {
namespace {

struct DurationCode {
  std::string_view code;
  Duration duration;
};
constexpr std::array kDurationCodes = {
    DurationCode{"a", Duration::Year},   DurationCode{"mo", Duration::Month},
    DurationCode{"wk", Duration::Week},  DurationCode{"d", Duration::Day},
    DurationCode{"h", Duration::Hour},   DurationCode{"min", Duration::Minute},
    DurationCode{"s", Duration::Second}, DurationCode{"ms", Duration::Millisecond},
};

std::optional<Duration> duration_of_code(std::string_view code) {
  const auto row = std::find_if(kDurationCodes.begin(), kDurationCodes.end(),
                                [&](const DurationCode& each) { return each.code == code; });
  return row == kDurationCodes.end() ? std::nullopt : std::optional(row->duration);
}

std::string_view code_of(Duration duration) {
  return kDurationCodes[static_cast<std::size_t>(duration)].code;
}

bool is_long(std::optional<Duration> duration) { return duration && *duration <= Duration::Month; }

// The duration of a quantity, whichever way it is written.
std::optional<Duration> any_duration(const Quantity& quantity) {
  return quantity.calendar ? duration_of(std::string_view(quantity.unit)) : duration_of_code(quantity.unit);
}

// A quantity taken apart for computing.
struct Measure {
  Number value;
  std::optional<Unit> unit;  // nothing: not a known UCUM unit
  std::optional<Duration> calendar;
};

Unit seconds(Duration duration) {
  Unit unit = *unit_of("s");
  unit.numerator = milliseconds_in(duration);
  unit.denominator = 1000;
  return unit;
}

std::optional<Measure> measure_of(const Quantity& quantity) {
  const auto value = Number::parse(quantity.value.text);
  if (!value) return std::nullopt;
  Measure measure{*value, std::nullopt, std::nullopt};
  if (quantity.calendar) measure.calendar = duration_of(std::string_view(quantity.unit));
  measure.unit = measure.calendar ? std::optional(seconds(*measure.calendar)) : unit_of(quantity.unit);
  return measure;
}

// Years and months have no length in seconds that definite durations could be compared with. A FHIR quantity
// of "a" or "mo" is a calendar duration when it meets one.
bool is_mixed(const Quantity& a, const Quantity& b) {
  if (a.calendar == b.calendar) return false;
  const Quantity& definite = a.calendar ? b : a;
  if (!is_long(any_duration(a)) && !is_long(any_duration(b))) return false;
  return !(definite.fhir && duration_of_code(definite.unit));
}

Quantity as_calendar(Quantity quantity) {
  const auto duration = duration_of_code(quantity.unit);
  if (quantity.calendar || !duration) return quantity;
  constexpr std::array<std::string_view, 8> kWords = {"year", "month",  "week",   "day",
                                                      "hour", "minute", "second", "millisecond"};
  quantity.unit = kWords[static_cast<std::size_t>(*duration)];
  quantity.calendar = true;
  return quantity;
}

// Both as calendar durations where the standard of FHIR says so.
std::pair<Quantity, Quantity> aligned(const Quantity& a, const Quantity& b) {
  if (a.calendar == b.calendar || (!is_long(any_duration(a)) && !is_long(any_duration(b)))) return {a, b};
  return {a.fhir ? as_calendar(a) : a, b.fhir ? as_calendar(b) : b};
}

// The value of `from` in the unit of `to`. A year has twelve months, whatever their days.
std::optional<Number> value_in(const Measure& from, const Measure& to) {
  if (is_long(from.calendar) && is_long(to.calendar) && from.calendar != to.calendar) {
    return *from.calendar == Duration::Year ? Number::product(from.value, 12)
                                            : Number::quotient(from.value, 12, 40);
  }
  if (!from.unit || !to.unit) return std::nullopt;
  return convert(from.value, *from.unit, *to.unit);
}

Unit definite(const Quantity& quantity, const Measure& measure) {
  if (!quantity.calendar) return measure.unit.value_or(Unit{});
  return unit_of(code_of(*measure.calendar)).value_or(Unit{});
}

bool is_plain(const Dimension& dimension) {
  return std::all_of(dimension.begin(), dimension.end(), [](int exponent) { return exponent == 0; });
}

std::optional<Quantity> with_value(const Quantity& quantity, const std::optional<Number>& value) {
  if (!value) return std::nullopt;
  Quantity out = quantity;
  out.value = Decimal{value->trimmed().text()};
  return out;
}

// Degrees have no zero of their own, so they cannot be multiplied.
bool is_degrees(const Measure& measure) { return measure.unit && measure.unit->is_special(); }

// A quantity without a dimension.
bool is_number(const Quantity& quantity) { return !quantity.calendar && as_number(quantity).has_value(); }

// The product or quotient of two UCUM units, in base units.
std::optional<Quantity> combined(const Measure& a, const Measure& b, bool divide) {
  if (!a.unit || !b.unit) return std::nullopt;
  const auto x = in_base_units(a.value, *a.unit), y = in_base_units(b.value, *b.unit);
  if (!x || !y) return std::nullopt;
  const auto value = divide ? Number::quotient(*x, *y) : Number::product(*x, *y);
  if (!value) return std::nullopt;
  Dimension dimension{};
  for (std::size_t i = 0; i < dimension.size(); ++i) {
    const int sum = a.unit->dimension[i] + (divide ? -1 : 1) * b.unit->dimension[i];
    if (std::abs(sum) > 100) return std::nullopt;
    dimension[i] = static_cast<std::int8_t>(sum);
  }
  return quantity_of(*value, base_code(dimension));
}

}  // namespace

Quantity quantity_of(const Number& value, std::string_view unit) {
  Quantity quantity;
  quantity.value = Decimal{value.trimmed().text()};
  quantity.unit = unit;
  return quantity;
}

std::optional<bool> equal(const Quantity& left, const Quantity& right) {
  if (is_mixed(left, right)) return std::nullopt;
  const auto [a, b] = aligned(left, right);
  const auto x = measure_of(a), y = measure_of(b);
  if (!x || !y) return a == b;
  if (a.unit == b.unit && a.calendar == b.calendar) return x->value == y->value;
  const auto there = value_in(*y, *x), back = value_in(*x, *y);
  return (there && *there == x->value) || (back && *back == y->value);
}

// N1 section 6.1.2: to the precision of the less precise; definite and calendar durations are the same.
bool equivalent(const Quantity& a, const Quantity& b) {
  const auto x = measure_of(a), y = measure_of(b);
  if (!x || !y) return a == b;
  const auto close = [](const Number& p, const Number& q) {
    const int scale = std::min(p.trimmed().scale(), q.trimmed().scale());
    return p.rounded(scale, Number::Rounding::HalfUp) == q.rounded(scale, Number::Rounding::HalfUp);
  };
  if (a.unit == b.unit && a.calendar == b.calendar) return close(x->value, y->value);
  const auto there = convert(y->value, definite(b, *y), definite(a, *x));
  const auto back = convert(x->value, definite(a, *x), definite(b, *y));
  if (!x->unit || !y->unit || !there || !back) return false;
  // In the larger of the units: 4 'g' ~ 4040 'mg'.
  return there->abs() <= y->value.abs() ? close(*there, x->value) : close(*back, y->value);
}

std::partial_ordering compare(const Quantity& left, const Quantity& right) {
  if (is_mixed(left, right)) return std::partial_ordering::unordered;
  const auto [a, b] = aligned(left, right);
  const auto x = measure_of(a), y = measure_of(b);
  if (!x || !y) return std::partial_ordering::unordered;
  if (a.unit == b.unit && a.calendar == b.calendar) return x->value <=> y->value;
  const auto there = value_in(*y, *x);
  return there ? std::partial_ordering(x->value <=> *there) : std::partial_ordering::unordered;
}

bool comparable(const Quantity& left, const Quantity& right) {
  if (is_mixed(left, right)) return false;
  const auto [a, b] = aligned(left, right);
  if (a.unit == b.unit && a.calendar == b.calendar) return true;
  const auto x = measure_of(a), y = measure_of(b);
  return x && y && value_in(*y, *x).has_value();
}

std::optional<Quantity> add(const Quantity& left, const Quantity& right, bool subtract) {
  if (is_mixed(left, right)) return std::nullopt;
  const auto [a, b] = aligned(left, right);
  const auto x = measure_of(a), y = measure_of(b);
  if (!x || !y || is_degrees(*x) || is_degrees(*y)) return std::nullopt;
  const auto sum = [&](const Number& p, const Number& q) { return subtract ? p - q : p + q; };
  if (a.unit == b.unit && a.calendar == b.calendar) return with_value(a, sum(x->value, y->value));
  const auto one = value_in({1, x->unit, x->calendar}, {1, y->unit, y->calendar});
  if (!one) return std::nullopt;
  if (*one > Number(1)) {
    const auto there = value_in(*x, *y);
    return there ? with_value(b, sum(*there, y->value)) : std::nullopt;
  }
  const auto there = value_in(*y, *x);
  return there ? with_value(a, sum(x->value, *there)) : std::nullopt;
}

std::optional<Number> as_number(const Quantity& quantity) {
  const auto measure = measure_of(quantity);
  if (!measure || quantity.calendar || !measure->unit || !is_plain(measure->unit->dimension))
    return std::nullopt;
  return in_base_units(measure->value, *measure->unit);
}

std::optional<Quantity> multiply(const Quantity& a, const Quantity& b) {
  const auto x = measure_of(a), y = measure_of(b);
  if (!x || !y) return std::nullopt;
  if (is_degrees(*x) || is_degrees(*y)) return std::nullopt;
  if (is_number(b)) return with_value(a, Number::product(x->value, *as_number(b)));
  if (is_number(a)) return with_value(b, Number::product(*as_number(a), y->value));
  if (a.calendar || b.calendar) return std::nullopt;
  return combined(*x, *y, false);
}

std::optional<Quantity> divide(const Quantity& a, const Quantity& b) {
  const auto x = measure_of(a), y = measure_of(b);
  if (!x || !y || y->value.is_zero()) return std::nullopt;
  if (is_degrees(*x) || is_degrees(*y)) return std::nullopt;
  if (is_number(b)) return with_value(a, Number::quotient(x->value, *as_number(b)));
  if (a.calendar || b.calendar) return std::nullopt;
  return combined(*x, *y, true);
}

std::optional<Quantity> convert(const Quantity& quantity, std::string_view unit) {
  Quantity target = quantity_of(1, unit);
  target.calendar = duration_of(unit).has_value();
  if (quantity.unit == unit && quantity.calendar == target.calendar) return quantity;
  if (is_mixed(quantity, target)) return std::nullopt;
  const auto [from, to] = aligned(quantity, target);
  const auto x = measure_of(from), y = measure_of(to);
  return x && y ? with_value(target, value_in(*x, *y)) : std::nullopt;
}

std::optional<Duration> duration_of(const Quantity& quantity) {
  if (quantity.calendar) return duration_of(std::string_view(quantity.unit));
  const auto duration = duration_of_code(quantity.unit);
  if (is_long(duration) && !quantity.fhir) return std::nullopt;
  return duration;
}

}  // namespace gateway::fhirpath
