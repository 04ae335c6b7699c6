// Evaluator: runs a syntax tree over collections (HL7 FHIRPath N1 2.0.0 sections 4 to 6).
//
// Internal to gateway/fhirpath. One object per evaluation. Members that return bool answer false after
// refuse().
#pragma once

#include <forward_list>
#include <optional>
#include <string>

#include "gateway/fhirpath/ast.h"
#include "gateway/fhirpath/steps.h"

namespace gateway::fhirpath {

class ItemSet;

// Three-valued logic: nothing is "unknown", an empty collection.
using Truth = std::optional<bool>;

// A variable of defineVariable(), and those defined before it.
struct Variable {
  std::string name;
  Collection items;
  const Variable* before = nullptr;
};

// Where an expression stands. Copied for each argument, so that variables defined in one stay there.
struct Scope {
  const Collection* focus = nullptr;  // $this
  const Collection* total = nullptr;  // $total
  const Variable* variables = nullptr;
  std::int64_t index = -1;  // $index; -1: none
};

class Evaluator {
 public:
  Evaluator(const Ast& ast, const Collection& context, const Environment& environment);

  // Appends the result to `out`.
  bool run(NodeIndex index, Scope& scope, Collection& out);
  // The whole expression.
  bool run(Collection& out);
  bool run_truth(NodeIndex index, Scope& scope, Truth& truth);
  // A collection as a condition (N1 section 4.5).
  bool truth_of(const Collection& items, std::size_t position, Truth& truth);
  // The only item as text; `text` stays nullopt for an empty collection.
  bool text_of(const Collection& items, std::size_t position, std::optional<std::string>& text);
  bool refuse(std::size_t position, std::string why);
  // With no steps: whether those that others took were there.
  bool spend(std::size_t position, std::size_t steps = 1);
  Steps& steps() { return steps_; }
  bool has_fault() const { return fault_.has_value(); }
  Error take_fault() { return std::move(*fault_); }

  const Environment& environment() const { return environment_; }
  const Collection& context() const { return context_; }
  const Ast& ast() const { return ast_; }
  // The types that names mean; nullptr when the context has no nodes.
  const Tree* types() const { return types_; }
  // Of date-times without an offset, in minutes.
  int zone() const { return environment_.now ? environment_.now->offset.value_or(0) : 0; }
  // What `is` and `as` of the node make of the items.
  bool apply_type(const AstNode& node, const Collection& items, Collection& out);
  // Appends what is not in `seen` yet.
  bool put_distinct(const Collection& items, std::size_t position, ItemSet& seen, Collection& out);
  // False when the name is taken.
  bool define(Scope& scope, std::string name, Collection items);

 private:
  bool run_member(const AstNode& node, const Collection& input, Collection& out);
  bool run_item(const AstNode& node, Scope& scope, const Collection& input, Collection& out);
  bool run_constant(const AstNode& node, const Scope& scope, Collection& out);
  bool run_binary(const AstNode& node, const Scope& scope, Collection& out);
  bool run_pair(const AstNode& node, const Collection& left, const Collection& right, Collection& out);
  bool run_logic(const AstNode& node, const Scope& scope, Collection& out);
  bool run_type(const AstNode& node, const Scope& scope, Collection& out);
  bool run_in(const AstNode& node, const Collection& left, const Collection& right, Collection& out);
  bool run_sign(const AstNode& node, const Scope& scope, Collection& out);

  const Ast& ast_;
  const Collection& context_;
  const Environment& environment_;
  const Tree* types_ = nullptr;
  std::forward_list<Variable> variables_;
  Steps steps_;
  std::optional<Error> fault_;
};

}  // namespace gateway::fhirpath
