#include "gateway/fhirpath/equality.h"

#include <algorithm>

#include "gateway/base/text.h"

namespace gateway::fhirpath {
namespace {

// A decimal number taken apart so that 1, 1.0 and 10e-1 look the same: digits without zeros at either end,
// and the power of ten of the last digit.
struct Digits {
  bool negative = false;
  std::string digits;  // empty: zero
  std::int64_t exponent = 0;
  bool operator==(const Digits&) const = default;
};

Digits digits_of(std::string_view text) {
  Digits number;
  if (text.starts_with('-')) {
    number.negative = true;
    text.remove_prefix(1);
  }
  if (const auto e = text.find_first_of("eE"); e != std::string_view::npos) {
    std::string_view power = text.substr(e + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    number.exponent = parse_number<std::int32_t>(power).value_or(0);
    text = text.substr(0, e);
  }
  if (const auto point = text.find('.'); point != std::string_view::npos)
    number.exponent -= static_cast<std::int64_t>(text.size() - point - 1);
  for (const char c : text)
    if (c != '.' && !(c == '0' && number.digits.empty())) number.digits += c;
  while (number.digits.ends_with('0')) {
    number.digits.pop_back();
    ++number.exponent;
  }
  if (number.digits.empty()) return {};
  return number;
}

std::optional<Digits> number_of(const Scalar& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return digits_of(std::to_string(*integer));
  if (const auto* decimal = std::get_if<Decimal>(&value)) return digits_of(decimal->text);
  return std::nullopt;
}

bool equal_scalars(const Scalar& left, const Scalar& right) {
  if (left.index() == right.index() && !std::holds_alternative<Decimal>(left)) return left == right;
  const auto a = number_of(left);
  const auto b = number_of(right);
  return a && b && *a == *b;
}

// Case and kinds of white space do not matter to equivalence of strings.
std::string folded(std::string_view text) {
  std::string out;
  for (const char c : trim(text)) {
    const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!blank) {
      out += c;
    } else if (!out.ends_with(' ')) {
      out += ' ';
    }
  }
  return lower(out);
}

bool same_node(const Item& left, const Item& right) {
  const Node* a = std::get_if<Node>(&left);
  const Node* b = std::get_if<Node>(&right);
  return a && b && a->tree == b->tree && a->at == b->at && a->number == b->number;
}

}  // namespace

std::optional<Scalar> scalar_of(const Item& item) {
  if (const Scalar* scalar = std::get_if<Scalar>(&item)) return *scalar;
  const Node& node = std::get<Node>(item);
  return node.tree->scalar(node);
}

bool equal(const Item& left, const Item& right) {
  const auto a = scalar_of(left);
  const auto b = scalar_of(right);
  return a && b ? equal_scalars(*a, *b) : same_node(left, right);
}

bool equivalent(const Item& left, const Item& right) {
  const auto a = scalar_of(left);
  const auto b = scalar_of(right);
  if (!a || !b) return same_node(left, right);
  const auto* text = std::get_if<std::string>(&*a);
  const auto* other = std::get_if<std::string>(&*b);
  return text && other ? folded(*text) == folded(*other) : equal_scalars(*a, *b);
}

std::optional<bool> equal(const Collection& left, const Collection& right) {
  if (left.empty() || right.empty()) return std::nullopt;
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const Item& a, const Item& b) { return equal(a, b); });
}

bool equivalent(const Collection& left, const Collection& right) {
  return std::is_permutation(left.begin(), left.end(), right.begin(), right.end(),
                             [](const Item& a, const Item& b) { return equivalent(a, b); });
}

}  // namespace gateway::fhirpath
