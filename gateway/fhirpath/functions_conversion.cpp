#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/fhirpath/equality.h"
#include "gateway/fhirpath/functions.h"
#include "gateway/fhirpath/operators.h"
#include "gateway/fhirpath/quantity.h"

namespace gateway::fhirpath {
namespace {

template <class T>
const T* as(const Scalar& value) {
  return std::get_if<T>(&value);
}

using Converted = std::optional<Scalar>;

// N1 section 5.5.2
Converted to_boolean(const Scalar& value) {
  if (as<bool>(value)) return value;
  if (const auto number = number_of(value)) {
    if (*number == Number(1)) return Scalar(true);
    if (*number == Number(0)) return Scalar(false);
    return std::nullopt;
  }
  const auto* text = as<std::string>(value);
  if (!text) return std::nullopt;
  const std::string word = lower(*text);
  for (const char* each : {"true", "t", "yes", "y", "1", "1.0"})
    if (word == each) return Scalar(true);
  for (const char* each : {"false", "f", "no", "n", "0", "0.0"})
    if (word == each) return Scalar(false);
  return std::nullopt;
}

bool is_integer_text(std::string_view text) {
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<std::int64_t> to_whole(const Scalar& value) {
  if (const bool* flag = as<bool>(value)) return *flag ? 1 : 0;
  if (const auto number = number_of(value)) return as<Decimal>(value) ? std::nullopt : number->to_int();
  const auto* text = as<std::string>(value);
  if (!text || !is_integer_text(*text)) return std::nullopt;
  const auto number = Number::parse(*text);
  return number ? number->to_int() : std::nullopt;
}

// N1 section 5.5.3
Converted to_integer(const Scalar& value) {
  const auto number = to_whole(value);
  if (!number || *number > INT32_MAX || *number < INT32_MIN) return std::nullopt;
  return Scalar(*number);
}

Converted to_long(const Scalar& value) {
  const auto number = to_whole(value);
  return number ? Converted(Long{*number}) : std::nullopt;
}

// N1 section 5.5.6
Converted to_decimal(const Scalar& value) {
  if (const bool* flag = as<bool>(value)) return Scalar(Decimal{*flag ? "1.0" : "0.0"});
  if (as<Decimal>(value)) return value;
  if (const auto number = number_of(value)) return Scalar(Decimal{number->text()});
  const auto* text = as<std::string>(value);
  if (!text || text->find_first_of("eE") != std::string::npos) return std::nullopt;
  const auto number = text->ends_with('.') ? std::nullopt : Number::parse(*text);
  return number ? Converted(Decimal{number->text()}) : std::nullopt;
}

// N1 section 5.5.4
Converted to_date(const Scalar& value) {
  if (as<Date>(value)) return value;
  if (const auto* moment = as<DateTime>(value)) return Scalar(moment->date);
  const auto* text = as<std::string>(value);
  const auto date = text ? parse_date(*text) : std::nullopt;
  return date ? Converted(*date) : std::nullopt;
}

// N1 section 5.5.5
Converted to_date_time(const Scalar& value) {
  if (const auto moment = date_time_of(value)) return Scalar(*moment);
  const auto* text = as<std::string>(value);
  const auto moment = text ? parse_date_time(*text) : std::nullopt;
  return moment ? Converted(*moment) : std::nullopt;
}

// N1 section 5.5.9
Converted to_time(const Scalar& value) {
  if (as<Time>(value)) return value;
  const auto* text = as<std::string>(value);
  const auto time = text ? parse_time(*text) : std::nullopt;
  return time ? Converted(*time) : std::nullopt;
}

// N1 section 5.5.7
Converted to_quantity(const Scalar& value) {
  if (const bool* flag = as<bool>(value)) return Scalar(quantity_of(Number(*flag ? 1 : 0)));
  if (const auto quantity = quantity_of(value)) return Scalar(*quantity);
  const auto* text = as<std::string>(value);
  const auto quantity = text ? parse_quantity(*text) : std::nullopt;
  return quantity ? Converted(*quantity) : std::nullopt;
}

// N1 section 5.5.8
Converted to_string(const Scalar& value) { return Scalar(to_text(value)); }

using Conversion = Converted (*)(const Scalar&);

template <Conversion convert>
bool run_convert(const Call& call) {
  std::optional<Scalar> value;
  if (!call.input_scalar(value)) return false;
  auto converted = value ? convert(*value) : std::nullopt;
  return !converted || call.answer(std::move(*converted));
}

template <Conversion convert>
bool run_converts(const Call& call) {
  std::optional<Scalar> value;
  if (!call.input_scalar(value)) return false;
  return call.input.empty() || call.answer(value && convert(*value).has_value());
}

// The quantity in the unit that is asked for.
bool find_quantity(const Call& call, Converted& out) {
  std::optional<Scalar> value;
  std::optional<std::string> unit;
  if (!call.input_scalar(value) || (call.arguments() > 0 && !call.text_argument(0, unit))) return false;
  out = value ? to_quantity(*value) : std::nullopt;
  if (!out || !unit) return true;
  const auto converted = convert(std::get<Quantity>(*out), *unit);
  out = converted ? Converted(*converted) : std::nullopt;
  return true;
}

bool run_to_quantity(const Call& call) {
  Converted quantity;
  return find_quantity(call, quantity) && (!quantity || call.answer(std::move(*quantity)));
}

bool run_converts_to_quantity(const Call& call) {
  Converted quantity;
  return find_quantity(call, quantity) && (call.input.empty() || call.answer(quantity.has_value()));
}

// N1 section 5.5.1: only the branch that is taken is evaluated.
bool run_iif(const Call& call) {
  Collection criterion;
  Truth truth;
  if (!call.with_input(0, criterion) || !call.evaluator.truth_of(criterion, call.node.position, truth))
    return false;
  if (truth == true) return call.with_input(1, call.out);
  return call.arguments() < 3 || call.with_input(2, call.out);
}

// N1 section 6.5.3
bool run_not(const Call& call) {
  Truth truth;
  if (!call.evaluator.truth_of(call.input, call.node.position, truth)) return false;
  return !truth || call.answer(!*truth);
}

constexpr Function kFunctions[] = {
    {"convertsToBoolean", 0, 0, run_converts<to_boolean>},
    {"convertsToDate", 0, 0, run_converts<to_date>},
    {"convertsToDateTime", 0, 0, run_converts<to_date_time>},
    {"convertsToDecimal", 0, 0, run_converts<to_decimal>},
    {"convertsToInteger", 0, 0, run_converts<to_integer>},
    {"convertsToLong", 0, 0, run_converts<to_long>},
    {"convertsToQuantity", 0, 1, run_converts_to_quantity},
    {"convertsToString", 0, 0, run_converts<to_string>},
    {"convertsToTime", 0, 0, run_converts<to_time>},
    {"iif", 2, 3, run_iif},
    {"not", 0, 0, run_not},
    {"toBoolean", 0, 0, run_convert<to_boolean>},
    {"toDate", 0, 0, run_convert<to_date>},
    {"toDateTime", 0, 0, run_convert<to_date_time>},
    {"toDecimal", 0, 0, run_convert<to_decimal>},
    {"toInteger", 0, 0, run_convert<to_integer>},
    {"toLong", 0, 0, run_convert<to_long>},
    {"toQuantity", 0, 1, run_to_quantity},
    {"toString", 0, 0, run_convert<to_string>},
    {"toTime", 0, 0, run_convert<to_time>},
};

}  // namespace

std::span<const Function> conversion_functions() { return kFunctions; }

}  // namespace gateway::fhirpath
