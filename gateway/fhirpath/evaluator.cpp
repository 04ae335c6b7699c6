#include "gateway/fhirpath/evaluator.h"

#include <algorithm>
#include <array>

#include "gateway/fhirpath/constants.h"
#include "gateway/fhirpath/equality.h"
#include "gateway/fhirpath/functions.h"
#include "gateway/fhirpath/operators.h"
#include "gateway/fhirpath/types.h"

namespace gateway::fhirpath {
namespace {

constexpr std::size_t kBytesPerStep = 64;  // that long texts cost

void put(Collection& out, Truth truth) {
  if (truth) out.emplace_back(Scalar(*truth));
}

void append(Collection& out, const Collection& items) { out.insert(out.end(), items.begin(), items.end()); }

Truth negated(Truth truth) { return truth ? Truth(!*truth) : truth; }

// N1 section 6.5: boolean logic with an unknown.
Truth combine(Operator op, Truth left, Truth right) {
  switch (op) {
    case Operator::And:
      if (left == false || right == false) return false;
      return left && right ? Truth(true) : std::nullopt;
    case Operator::Or:
      if (left == true || right == true) return true;
      return left && right ? Truth(false) : std::nullopt;
    case Operator::Xor:
      return left && right ? Truth(*left != *right) : std::nullopt;
    default:
      break;
  }
  return combine(Operator::Or, negated(left), right);  // implies
}

// The left side alone decides.
bool decides(Operator op, Truth left) {
  return (op == Operator::And && left == false) || (op == Operator::Or && left == true) ||
         (op == Operator::Implies && left == false);
}

const Tree* types_of(const Collection& context) {
  for (const Item& item : context)
    if (const Node* node = std::get_if<Node>(&item)) return node->tree;
  return nullptr;
}

// A name that is the type of the item is the item itself: Patient.name, Resource.id.
bool names_type(const AstNode& node, const Node& place) {
  if (!node.capital) return false;
  const TypeName type = place.tree->type(place);
  return type.name == node.name ||
         (node.input == kNoNode && !type.name.empty() && place.tree->is_a(type.name, node.name));
}

}  // namespace

Evaluator::Evaluator(const Ast& ast, const Collection& context, const Environment& environment)
    : ast_(ast),
      context_(context),
      environment_(environment),
      types_(types_of(context)),
      steps_(environment.max_steps) {}

bool Evaluator::refuse(std::size_t position, std::string why) {
  fault_ = fail(ErrorCode::Unprocessable, std::move(why), "character " + std::to_string(position + 1));
  return false;
}

bool Evaluator::spend(std::size_t position, std::size_t steps) {
  return steps_.take(steps) ||
         refuse(position, "needs more than " + std::to_string(environment_.max_steps) + " steps");
}

bool Evaluator::put_distinct(const Collection& items, std::size_t position, ItemSet& seen, Collection& out) {
  for (const Item& item : items) {
    if (seen.add(item)) out.push_back(item);
    if (!spend(position)) return false;
  }
  return true;
}

bool Evaluator::define(Scope& scope, std::string name, Collection items) {
  if (is_node_constant(name) || constant_text(name) || environment_.constants.contains(name)) return false;
  for (const Variable* known = scope.variables; known; known = known->before)
    if (known->name == name) return false;
  variables_.push_front({std::move(name), std::move(items), scope.variables});
  scope.variables = &variables_.front();
  return true;
}

bool Evaluator::run(Collection& out) {
  Scope scope{&context_, nullptr, nullptr, -1};
  return run(ast_.root, scope, out);
}

bool Evaluator::run(NodeIndex index, Scope& scope, Collection& out) {
  const AstNode& node = ast_.nodes[index];
  if (!spend(node.position)) return false;
  switch (node.kind) {
    case AstNode::Kind::Literal:
      out.emplace_back(node.literal);
      return true;
    case AstNode::Kind::Empty:
      return true;
    case AstNode::Kind::This:
      append(out, *scope.focus);
      return spend(node.position, scope.focus->size());
    case AstNode::Kind::Index:
      if (scope.index >= 0) out.emplace_back(Scalar(scope.index));
      return true;
    case AstNode::Kind::Total:
      if (scope.total) append(out, *scope.total);
      return true;
    case AstNode::Kind::Constant:
      return run_constant(node, scope, out);
    case AstNode::Kind::Sign:
      return run_sign(node, scope, out);
    case AstNode::Kind::Binary:
      return run_binary(node, scope, out);
    default:
      break;
  }
  Collection made;
  if (node.input != kNoNode && !run(node.input, scope, made)) return false;
  const Collection& input = node.input == kNoNode ? *scope.focus : made;
  if (input.size() > environment_.max_items)
    return refuse(node.position, "more than " + std::to_string(environment_.max_items) + " items");
  if (node.kind == AstNode::Kind::Member) return run_member(node, input, out);
  if (node.kind == AstNode::Kind::Item) return run_item(node, scope, input, out);
  return node.function->run({*this, node, scope, input, out});
}

// N1 section 3.2: the children of every item.
bool Evaluator::run_member(const AstNode& node, const Collection& input, Collection& out) {
  for (const Item& item : input) {
    const std::size_t before = out.size();
    const Node* place = std::get_if<Node>(&item);
    if (!place) continue;
    if (names_type(node, *place)) {
      out.push_back(item);
    } else {
      place->tree->children(*place, node.name, out);
    }
    if (!spend(node.position, 1 + out.size() - before)) return false;
  }
  return true;
}

// N1 section 5.3.1: counted from 0.
bool Evaluator::run_item(const AstNode& node, Scope& scope, const Collection& input, Collection& out) {
  Collection index;
  Scope inner = scope;
  if (!run(node.arguments[0], inner, index)) return false;
  if (index.empty()) return true;
  const auto scalar = scalar_of(index[0]);
  const auto* number = scalar ? std::get_if<std::int64_t>(&*scalar) : nullptr;
  if (index.size() > 1 || !number) return refuse(node.position, "an index must be one integer");
  if (*number >= 0 && static_cast<std::uint64_t>(*number) < input.size())
    out.push_back(input[static_cast<std::size_t>(*number)]);
  return true;
}

bool Evaluator::run_constant(const AstNode& node, const Scope& scope, Collection& out) {
  const auto give = [&](const Collection& items) {
    append(out, items);
    return spend(node.position, items.size());
  };
  for (const Variable* variable = scope.variables; variable; variable = variable->before)
    if (variable->name == node.name) return give(variable->items);
  if (const auto found = environment_.constants.find(node.name); found != environment_.constants.end())
    return give(found->second);
  if (node.name == "context") return give(context_);
  if (node.name == "resource") return give(environment_.resource.empty() ? context_ : environment_.resource);
  if (node.name == "rootResource") {
    const Collection& resource = environment_.resource.empty() ? context_ : environment_.resource;
    return give(environment_.root_resource.empty() ? resource : environment_.root_resource);
  }
  auto text = constant_text(node.name);
  if (!text) return refuse(node.position, "%" + node.name + " has no value");
  out.emplace_back(Scalar(std::move(*text)));
  return true;
}

// N1 section 6.6: one number or quantity.
bool Evaluator::run_sign(const AstNode& node, const Scope& scope, Collection& out) {
  Collection items;
  Scope inner = scope;
  if (!run(node.arguments[0], inner, items)) return false;
  if (items.empty()) return true;
  const auto scalar = items.size() == 1 ? scalar_of(items[0]) : std::nullopt;
  if (!scalar) return refuse(node.position, "only one number or quantity has a sign");
  Outcome outcome = fhirpath::negated(*scalar);
  if (!outcome.fault.empty()) return refuse(node.position, outcome.fault);
  if (node.name == "+") outcome.value = *scalar;
  if (outcome.value) out.emplace_back(std::move(*outcome.value));
  return true;
}

bool Evaluator::run_binary(const AstNode& node, const Scope& scope, Collection& out) {
  if (node.op >= Operator::And) return run_logic(node, scope, out);
  if (node.op == Operator::Is || node.op == Operator::As) return run_type(node, scope, out);
  Collection left, right;
  Scope left_scope = scope, right_scope = scope;
  if (!run(node.arguments[0], left_scope, left) || !run(node.arguments[1], right_scope, right)) return false;
  switch (node.op) {
    case Operator::Equal:
      put(out, equal(left, right, zone(), steps_));
      return spend(node.position, 0);
    case Operator::NotEqual:
      put(out, negated(equal(left, right, zone(), steps_)));
      return spend(node.position, 0);
    case Operator::Equivalent:
      put(out, equivalent(left, right, zone(), steps_));
      return spend(node.position, 0);
    case Operator::NotEquivalent:
      put(out, !equivalent(left, right, zone(), steps_));
      return spend(node.position, 0);
    case Operator::In:
      return run_in(node, left, right, out);
    case Operator::Contains:
      return run_in(node, right, left, out);
    case Operator::Union: {
      ItemSet seen(zone(), steps_);
      return put_distinct(left, node.position, seen, out) && put_distinct(right, node.position, seen, out);
    }
    default:
      return run_pair(node, left, right, out);
  }
}

// Operators on two single values (N1 sections 6.2 and 6.6).
bool Evaluator::run_pair(const AstNode& node, const Collection& left, const Collection& right,
                         Collection& out) {
  if (node.op == Operator::Concatenate) {
    std::optional<std::string> a, b;
    if (!text_of(left, node.position, a) || !text_of(right, node.position, b)) return false;
    std::string text = a.value_or("") + b.value_or("");
    if (text.size() > environment_.max_text) return refuse(node.position, "the text gets too long");
    out.emplace_back(Scalar(std::move(text)));
    return true;
  }
  if (left.empty() || right.empty()) return true;
  if (left.size() > 1 || right.size() > 1)
    return refuse(node.position, "an operand must be one item, not several");
  if (has_comparator(left[0]) || has_comparator(right[0]))
    return refuse(node.position, "a quantity with a comparator is no single value");
  const auto a = scalar_of(left[0]), b = scalar_of(right[0]);
  if (!a || !b) {
    const bool gap = is_gap(left[0]) || is_gap(right[0]);
    return gap || refuse(node.position, "an operand has no value");
  }
  const Outcome outcome =
      node.op >= Operator::Less ? ordered(node.op, *a, *b, zone()) : calculate(node.op, *a, *b);
  if (!outcome.fault.empty()) return refuse(node.position, outcome.fault);
  if (!outcome.value) return true;
  const auto* text = std::get_if<std::string>(&*outcome.value);
  if (text && text->size() > environment_.max_text) return refuse(node.position, "the text gets too long");
  out.emplace_back(*outcome.value);
  return true;
}

// N1 sections 6.3.1 and 6.3.3.
bool Evaluator::run_type(const AstNode& node, const Scope& scope, Collection& out) {
  Collection items;
  Scope inner = scope;
  if (!run(node.arguments[0], inner, items)) return false;
  return apply_type(node, items, out);
}

bool Evaluator::apply_type(const AstNode& node, const Collection& items, Collection& out) {
  const bool is = node.kind == AstNode::Kind::Binary ? node.op == Operator::Is : node.name == "is";
  if (!is_known_type(node.type_space, node.type, types_))
    return refuse(node.position, "\"" + node.type + "\" is no type");
  if (items.empty()) return true;
  if (items.size() > 1 && (is || !ast_.as_filters))
    return refuse(node.position, "the left side of a type test must be one item");
  for (const Item& item : items) {
    const bool fits = is_of(item, node.type_space, node.type);
    if (is) {
      out.emplace_back(Scalar(fits));
    } else if (fits) {
      out.push_back(item);
    }
  }
  return true;
}

// N1 section 6.4.1.
bool Evaluator::run_in(const AstNode& node, const Collection& left, const Collection& right,
                       Collection& out) {
  if (left.empty()) return true;
  if (left.size() > 1) return refuse(node.position, "what is looked for must be one item");
  put(out, std::any_of(right.begin(), right.end(),
                       [&](const Item& item) { return equal(left[0], item, zone(), steps_) == true; }));
  return spend(node.position, 0);
}

bool Evaluator::run_logic(const AstNode& node, const Scope& scope, Collection& out) {
  Truth left, right;
  Scope left_scope = scope, right_scope = scope;
  if (!run_truth(node.arguments[0], left_scope, left)) return false;
  if (!decides(node.op, left) && !run_truth(node.arguments[1], right_scope, right)) return false;
  put(out, combine(node.op, left, right));
  return true;
}

bool Evaluator::run_truth(NodeIndex index, Scope& scope, Truth& truth) {
  Collection items;
  return run(index, scope, items) && truth_of(items, ast_.nodes[index].position, truth);
}

bool Evaluator::truth_of(const Collection& items, std::size_t position, Truth& truth) {
  if (items.empty()) return truth.reset(), true;
  if (items.size() > 1) return refuse(position, "a condition must be one item, not several");
  const auto scalar = scalar_of(items[0]);
  const bool* flag = scalar ? std::get_if<bool>(&*scalar) : nullptr;
  truth = !flag || *flag;
  return true;
}

// A FHIR date is a text too, as it is written.
bool Evaluator::text_of(const Collection& items, std::size_t position, std::optional<std::string>& text) {
  if (items.empty()) return true;
  if (items.size() > 1) return refuse(position, "one string is expected here, not several");
  auto scalar = scalar_of(items[0]);
  const bool node = std::holds_alternative<Node>(items[0]);
  if (!scalar && node && is_gap(items[0])) return true;
  if (scalar && node &&
      (std::holds_alternative<Date>(*scalar) || std::holds_alternative<DateTime>(*scalar) ||
       std::holds_alternative<Time>(*scalar)))
    scalar = to_text(*scalar);
  auto* found = scalar ? std::get_if<std::string>(&*scalar) : nullptr;
  if (!found) return refuse(position, "one string is expected here");
  text = std::move(*found);
  return spend(position, text->size() / kBytesPerStep);
}

}  // namespace gateway::fhirpath
