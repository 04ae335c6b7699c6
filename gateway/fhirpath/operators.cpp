#include "gateway/fhirpath/operators.h"

#include "gateway/fhirpath/equality.h"
#include "gateway/fhirpath/moment.h"
#include "gateway/fhirpath/quantity.h"

namespace gateway::fhirpath {
namespace {

template <class T>
const T* as(const Scalar& value) {
  return std::get_if<T>(&value);
}

Outcome nothing() { return {}; }
Outcome fault(std::string why) { return {std::nullopt, std::move(why)}; }

template <class T>
Outcome outcome(const std::optional<T>& value) {
  return value ? Outcome{Scalar(*value), {}} : nothing();
}

// Integers in 64 bits; what does not fit is empty (N1 section 6.6).
std::optional<std::int64_t> integers(Operator op, std::int64_t a, std::int64_t b) {
  std::int64_t out = 0;
  switch (op) {
    case Operator::Add:
      return __builtin_add_overflow(a, b, &out) ? std::nullopt : std::optional(out);
    case Operator::Subtract:
      return __builtin_sub_overflow(a, b, &out) ? std::nullopt : std::optional(out);
    case Operator::Multiply:
      return __builtin_mul_overflow(a, b, &out) ? std::nullopt : std::optional(out);
    case Operator::WholeDivide:
      return b == 0 || b == -1 ? (b == 0 || a == INT64_MIN ? std::nullopt : std::optional(-a))
                               : std::optional(a / b);
    case Operator::Modulo:
      return b == 0 ? std::nullopt : std::optional(b == -1 ? 0 : a % b);
    default:
      return std::nullopt;
  }
}

std::optional<Number> whole_quotient(const Number& a, const Number& b) {
  if (b.is_zero()) return std::nullopt;
  // Enough digits that rounding cannot reach the next whole number.
  const auto quotient = Number::quotient(a, b, 100);
  return quotient ? std::optional(quotient->rounded(0, Number::Rounding::Zero)) : std::nullopt;
}

Outcome numbers(Operator op, const Number& a, const Number& b) {
  std::optional<Number> out;
  switch (op) {
    case Operator::Add:
      out = a + b;
      break;
    case Operator::Subtract:
      out = a - b;
      break;
    case Operator::Multiply:
      out = Number::product(a, b);
      break;
    case Operator::Divide:
      out = Number::quotient(a, b);
      break;
    case Operator::WholeDivide: {
      const auto whole = whole_quotient(a, b);
      const auto integer = whole ? whole->to_int() : std::nullopt;
      return outcome(integer);
    }
    default: {
      const auto whole = whole_quotient(a, b);
      const auto product = whole ? Number::product(*whole, b) : std::nullopt;
      if (product) out = a - *product;
      break;
    }
  }
  return out ? Outcome{decimal_of(*out), {}} : nothing();
}

Outcome with_moment(Operator op, const Scalar& left, const Scalar& right) {
  const auto* quantity = as<Quantity>(right);
  if (!quantity || (op != Operator::Add && op != Operator::Subtract))
    return fault("a duration can be added to a date or time, nothing else");
  const auto unit = duration_of(*quantity);
  const auto value = Number::parse(quantity->value.text);
  if (!unit || !value) return fault("\"" + quantity->unit + "\" is no duration for dates and times");
  const Number amount = op == Operator::Subtract ? -*value : *value;
  if (const auto* time = as<Time>(left)) {
    if (*unit < Duration::Hour) return fault("a time takes hours, minutes, seconds and milliseconds only");
    return outcome(add(*time, amount, *unit));
  }
  const auto moment = add(*date_time_of(left), amount, *unit);
  if (as<DateTime>(left) || !moment) return outcome(moment);
  return {Scalar(moment->date), {}};
}

bool is_moment(const Scalar& value) { return date_time_of(value) || as<Time>(value); }

Outcome quantities(Operator op, const Quantity& a, const Quantity& b) {
  switch (op) {
    case Operator::Add:
    case Operator::Subtract:
      return outcome(add(a, b, op == Operator::Subtract));
    case Operator::Multiply:
      return outcome(multiply(a, b));
    case Operator::Divide:
      return outcome(divide(a, b));
    default:
      return fault("quantities have no div and mod");
  }
}

}  // namespace

Scalar decimal_of(const Number& number) { return Decimal{number.trimmed().text()}; }

Outcome calculate(Operator op, const Scalar& left, const Scalar& right) {
  const auto *p = as<std::int64_t>(left), *q = as<std::int64_t>(right);
  if (p && q && op != Operator::Divide) return outcome(integers(op, *p, *q));
  if (op == Operator::Add && as<std::string>(left) && as<std::string>(right))
    return {Scalar(*as<std::string>(left) + *as<std::string>(right)), {}};
  if (is_moment(left)) return with_moment(op, left, right);
  if (is_moment(right) && op == Operator::Add) return with_moment(op, right, left);
  if (as<Quantity>(left) || as<Quantity>(right)) {
    const auto a = quantity_of(left), b = quantity_of(right);
    return a && b ? quantities(op, *a, *b) : fault("a quantity goes with quantities and numbers only");
  }
  const auto x = number_of(left), y = number_of(right);
  if (!x || !y) return fault("the operands are of kinds that do not go together here");
  const bool whole = !as<Decimal>(left) && !as<Decimal>(right);
  if (!whole || op == Operator::Divide) return numbers(op, *x, *y);
  const auto a = x->to_int(), b = y->to_int();
  const auto out = integers(op, *a, *b);
  return out ? Outcome{Scalar(Long{*out}), {}} : nothing();
}

Outcome negated(const Scalar& value) {
  if (const auto* integer = as<std::int64_t>(value))
    return outcome(integers(Operator::Subtract, 0, *integer));
  if (const auto* number = as<Long>(value)) {
    const auto out = integers(Operator::Subtract, 0, number->value);
    return out ? Outcome{Scalar(Long{*out}), {}} : nothing();
  }
  if (const auto number = number_of(value)) return {Scalar(Decimal{(-*number).text()}), {}};
  if (const auto* quantity = as<Quantity>(value)) {
    const auto number = Number::parse(quantity->value.text);
    if (!number) return nothing();
    Quantity out = *quantity;
    out.value = Decimal{(-*number).text()};
    return {Scalar(std::move(out)), {}};
  }
  return fault("only a number or a quantity has a sign");
}

std::optional<std::partial_ordering> order_of(const Scalar& left, const Scalar& right, int zone) {
  const auto *p = as<std::int64_t>(left), *q = as<std::int64_t>(right);
  if (p && q) return *p <=> *q;
  const auto *s = as<std::string>(left), *t = as<std::string>(right);
  if (s && t) return s->compare(*t) <=> 0;
  const auto x = number_of(left), y = number_of(right);
  if (x && y) return *x <=> *y;
  const auto a = date_time_of(left), b = date_time_of(right);
  if (a && b) return compare(*a, *b, zone);
  const auto *u = as<Time>(left), *v = as<Time>(right);
  if (u && v) return compare(*u, *v);
  if (as<Quantity>(left) || as<Quantity>(right)) {
    const auto m = quantity_of(left), n = quantity_of(right);
    if (m && n) return compare(*m, *n);
  }
  return std::nullopt;
}

Outcome ordered(Operator op, const Scalar& left, const Scalar& right, int zone) {
  const auto order = order_of(left, right, zone);
  if (!order) return fault("the operands have no order between them");
  if (*order == std::partial_ordering::unordered) return nothing();
  switch (op) {
    case Operator::Less:
      return {Scalar(*order < 0), {}};
    case Operator::LessEqual:
      return {Scalar(*order <= 0), {}};
    case Operator::Greater:
      return {Scalar(*order > 0), {}};
    default:
      return {Scalar(*order >= 0), {}};
  }
}

}  // namespace gateway::fhirpath
