// Evaluator: runs a syntax tree over collections (HL7 FHIRPath N1 2.0.0 sections 4 to 6).
//
// Internal to gateway/fhirpath. One object per evaluation. Members that return bool answer false after
// refuse().
#pragma once

#include <optional>
#include <string>

#include "gateway/fhirpath/ast.h"

namespace gateway::fhirpath {

// Three-valued logic: nothing is "unknown", an empty collection.
using Truth = std::optional<bool>;

class Evaluator {
 public:
  Evaluator(const Ast& ast, const Environment& environment) : ast_(ast), environment_(environment) {}

  // Appends the result to `out`.
  bool run(NodeIndex index, const Collection& focus, Collection& out);
  bool run_truth(NodeIndex index, const Collection& focus, Truth& truth);
  // A collection as a condition (N1 section 4.5).
  bool truth_of(const Collection& items, std::size_t position, Truth& truth);
  // The only item as text; `text` stays nullopt for an empty collection.
  bool text_of(const Collection& items, std::size_t position, std::optional<std::string>& text);
  bool refuse(std::size_t position, std::string why);
  Error take_fault() { return std::move(*fault_); }

 private:
  bool spend(std::size_t position, std::size_t steps = 1);
  bool run_member(const AstNode& node, const Collection& input, Collection& out);
  bool run_index(const AstNode& node, const Collection& focus, const Collection& input, Collection& out);
  bool run_constant(const AstNode& node, Collection& out);
  bool run_binary(const AstNode& node, const Collection& focus, Collection& out);
  bool run_logic(const AstNode& node, const Collection& focus, Collection& out);
  bool run_in(const AstNode& node, const Collection& left, const Collection& right, Collection& out);

  const Ast& ast_;
  const Environment& environment_;
  std::size_t steps_ = 0;
  std::optional<Error> fault_;
};

}  // namespace gateway::fhirpath
