// The functions of the language by name: one row each, found when an expression is compiled.
//
// Internal to gateway/fhirpath. The tables are constant; each functions_....cpp has those of one chapter.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "gateway/fhirpath/ast.h"
#include "gateway/fhirpath/evaluator.h"

namespace gateway::fhirpath {

// A call in progress. Arguments are evaluated by the function itself, since some see each item as the focus.
struct Call {
  Evaluator& evaluator;
  const AstNode& node;
  Scope& scope;             // where the whole call stands
  const Collection& input;  // what it is called on
  Collection& out;

  bool refuse(std::string why) const { return evaluator.refuse(node.position, std::move(why)); }
  std::size_t arguments() const { return node.arguments.size(); }
  bool answer(Scalar value) const {
    out.emplace_back(std::move(value));
    return true;
  }
  // The argument seen from where the call stands.
  bool argument(std::size_t index, Collection& items) const;
  // The argument with one item of the input as $this, or with the whole input.
  bool with_item(std::size_t index, std::size_t item, Collection& items) const;
  bool node_with_item(NodeIndex part, std::size_t item,
                      Collection& items) const;  // of the argument only a part
  bool with_input(std::size_t index, Collection& items) const;
  // The argument as a condition on one item.
  bool item_truth(std::size_t item, Truth& truth) const;
  bool answer_text(std::string text) const;  // within the limit
  // The argument as one text or integer; nothing when empty.
  bool text_argument(std::size_t index, std::optional<std::string>& text) const;
  bool integer_argument(std::size_t index, std::optional<std::int64_t>& number) const;
  bool input_text(std::optional<std::string>& text) const;
  // The only item of the input as a primitive value; nothing when empty.
  bool input_scalar(std::optional<Scalar>& value) const;
  // The same; an item without a value is refused.
  bool input_value(std::optional<Scalar>& value) const;
};

struct Function {
  enum class Arguments : std::uint8_t { Expressions, Type, Sort };
  std::string_view name;
  std::uint8_t least;  // arguments
  std::uint8_t most;
  bool (*run)(const Call& call);  // false: the evaluator holds a fault
  Arguments kind = Arguments::Expressions;
};

const Function* find_function(std::string_view name);
// The compiled pattern of a call whose pattern is a literal; nullptr when it is not, or cannot be used.
std::shared_ptr<const Regex> literal_regex(const Ast& ast, const AstNode& call);

std::span<const Function> collection_functions();  // N1 sections 5.1 to 5.4, 7
std::span<const Function> conversion_functions();  // N1 section 5.5
std::span<const Function> text_functions();        // N1 section 5.6
std::span<const Function> coding_functions();      // encode, escape and the like
std::span<const Function> math_functions();        // N1 section 5.7
std::span<const Function> type_functions();        // N1 sections 6.3, 10; boundaries
std::span<const Function> time_functions();        // N1 section 5.9 and parts of dates
std::span<const Function> fhir_functions();        // FHIR R4 fhirpath.html 2.9.1.3

}  // namespace gateway::fhirpath
