// Ast: the syntax tree of an expression, as a flat vector so that neither building nor freeing it recurses.
//
// Internal to gateway/fhirpath. Immutable once parsed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/fhirpath/expression.h"
#include "gateway/fhirpath/node.h"
#include "gateway/fhirpath/regex.h"

namespace gateway::fhirpath {

struct Function;

enum class Operator : std::uint8_t {
  Multiply,
  Divide,
  WholeDivide,
  Modulo,
  Add,
  Subtract,
  Concatenate,
  Is,
  As,
  Union,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Equal,
  NotEqual,
  Equivalent,
  NotEquivalent,
  In,
  Contains,
  And,
  Or,
  Xor,
  Implies
};

using NodeIndex = std::uint32_t;
inline constexpr NodeIndex kNoNode = ~NodeIndex{0};

struct AstNode {
  enum class Kind : std::uint8_t {
    Literal,   // `literal`
    Empty,     // {}
    This,      // $this
    Index,     // $index
    Total,     // $total
    Constant,  // %`name`
    Member,    // input.`name`
    Item,      // input[arguments[0]]
    Call,      // input.function(arguments...)
    Sign,      // -arguments[0], or + when `name` is "+"
    Binary,    // arguments[0] op arguments[1]; `is` and `as` have `type` instead of a right side
  };
  Kind kind = Kind::Empty;
  Operator op = Operator::Equal;
  bool capital = false;  // the name of a member starts as type names do
  std::uint16_t depth = 1;
  std::size_t position = 0;
  std::string name;
  std::string type_space, type;        // of is, as and ofType
  std::vector<bool> descending;        // of sort(): for each argument
  std::shared_ptr<const Regex> regex;  // of a call with a pattern that is a literal
  Scalar literal;
  const Function* function = nullptr;
  NodeIndex input = kNoNode;  // none: the focus
  std::vector<NodeIndex> arguments;
};

struct Ast {
  std::string text;
  bool as_filters = false;
  std::vector<AstNode> nodes;
  NodeIndex root = kNoNode;
};

// Error: ProfileInvalid with "character N" in `where`.
Result<Ast> parse(std::string_view text, const CompileOptions& options);

}  // namespace gateway::fhirpath
