// Expression: a compiled FHIRPath expression (HL7 FHIRPath N1 2.0.0), the one expression language of the
// gateway.
//
// The whole language with the additions of FHIR R4, but for elementDefinition() and slice(), which are
// refused when compiled. Compiled expressions are immutable: evaluate() may be called from several threads at
// once.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/fhirpath/environment.h"

namespace gateway::fhirpath {

struct CompileOptions {
  std::vector<std::string> constants;  // the %names that the environment will have, besides the standard's
  bool any_constant = false;           // any %name may come; unknown ones fault when evaluated
  bool as_filters = false;             // "as" takes several items, as R4 search parameters expect
  bool tag_names = false;              // eight hexadecimal digits are a name, not a number: DICOM tags
  std::size_t max_length = 16'384;     // of the text
  std::size_t max_depth = 128;         // of the syntax tree
};

struct Ast;

class Expression {
 public:
  // Error: ProfileInvalid with "character N" in `where`.
  static Result<Expression> compile(std::string_view text, const CompileOptions& options = {});

  // Errors: Unprocessable when the operands do not fit or a step limit is reached.
  Result<Collection> evaluate(const Collection& context, const Environment& environment = {}) const;
  // The result as a condition: empty is false, a single item that is no boolean is true (N1 section 4.5).
  Result<bool> test(const Collection& context, const Environment& environment = {}) const;
  const std::string& text() const;
  const Ast& tree() const { return *ast_; }

 private:
  explicit Expression(std::shared_ptr<const Ast> ast) : ast_(std::move(ast)) {}
  std::shared_ptr<const Ast> ast_;
};

}  // namespace gateway::fhirpath
