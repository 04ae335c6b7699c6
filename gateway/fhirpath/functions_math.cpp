#include <algorithm>
#include <cmath>

#include "gateway/fhirpath/equality.h"
#include "gateway/fhirpath/functions.h"
#include "gateway/fhirpath/operators.h"
#include "gateway/fhirpath/quantity.h"

namespace gateway::fhirpath {
namespace {

using Rounding = Number::Rounding;

template <class T>
const T* as(const Scalar& value) {
  return std::get_if<T>(&value);
}

// The input as a number; a quantity without a dimension is one.
bool input_number(const Call& call, std::optional<Number>& number) {
  std::optional<Scalar> value;
  if (!call.input_value(value)) return false;
  if (!value) return true;
  number = number_of(*value);
  return number || call.refuse(call.node.name + "() takes a number");
}

bool argument_number(const Call& call, std::optional<Number>& number) {
  Collection items;
  if (!call.argument(0, items)) return false;
  if (items.empty()) return true;
  const auto value = items.size() == 1 ? scalar_of(items[0]) : std::nullopt;
  if (!value) return call.refuse("a number is expected here");
  number = number_of(*value);
  if (const auto* quantity = as<Quantity>(*value)) number = as_number(*quantity);
  return number || call.refuse("a number is expected here");
}

Scalar whole(const Number& number) {
  const auto integer = number.to_int();
  return integer ? Scalar(*integer) : decimal_of(number);
}

// One number or quantity to another of the same kind.
template <class Change>
bool change(const Call& call, Change change, bool to_whole) {
  std::optional<Scalar> value;
  if (!call.input_value(value)) return false;
  if (!value) return true;
  if (const auto* quantity = as<Quantity>(*value)) {
    const auto number = Number::parse(quantity->value.text);
    if (!number) return true;
    Quantity out = *quantity;
    out.value = Decimal{change(*number).text()};
    return call.answer(std::move(out));
  }
  const auto number = number_of(*value);
  if (!number) return call.refuse(call.node.name + "() takes a number or a quantity");
  const Number result = change(*number);
  if (as<Long>(*value)) return call.answer(Long{result.to_int().value_or(0)});
  if (to_whole || as<std::int64_t>(*value)) return call.answer(whole(result));
  return call.answer(Decimal{result.text()});
}

// N1 sections 5.7.1, 5.7.2, 5.7.4, 5.7.8, 5.7.10
bool run_abs(const Call& call) {
  return change(
      call, [](const Number& number) { return number.abs(); }, false);
}
bool run_ceiling(const Call& call) {
  return change(
      call, [](const Number& number) { return number.rounded(0, Rounding::Up); }, true);
}
bool run_floor(const Call& call) {
  return change(
      call, [](const Number& number) { return number.rounded(0, Rounding::Down); }, true);
}
bool run_truncate(const Call& call) {
  return change(
      call, [](const Number& number) { return number.rounded(0, Rounding::Zero); }, true);
}
bool run_round(const Call& call) {
  std::optional<std::int64_t> digits;
  if (call.arguments() > 0 && !call.integer_argument(0, digits)) return false;
  if (digits && *digits < 0) return call.refuse("round() takes no negative number of digits");
  const int scale = static_cast<int>(std::min<std::int64_t>(digits.value_or(0), Number::kMostDigits));
  return change(
      call, [&](const Number& number) { return number.rounded(scale, Rounding::HalfUp); }, false);
}

bool answer_double(const Call& call, double value) {
  const auto number = std::isfinite(value) ? Number::from(value) : std::nullopt;
  return !number || call.answer(decimal_of(*number));
}

// N1 sections 5.7.3, 5.7.5, 5.7.9: in binary floating point.
template <double (*function)(double)>
bool run_double(const Call& call) {
  std::optional<Number> number;
  if (!input_number(call, number)) return false;
  return !number || answer_double(call, function(number->to_double()));
}

// N1 section 5.7.6
bool run_log(const Call& call) {
  std::optional<Number> number, base;
  if (!input_number(call, number) || !argument_number(call, base)) return false;
  if (!number || !base) return true;
  const double x = number->to_double(), b = base->to_double();
  if (b == 2) return answer_double(call, std::log2(x));
  if (b == 10) return answer_double(call, std::log10(x));
  return answer_double(call, std::log(x) / std::log(b));
}

std::optional<Number> whole_power(Number base, std::int64_t exponent) {
  Number out = 1;
  for (; exponent > 0; exponent /= 2) {
    if (exponent % 2 == 1) {
      const auto product = Number::product(out, base);
      if (!product) return std::nullopt;
      out = *product;
    }
    const auto square = exponent > 1 ? Number::product(base, base) : base;
    if (!square) return std::nullopt;
    base = *square;
  }
  return out;
}

// N1 section 5.7.7: exact for whole exponents.
bool run_power(const Call& call) {
  std::optional<Number> base, exponent;
  if (!input_number(call, base) || !argument_number(call, exponent)) return false;
  if (!base || !exponent) return true;
  const auto times = exponent->to_int();
  if (times && *times >= 0) {
    const auto result = whole_power(*base, *times);
    if (!result) return true;
    return call.answer(base->is_integer() && base->scale() == 0 ? whole(*result) : decimal_of(*result));
  }
  return answer_double(call, std::pow(base->to_double(), exponent->to_double()));
}

// The items added up; nothing when one of them has no value.
bool total(const Call& call, std::optional<Scalar>& sum) {
  for (const Item& item : call.input) {
    const auto value = scalar_of(item);
    if (!value) return sum.reset(), true;
    if (!sum) {
      sum = value;
      continue;
    }
    Outcome outcome = calculate(Operator::Add, *sum, *value);
    if (!outcome.fault.empty()) return call.refuse(outcome.fault);
    sum = std::move(outcome.value);
    if (!sum) return true;
  }
  return true;
}

bool run_sum(const Call& call) {
  std::optional<Scalar> sum;
  return total(call, sum) && (!sum || call.answer(std::move(*sum)));
}

bool run_avg(const Call& call) {
  std::optional<Scalar> sum;
  if (!total(call, sum) || !sum) return !sum && !call.evaluator.has_fault();
  Outcome mean = calculate(Operator::Divide, *sum, static_cast<std::int64_t>(call.input.size()));
  if (!mean.fault.empty()) return call.refuse(mean.fault);
  return !mean.value || call.answer(std::move(*mean.value));
}

bool run_extreme(const Call& call, Operator op) {
  if (call.input.empty()) return true;
  const Item* best = nullptr;
  for (const Item& item : call.input) {
    const auto value = scalar_of(item);
    if (!value) return true;
    if (best) {
      const Outcome outcome = ordered(op, *value, *scalar_of(*best), call.evaluator.zone());
      if (!outcome.fault.empty()) return call.refuse(outcome.fault);
      if (!outcome.value || !std::get<bool>(*outcome.value)) continue;
    }
    best = &item;
  }
  call.out.push_back(*best);
  return true;
}
bool run_min(const Call& call) { return run_extreme(call, Operator::Less); }
bool run_max(const Call& call) { return run_extreme(call, Operator::Greater); }

constexpr Function kFunctions[] = {
    {"abs", 0, 0, run_abs},         {"avg", 0, 0, run_avg},
    {"ceiling", 0, 0, run_ceiling}, {"exp", 0, 0, run_double<std::exp>},
    {"floor", 0, 0, run_floor},     {"ln", 0, 0, run_double<std::log>},
    {"log", 1, 1, run_log},         {"max", 0, 0, run_max},
    {"min", 0, 0, run_min},         {"power", 1, 1, run_power},
    {"round", 0, 1, run_round},     {"sqrt", 0, 0, run_double<std::sqrt>},
    {"sum", 0, 0, run_sum},         {"truncate", 0, 0, run_truncate},
};

}  // namespace

std::span<const Function> math_functions() { return kFunctions; }

}  // namespace gateway::fhirpath
