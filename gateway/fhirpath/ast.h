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

namespace gateway::fhirpath {

struct Function;

enum class Operator : std::uint8_t { Equal, NotEqual, Equivalent, NotEquivalent, In, And, Or, Xor, Implies };

using NodeIndex = std::uint32_t;
inline constexpr NodeIndex kNoNode = ~NodeIndex{0};

struct AstNode {
  enum class Kind : std::uint8_t {
    Literal,   // `literal`
    Empty,     // {}
    This,      // $this
    Constant,  // %`name`
    Member,    // input.`name`
    Index,     // input[arguments[0]]
    Call,      // input.function(arguments...)
    Binary,    // arguments[0] op arguments[1]
  };
  Kind kind = Kind::Empty;
  Operator op = Operator::Equal;
  std::uint16_t depth = 1;
  std::size_t position = 0;
  std::string name;
  Scalar literal;
  const Function* function = nullptr;
  NodeIndex input = kNoNode;  // none: the focus
  std::vector<NodeIndex> arguments;
};

struct Ast {
  std::string text;
  std::vector<AstNode> nodes;
  NodeIndex root = kNoNode;
};

// Error: ProfileInvalid with "character N" in `where`.
Result<Ast> parse(std::string_view text, const CompileOptions& options);

}  // namespace gateway::fhirpath
