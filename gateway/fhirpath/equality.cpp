#include "gateway/fhirpath/equality.h"

#include <algorithm>
#include <functional>

#include "gateway/base/text.h"
#include "gateway/fhirpath/letters.h"
#include "gateway/fhirpath/moment.h"
#include "gateway/fhirpath/quantity.h"

namespace gateway::fhirpath {
namespace {

constexpr int kDeepest = 256;
constexpr std::size_t kDateHash = 100;
constexpr std::size_t kBytesPerStep = 64;
constexpr std::string_view kUcum = "http://unitsofmeasure.org";

template <class T>
const T* as(const Scalar& value) {
  return std::get_if<T>(&value);
}

// Reading a long text costs.
std::size_t cost_of(const Scalar& value) {
  const auto* text = as<std::string>(value);
  return text ? text->size() / kBytesPerStep : 0;
}

// Case and kinds of white space do not matter to equivalence of strings.
std::string folded(std::string_view text) {
  std::string out;
  for (const char32_t c : decode_utf8(trim_blanks(text))) {
    if (!is_blank(c)) {
      append_utf8(out, lower_of(c));
    } else if (!out.ends_with(' ')) {
      out += ' ';
    }
  }
  return out;
}

std::string text_of_child(const Node& node, std::string_view name) {
  Collection items;
  node.tree->children(node, name, items);
  const auto scalar = items.size() == 1 ? scalar_of(items[0]) : std::nullopt;
  const auto* text = scalar ? as<std::string>(*scalar) : nullptr;
  return text ? *text : std::string();
}

// FHIR R4 2.9.1.2.1: a Quantity in UCUM is a System.Quantity.
std::optional<Scalar> quantity_of_node(const Node& node) {
  const TypeName type = node.tree->type(node);
  if (type.space != "FHIR" || !node.tree->is_a(type.name, "Quantity")) return std::nullopt;
  if (text_of_child(node, "system") != kUcum) return std::nullopt;
  Collection values;
  node.tree->children(node, "value", values);
  const auto value = values.size() == 1 ? scalar_of(values[0]) : std::nullopt;
  Quantity quantity;
  quantity.unit = text_of_child(node, "code");
  quantity.fhir = true;
  if (!value || quantity.unit.empty() || !number_of(*value)) return std::nullopt;
  quantity.value = Decimal{to_text(*value)};
  return Scalar(std::move(quantity));
}

std::vector<Child> sorted_children(const Node& node) {
  std::vector<Child> children;
  node.tree->all_children(node, children);
  std::stable_sort(children.begin(), children.end(),
                   [](const Child& a, const Child& b) { return a.name < b.name; });
  return children;
}

// One comparison of two items, down to the leaves. In any order it may try all pairings of all levels, which
// is why each pair is paid for.
class Comparison {
 public:
  Comparison(int zone, bool loose, Steps& steps) : zone_(zone), loose_(loose), steps_(steps) {}

  std::optional<bool> items(const Item& left, const Item& right) {
    if (!steps_.take()) return false;
    const Node* a = std::get_if<Node>(&left);
    const Node* b = std::get_if<Node>(&right);
    if (a && b && *a == *b) return true;
    const auto x = scalar_of(left), y = scalar_of(right);
    if (x.has_value() != y.has_value()) return false;
    if (!x) return a && b && nodes(*a, *b);
    if (!steps_.take(cost_of(*x) + cost_of(*y))) return false;
    const auto result = loose_ ? std::optional(alike(*x, *y)) : equal(*x, *y, zone_);
    if (loose_ || result != true || !a || !b || as<Quantity>(*x)) return result;
    return nodes(*a, *b);  // the id and the extensions of primitives
  }

 private:
  bool nodes(const Node& a, const Node& b) {
    if (depth_ > kDeepest) return false;
    const auto left = sorted_children(a), right = sorted_children(b);
    if (!steps_.take(left.size() + right.size()) || left.size() != right.size()) return false;
    if (left.empty() && !a.tree->scalar(a)) return a.tree == b.tree && a.at == b.at;
    ++depth_;
    const bool same = loose_ ? groups(left, right)
                             : std::equal(left.begin(), left.end(), right.begin(),
                                          [&](const Child& p, const Child& q) { return pair(p, q); });
    --depth_;
    return same;
  }

  bool pair(const Child& a, const Child& b) {
    return steps_.take() && a.name == b.name && items(a.item, b.item) == true;
  }

  bool groups(const std::vector<Child>& left, const std::vector<Child>& right) {
    return std::is_permutation(left.begin(), left.end(), right.begin(), right.end(),
                               [&](const Child& a, const Child& b) { return pair(a, b); });
  }

  // N1 section 6.1.2.
  bool alike(const Scalar& a, const Scalar& b) const {
    const auto *p = as<std::string>(a), *q = as<std::string>(b);
    if (p && q) return folded(*p) == folded(*q);
    if (as<Quantity>(a) && as<Quantity>(b)) return equivalent(*as<Quantity>(a), *as<Quantity>(b));
    const auto x = number_of(a), y = number_of(b);
    if (x && y) {
      const int scale = std::min(x->trimmed().scale(), y->trimmed().scale());
      return x->rounded(scale, Number::Rounding::HalfUp) == y->rounded(scale, Number::Rounding::HalfUp);
    }
    return equal(a, b, zone_).value_or(false);
  }

  int zone_;
  bool loose_;
  Steps& steps_;
  int depth_ = 0;
};

std::optional<bool> equal_to(std::partial_ordering order) {
  if (order == std::partial_ordering::unordered) return std::nullopt;
  return order == 0;
}

std::size_t hash_of(const Item& item, Steps& steps, int depth = 0) {
  if (const auto scalar = scalar_of(item)) {
    if (!steps.take(cost_of(*scalar))) return 0;
    if (const auto* text = as<std::string>(*scalar)) return std::hash<std::string>{}(*text);
    if (const auto number = number_of(*scalar)) return std::hash<double>{}(number->to_double());
    return date_time_of(*scalar) ? kDateHash : scalar->index();
  }
  const Node& node = std::get<Node>(item);
  std::vector<Child> children;
  if (depth < 4) node.tree->all_children(node, children);
  std::size_t sum = children.size();
  if (!steps.take(sum)) return 0;
  for (const Child& child : children)
    sum += std::hash<std::string_view>{}(child.name) * 31 + hash_of(child.item, steps, depth + 1);
  return sum;
}

}  // namespace

std::optional<Scalar> scalar_of(const Item& item) {
  if (const Scalar* scalar = std::get_if<Scalar>(&item)) return *scalar;
  const Node& node = std::get<Node>(item);
  auto scalar = node.tree->scalar(node);
  return scalar ? scalar : quantity_of_node(node);
}

bool has_comparator(const Item& item) {
  const Node* node = std::get_if<Node>(&item);
  return node && !node->tree->scalar(*node) && quantity_of_node(*node) &&
         !text_of_child(*node, "comparator").empty();
}

bool is_gap(const Item& item) {
  const Node* node = std::get_if<Node>(&item);
  if (!node || node->tree->scalar(*node)) return false;
  const TypeName type = node->tree->type(*node);
  return type.space == "FHIR" && !type.name.empty() && type.name[0] >= 'a' && type.name[0] <= 'z' &&
         type.name != "xhtml";
}

std::optional<Number> number_of(const Scalar& value) {
  if (const auto* integer = as<std::int64_t>(value)) return Number(*integer);
  if (const auto* decimal = as<Decimal>(value)) return Number::parse(decimal->text);
  if (const auto* number = as<Long>(value)) return Number(number->value);
  return std::nullopt;
}

std::optional<DateTime> date_time_of(const Scalar& value) {
  if (const auto* date = as<Date>(value)) return as_date_time(*date);
  if (const auto* moment = as<DateTime>(value)) return *moment;
  return std::nullopt;
}

std::optional<Quantity> quantity_of(const Scalar& value) {
  if (const auto* quantity = as<Quantity>(value)) return *quantity;
  const auto number = number_of(value);
  return number ? std::optional(quantity_of(*number, "1")) : std::nullopt;
}

std::optional<bool> equal(const Scalar& left, const Scalar& right, int zone) {
  const auto *s = as<std::string>(left), *t = as<std::string>(right);
  if (s && t) return *s == *t;
  const auto *p = as<std::int64_t>(left), *q = as<std::int64_t>(right);
  if (p && q) return *p == *q;
  const bool quantities = as<Quantity>(left) || as<Quantity>(right);
  if (!quantities) {
    const auto x = number_of(left), y = number_of(right);
    if (x && y) return *x == *y;
    const auto a = date_time_of(left), b = date_time_of(right);
    if (a && b) return equal_to(compare(*a, *b, zone));
    const auto *u = as<Time>(left), *v = as<Time>(right);
    if (u && v) return equal_to(compare(*u, *v));
    return left == right;
  }
  const auto a = quantity_of(left), b = quantity_of(right);
  if (!a || !b) return false;
  return equal(*a, *b);
}

std::optional<bool> equal(const Item& left, const Item& right, int zone, Steps& steps) {
  return Comparison(zone, false, steps).items(left, right);
}

bool equivalent(const Item& left, const Item& right, int zone, Steps& steps) {
  return Comparison(zone, true, steps).items(left, right).value_or(false);
}

std::optional<bool> equal(const Collection& left, const Collection& right, int zone, Steps& steps) {
  if (left.empty() || right.empty()) return std::nullopt;
  if (left.size() == 1 && right.size() == 1) return equal(left[0], right[0], zone, steps);
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [&](const Item& a, const Item& b) { return equal(a, b, zone, steps).value_or(false); });
}

bool equivalent(const Collection& left, const Collection& right, int zone, Steps& steps) {
  return std::is_permutation(left.begin(), left.end(), right.begin(), right.end(),
                             [&](const Item& a, const Item& b) { return equivalent(a, b, zone, steps); });
}

bool ItemSet::add(const Item& item) {
  const std::size_t hash = hash_of(item, steps_);
  if (holds(hash, item)) return false;
  items_.emplace(hash, &item);
  return true;
}

bool ItemSet::contains(const Item& item) const { return holds(hash_of(item, steps_), item); }

bool ItemSet::holds(std::size_t hash, const Item& item) const {
  const auto [first, last] = items_.equal_range(hash);
  return std::any_of(first, last,
                     [&](const auto& entry) { return equal(*entry.second, item, zone_, steps_) == true; });
}

}  // namespace gateway::fhirpath
