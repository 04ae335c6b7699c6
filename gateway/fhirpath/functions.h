// The functions of the language by name: one row each, found when an expression is compiled.
//
// Internal to gateway/fhirpath. The table is constant.
#pragma once

#include <cstdint>
#include <string_view>

#include "gateway/fhirpath/ast.h"

namespace gateway::fhirpath {

class Evaluator;

// A call in progress. Arguments are evaluated by the function itself, since some see each item as the focus.
struct Call {
  Evaluator& evaluator;
  const AstNode& node;
  const Collection& focus;  // where the whole call stands
  const Collection& input;  // what it is called on
  Collection& out;
};

struct Function {
  std::string_view name;
  std::uint8_t least;  // arguments
  std::uint8_t most;
  bool (*run)(const Call& call);  // false: the evaluator holds a fault
};

const Function* find_function(std::string_view name);

}  // namespace gateway::fhirpath
