#include "gateway/fhirpath/evaluator.h"

#include <algorithm>

#include "gateway/fhirpath/equality.h"
#include "gateway/fhirpath/functions.h"

namespace gateway::fhirpath {
namespace {

void put(Collection& out, Truth truth) {
  if (truth) out.emplace_back(Scalar(*truth));
}

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

}  // namespace

bool Evaluator::refuse(std::size_t position, std::string why) {
  fault_ = fail(ErrorCode::Unprocessable, std::move(why), "character " + std::to_string(position + 1));
  return false;
}

bool Evaluator::spend(std::size_t position, std::size_t steps) {
  steps_ += steps;
  return steps_ <= environment_.max_steps ||
         refuse(position, "needs more than " + std::to_string(environment_.max_steps) + " steps");
}

bool Evaluator::run(NodeIndex index, const Collection& focus, Collection& out) {
  const AstNode& node = ast_.nodes[index];
  if (!spend(node.position)) return false;
  switch (node.kind) {
    case AstNode::Kind::Literal:
      out.emplace_back(node.literal);
      return true;
    case AstNode::Kind::Empty:
      return true;
    case AstNode::Kind::This:
      out.insert(out.end(), focus.begin(), focus.end());
      return true;
    case AstNode::Kind::Constant:
      return run_constant(node, out);
    case AstNode::Kind::Binary:
      return run_binary(node, focus, out);
    default:
      break;
  }
  Collection made;
  if (node.input != kNoNode && !run(node.input, focus, made)) return false;
  const Collection& input = node.input == kNoNode ? focus : made;
  if (node.kind == AstNode::Kind::Member) return run_member(node, input, out);
  if (node.kind == AstNode::Kind::Index) return run_index(node, focus, input, out);
  return node.function->run({*this, node, focus, input, out});
}

// N1 section 3.2: the children of every item.
bool Evaluator::run_member(const AstNode& node, const Collection& input, Collection& out) {
  const std::size_t before = out.size();
  for (const Item& item : input)
    if (const Node* place = std::get_if<Node>(&item)) place->tree->children(*place, node.name, out);
  return spend(node.position, input.size() + out.size() - before);
}

// N1 section 5.3.1: counted from 0.
bool Evaluator::run_index(const AstNode& node, const Collection& focus, const Collection& input,
                          Collection& out) {
  Collection index;
  if (!run(node.arguments[0], focus, index)) return false;
  if (index.empty()) return true;
  const auto scalar = scalar_of(index[0]);
  const auto* number = scalar ? std::get_if<std::int64_t>(&*scalar) : nullptr;
  if (index.size() > 1 || !number) return refuse(node.position, "an index must be one integer");
  if (*number >= 0 && static_cast<std::uint64_t>(*number) < input.size())
    out.push_back(input[static_cast<std::size_t>(*number)]);
  return true;
}

bool Evaluator::run_constant(const AstNode& node, Collection& out) {
  const auto found = environment_.constants.find(node.name);
  if (found == environment_.constants.end()) return refuse(node.position, "%" + node.name + " has no value");
  out.insert(out.end(), found->second.begin(), found->second.end());
  return spend(node.position, found->second.size());
}

bool Evaluator::run_binary(const AstNode& node, const Collection& focus, Collection& out) {
  if (node.op >= Operator::And) return run_logic(node, focus, out);
  Collection left, right;
  if (!run(node.arguments[0], focus, left) || !run(node.arguments[1], focus, right)) return false;
  const bool in_any_order = node.op == Operator::Equivalent || node.op == Operator::NotEquivalent;
  const std::size_t pairs = in_any_order ? left.size() * right.size() : std::min(left.size(), right.size());
  if (!spend(node.position, pairs)) return false;
  switch (node.op) {
    case Operator::Equal:
      put(out, equal(left, right));
      return true;
    case Operator::NotEqual:
      put(out, negated(equal(left, right)));
      return true;
    case Operator::Equivalent:
      put(out, equivalent(left, right));
      return true;
    case Operator::NotEquivalent:
      put(out, !equivalent(left, right));
      return true;
    default:
      return run_in(node, left, right, out);
  }
}

// N1 section 6.4.1.
bool Evaluator::run_in(const AstNode& node, const Collection& left, const Collection& right,
                       Collection& out) {
  if (left.empty()) return true;
  if (left.size() > 1) return refuse(node.position, "the left side of \"in\" must be one item");
  put(out, std::any_of(right.begin(), right.end(), [&](const Item& item) { return equal(left[0], item); }));
  return spend(node.position, right.size());
}

bool Evaluator::run_logic(const AstNode& node, const Collection& focus, Collection& out) {
  Truth left, right;
  if (!run_truth(node.arguments[0], focus, left)) return false;
  if (!decides(node.op, left) && !run_truth(node.arguments[1], focus, right)) return false;
  put(out, combine(node.op, left, right));
  return true;
}

bool Evaluator::run_truth(NodeIndex index, const Collection& focus, Truth& truth) {
  Collection items;
  return run(index, focus, items) && truth_of(items, ast_.nodes[index].position, truth);
}

bool Evaluator::truth_of(const Collection& items, std::size_t position, Truth& truth) {
  if (items.empty()) return truth.reset(), true;
  if (items.size() > 1) return refuse(position, "a condition must be one item, not several");
  const auto scalar = scalar_of(items[0]);
  const bool* flag = scalar ? std::get_if<bool>(&*scalar) : nullptr;
  truth = !flag || *flag;
  return true;
}

bool Evaluator::text_of(const Collection& items, std::size_t position, std::optional<std::string>& text) {
  if (items.empty()) return true;
  auto scalar = scalar_of(items[0]);
  auto* found = scalar ? std::get_if<std::string>(&*scalar) : nullptr;
  if (items.size() > 1 || !found) return refuse(position, "one string is expected here");
  text = std::move(*found);
  return true;
}

Result<Expression> Expression::compile(std::string_view text, const CompileOptions& options) {
  return Expression(std::make_shared<const Ast>(TRY(parse(text, options))));
}

Result<Collection> Expression::evaluate(const Collection& context, const Environment& environment) const {
  Evaluator evaluator(*ast_, environment);
  Collection out;
  if (!evaluator.run(ast_->root, context, out)) return evaluator.take_fault();
  return out;
}

Result<bool> Expression::test(const Collection& context, const Environment& environment) const {
  Evaluator evaluator(*ast_, environment);
  Truth truth;
  if (!evaluator.run_truth(ast_->root, context, truth)) return evaluator.take_fault();
  return truth.value_or(false);
}

const std::string& Expression::text() const { return ast_->text; }

}  // namespace gateway::fhirpath
