#include "gateway/fhirpath/check.h"

#include <algorithm>
#include <array>

#include "gateway/fhirpath/ast.h"

namespace gateway::fhirpath {
namespace {

using Kind = AstNode::Kind;

constexpr std::string_view kBoolean = "System.Boolean";
constexpr std::size_t kMaxTypes = 64;  // of one collection; more are not told apart

// The types that the items of a collection may have.
struct Types {
  bool any = false;
  bool ordered = true;
  std::vector<std::string_view> names;

  static Types unknown() { return {true, true, {}}; }
  static Types of(std::string_view name) { return {false, true, {name}}; }
  void add(const Types& other) {
    any = any || other.any;
    ordered = ordered && other.ordered;
    for (const std::string_view name : other.names)
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    any = any || names.size() > kMaxTypes;
  }
};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Give some of what they are called on, and see each item of it in their arguments.
constexpr std::array<std::string_view, 3> kFilters = {"where", "sort", "trace"};
constexpr std::array<std::string_view, 6> kParts = {"distinct",  "exclude", "first",
                                                    "intersect", "last",    "single"};
constexpr std::array<std::string_view, 3> kCuts = {"skip", "tail", "take"};
constexpr std::array<std::string_view, 5> kNeedOrder = {"first", "last", "skip", "tail", "take"};
constexpr std::array<std::string_view, 2> kJoins = {"combine", "union"};
constexpr std::array<std::string_view, 5> kSeeItems = {"aggregate", "all", "exists", "repeat", "select"};
constexpr std::array<std::string_view, 15> kTests = {
    "all",    "allFalse", "allTrue",    "anyFalse", "anyTrue",    "contains", "empty",     "endsWith",
    "exists", "hasValue", "isDistinct", "matches",  "startsWith", "subsetOf", "supersetOf"};

class Checker {
 public:
  Checker(const Ast& ast, std::string_view type, const TypeModel& model)
      : ast_(ast), model_(model), context_(Types::of(type)) {}

  Result<Types> run() { return of(ast_.root, context_); }

 private:
  Result<Types> of(NodeIndex index, const Types& focus);
  Result<Types> member(const AstNode& node, const Types& input);
  Result<Types> call(const AstNode& node, const Types& input, const Types& focus);
  Result<Types> choice(const AstNode& node, const Types& input);
  Result<Types> binary(const AstNode& node, const Types& focus);
  Result<Types> literal(const AstNode& node) const;
  Result<void> needs_order(const AstNode& node, const Types& input) const {
    if (input.ordered) return {};
    return refuse(node, "what it is called on has no order");
  }
  Error refuse(const AstNode& node, std::string why) const {
    return fail(ErrorCode::ProfileInvalid, std::move(why), "character " + std::to_string(node.position + 1));
  }
  Types as_type(const AstNode& node) const;

  const Ast& ast_;
  const TypeModel& model_;
  const Types context_;
};

std::string listed(const Types& types) {
  std::string all;
  for (const std::string_view name : types.names) all += (all.empty() ? "" : ", ") + std::string(name);
  return all;
}

// The depth of a tree is bounded when it is made.
Result<Types> Checker::of(NodeIndex index, const Types& focus) {
  const AstNode& node = ast_.nodes[index];
  switch (node.kind) {
    case Kind::Literal:
      return literal(node);
    case Kind::Empty:
      return Types();
    case Kind::This:
      return focus;
    case Kind::Index:
      return Types::of("System.Integer");
    case Kind::Total:
      return Types::unknown();
    case Kind::Constant:
      return node.name == "context" ? context_ : Types::unknown();
    case Kind::Sign:
      return of(node.arguments[0], focus);
    case Kind::Binary:
      return binary(node, focus);
    default:
      break;
  }
  const Types input = node.input == kNoNode ? focus : TRY(of(node.input, focus));
  if (node.kind == Kind::Member) return member(node, input);
  if (node.kind == Kind::Call) return call(node, input, focus);
  TRY_VOID(of(node.arguments[0], focus));  // an index
  TRY_VOID(needs_order(node, input));
  return input;
}

Result<Types> Checker::literal(const AstNode& node) const {
  constexpr std::array<std::string_view, 9> kNames = {kBoolean,          "System.Integer", "System.Decimal",
                                                      "System.String",   "System.Long",    "System.Date",
                                                      "System.DateTime", "System.Time",    "System.Quantity"};
  return Types::of(kNames[node.literal.index()]);
}

// A type at the head of a path is the focus itself; else a child of each item.
Result<Types> Checker::member(const AstNode& node, const Types& input) {
  if (node.capital && node.input == kNoNode && model_.has_type(node.name)) {
    if (input.any) return Types::of(node.name);
    Types same;
    for (const std::string_view type : input.names)
      if (model_.is_a(type, node.name)) same.names.push_back(type);
    if (!same.names.empty()) return same;
    return refuse(node, listed(input) + " is no " + node.name);
  }
  Types found{input.any, input.ordered, {}};
  bool known = input.any || input.names.empty();
  for (const std::string_view type : input.names) {
    if (type.starts_with("System.")) continue;
    Types children;
    if (!model_.child(type, node.name, children.names)) continue;
    known = true;
    children.any = children.names.empty();
    found.add(children);
  }
  if (known) return found;
  return refuse(node, listed(input) + " has no element " + node.name);
}

Types Checker::as_type(const AstNode& node) const {
  if (node.type_space == "System" || !model_.has_type(node.type)) return Types::unknown();
  return Types::of(node.type);
}

// iif(): the condition is one boolean, when its type is known at all.
Result<Types> Checker::choice(const AstNode& node, const Types& input) {
  const Types condition = TRY(of(node.arguments[0], input));
  const bool fits = condition.any || condition.names.empty() ||
                    std::any_of(condition.names.begin(), condition.names.end(),
                                [](std::string_view name) { return name == kBoolean || name == "boolean"; });
  if (!fits) return refuse(node, "a condition is true or false, not a " + listed(condition));
  Types either;
  for (std::size_t i = 1; i < node.arguments.size(); ++i) either.add(TRY(of(node.arguments[i], input)));
  return either;
}

Result<Types> Checker::call(const AstNode& node, const Types& input, const Types& focus) {
  if (is_one_of(kNeedOrder, node.name)) TRY_VOID(needs_order(node, input));
  if (node.name == "iif") return choice(node, node.input == kNoNode ? focus : input);
  if (node.name == "as" || node.name == "ofType") return as_type(node);
  const bool filters = is_one_of(kFilters, node.name);
  const Types& seen = filters || is_one_of(kSeeItems, node.name) ? input : focus;
  Types given;
  for (const NodeIndex argument : node.arguments)
    if (node.name != "is") given.add(TRY(of(argument, seen)));
  if (filters || is_one_of(kParts, node.name) || is_one_of(kCuts, node.name)) return input;
  if (is_one_of(kJoins, node.name)) {
    given.add(input);
    return given;
  }
  if (node.name == "select") return given;
  if (node.name == "extension") return Types::of("Extension");
  if (node.name == "is" || node.name == "not" || is_one_of(kTests, node.name)) return Types::of(kBoolean);
  return Types{true, node.name != "children" && node.name != "descendants", {}};
}

Result<Types> Checker::binary(const AstNode& node, const Types& focus) {
  Types left = TRY(of(node.arguments[0], focus));
  if (node.op == Operator::As) return as_type(node);
  if (node.op == Operator::Is) return Types::of(kBoolean);
  const Types right = TRY(of(node.arguments[1], focus));
  if (node.op == Operator::Union) {
    left.add(right);
    return left;
  }
  return node.op >= Operator::Less ? Types::of(kBoolean) : Types::unknown();
}

}  // namespace

Result<void> check(const Expression& expression, std::string_view type, const TypeModel& model) {
  TRY_VOID(Checker(expression.tree(), type, model).run());
  return {};
}

}  // namespace gateway::fhirpath
