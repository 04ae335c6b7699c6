#include <algorithm>
#include <numeric>

#include "gateway/fhirpath/equality.h"
#include "gateway/fhirpath/functions.h"
#include "gateway/fhirpath/moment.h"
#include "gateway/fhirpath/operators.h"
#include "gateway/fhirpath/quantity.h"
#include "gateway/fhirpath/types.h"

namespace gateway::fhirpath {
namespace {

constexpr std::int64_t kMostScale = 31;  // of the boundaries of decimals

template <class T>
const T* as(const Scalar& value) {
  return std::get_if<T>(&value);
}

// N1 sections 6.3.2 and 6.3.4
bool run_type_test(const Call& call) { return call.evaluator.apply_type(call.node, call.input, call.out); }

// N1 section 5.2.4
bool run_of_type(const Call& call) {
  const AstNode& node = call.node;
  if (!is_known_type(node.type_space, node.type, call.evaluator.types()))
    return call.refuse("\"" + node.type + "\" is no type");
  for (const Item& item : call.input)
    if (converts_to(item, node.type_space, node.type)) call.out.push_back(item);
  return true;
}

// N1 section 10
bool run_type(const Call& call) {
  for (const Item& item : call.input) call.out.push_back(type_item(item));
  return true;
}

// A decimal has half a unit of its last digit on either side.
std::optional<Number> number_boundary(const Number& number, std::int64_t digits, bool high) {
  if (digits < 0 || digits > kMostScale) return std::nullopt;
  const auto half = Number::parse("5e-" + std::to_string(number.scale() + 1));
  const Number edge = high ? number + *half : number - *half;
  const auto rounding = high ? Number::Rounding::Up : Number::Rounding::Down;
  return edge.rounded(static_cast<int>(digits), rounding).with_scale(static_cast<int>(digits));
}

template <class T>
std::optional<Scalar> scalar(const std::optional<T>& value) {
  return value ? std::optional(Scalar(*value)) : std::nullopt;
}

std::optional<Scalar> boundary_of(const Scalar& value, std::optional<std::int64_t> digits, bool high) {
  if (const auto* date = as<Date>(value)) return scalar(boundary(*date, digits.value_or(8), high));
  if (const auto* moment = as<DateTime>(value)) return scalar(boundary(*moment, digits.value_or(17), high));
  if (const auto* time = as<Time>(value)) return scalar(boundary(*time, digits.value_or(9), high));
  const auto* quantity = as<Quantity>(value);
  const auto number = quantity ? Number::parse(quantity->value.text) : number_of(value);
  const auto edge = number ? number_boundary(*number, digits.value_or(8), high) : std::nullopt;
  if (!edge) return std::nullopt;
  if (!quantity) return Scalar(Decimal{edge->text()});
  Quantity out = *quantity;
  out.value = Decimal{edge->text()};
  return Scalar(std::move(out));
}

bool run_boundary(const Call& call, bool high) {
  std::optional<Scalar> value;
  std::optional<std::int64_t> digits;
  if (!call.input_value(value) || (call.arguments() > 0 && !call.integer_argument(0, digits))) return false;
  if (!value) return true;
  if (as<std::string>(*value) || as<bool>(*value))
    return call.refuse(call.node.name + "() takes a number, a quantity, a date or a time");
  auto edge = boundary_of(*value, digits, high);
  return !edge || call.answer(std::move(*edge));
}
bool run_low_boundary(const Call& call) { return run_boundary(call, false); }
bool run_high_boundary(const Call& call) { return run_boundary(call, true); }

// The digits that a value was written with.
bool run_precision(const Call& call) {
  std::optional<Scalar> value;
  if (!call.input_value(value)) return false;
  if (!value) return true;
  if (const auto moment = date_time_of(*value)) return call.answer(digits_of(*moment));
  if (const auto* time = as<Time>(*value)) return call.answer(digits_of(*time));
  const auto* quantity = as<Quantity>(*value);
  const auto number = quantity ? Number::parse(quantity->value.text) : number_of(*value);
  if (!number) return call.refuse("precision() takes a number, a date or a time");
  return call.answer(std::int64_t{number->scale()});
}

// Whether two quantities can be compared.
bool run_comparable(const Call& call) {
  Collection other;
  std::optional<Scalar> left;
  if (!call.input_scalar(left) || !call.argument(0, other)) return false;
  if (call.input.empty() || other.empty()) return true;
  const auto right = other.size() == 1 ? scalar_of(other[0]) : std::nullopt;
  const auto a = left ? quantity_of(*left) : std::nullopt, b = right ? quantity_of(*right) : std::nullopt;
  return call.answer(a && b && comparable(*a, *b));
}

// FHIRPath 3.0, section on variables: the name is known to what follows.
bool run_define_variable(const Call& call) {
  std::optional<std::string> name;
  Collection items = call.input;
  if (!call.text_argument(0, name)) return false;
  if (!name) return call.refuse("a variable needs a name");
  if (call.arguments() > 1) {
    items.clear();
    if (!call.with_input(1, items)) return false;
  }
  if (!call.evaluator.define(call.scope, *name, std::move(items)))
    return call.refuse("%" + *name + " is defined already");
  call.out.insert(call.out.end(), call.input.begin(), call.input.end());
  return true;
}

// N1 section 5.9.1
bool run_trace(const Call& call) {
  std::optional<std::string> name;
  Collection shown = call.input;
  if (!call.text_argument(0, name)) return false;
  if (call.arguments() > 1) {
    shown.clear();
    if (!call.with_input(1, shown)) return false;
  }
  if (const Services* services = call.evaluator.environment().services)
    services->trace(name.value_or(""), shown);
  call.out.insert(call.out.end(), call.input.begin(), call.input.end());
  return true;
}

// The keys of one item of sort(), nothing for an empty one.
using Keys = std::vector<std::optional<Scalar>>;

// What sort() is told to sort by in turn: "-name" is the name, the other way round, also of what has no sign.
struct SortBy {
  NodeIndex key = kNoNode;
  bool reversed = false, descending = false;
};

SortBy sort_by(const Call& call, std::size_t argument) {
  const NodeIndex given = call.node.arguments[argument];
  const AstNode& node = call.evaluator.ast().nodes[given];
  const bool descending = argument < call.node.descending.size() && call.node.descending[argument];
  if (node.kind != AstNode::Kind::Sign || node.name == "+") return {given, false, descending};
  return {node.arguments[0], true, descending};
}

bool sort_keys(const Call& call, std::size_t item, Keys& keys) {
  if (call.arguments() == 0) {
    keys.push_back(scalar_of(call.input[item]));
    return keys.back() || call.refuse("only values can be sorted");
  }
  for (std::size_t i = 0; i < call.arguments(); ++i) {
    Collection found;
    if (!call.node_with_item(sort_by(call, i).key, item, found)) return false;
    if (found.size() > 1) return call.refuse("a key to sort by must be one item");
    keys.push_back(found.empty() ? std::nullopt : scalar_of(found[0]));
    if (!found.empty() && !keys.back()) return call.refuse("only values can be sorted by");
  }
  return true;
}

// Empty keys come first. Values without an order between them are a fault.
int compare_keys(const Call& call, const Keys& a, const Keys& b, bool& fault) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    int order = 0;
    if (!a[i] || !b[i]) {
      order = static_cast<int>(a[i].has_value()) - static_cast<int>(b[i].has_value());
    } else {
      const auto found = order_of(*a[i], *b[i], call.evaluator.zone());
      if (!found || *found == std::partial_ordering::unordered) return fault = true, 0;
      order = *found < 0 ? -1 : *found > 0 ? 1 : 0;
    }
    if (order == 0) continue;
    const SortBy by = i < call.arguments() ? sort_by(call, i) : SortBy();
    const bool reversed = by.reversed && a[i] && b[i];  // nothing has no opposite
    return reversed != by.descending ? -order : order;
  }
  return 0;
}

bool run_sort(const Call& call) {
  std::vector<Keys> keys(call.input.size());
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (!sort_keys(call, i, keys[i])) return false;
  std::vector<std::size_t> places(keys.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  bool fault = false;
  std::stable_sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
    return !fault && compare_keys(call, keys[a], keys[b], fault) < 0;
  });
  if (fault) return call.refuse("the values have no order between them");
  for (const std::size_t place : places) call.out.push_back(call.input[place]);
  return call.evaluator.spend(call.node.position, places.size());
}

constexpr Function kFunctions[] = {
    {"as", 1, 1, run_type_test, Function::Arguments::Type},
    {"comparable", 1, 1, run_comparable},
    {"defineVariable", 1, 2, run_define_variable},
    {"highBoundary", 0, 1, run_high_boundary},
    {"is", 1, 1, run_type_test, Function::Arguments::Type},
    {"lowBoundary", 0, 1, run_low_boundary},
    {"ofType", 1, 1, run_of_type, Function::Arguments::Type},
    {"precision", 0, 0, run_precision},
    {"sort", 0, 16, run_sort, Function::Arguments::Sort},
    {"trace", 1, 2, run_trace},
    {"type", 0, 0, run_type},
};

}  // namespace

std::span<const Function> type_functions() { return kFunctions; }

}  // namespace gateway::fhirpath
