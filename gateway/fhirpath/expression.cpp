#include "gateway/fhirpath/expression.h"

#include "gateway/fhirpath/ast.h"
#include "gateway/fhirpath/evaluator.h"

namespace gateway::fhirpath {

Result<Expression> Expression::compile(std::string_view text, const CompileOptions& options) {
  return Expression(std::make_shared<const Ast>(TRY(parse(text, options))));
}

Result<Collection> Expression::evaluate(const Collection& context, const Environment& environment) const {
  Evaluator evaluator(*ast_, context, environment);
  Collection out;
  if (!evaluator.run(out)) return evaluator.take_fault();
  return out;
}

Result<bool> Expression::test(const Collection& context, const Environment& environment) const {
  Evaluator evaluator(*ast_, context, environment);
  Collection out;
  Truth truth;
  if (!evaluator.run(out) || !evaluator.truth_of(out, ast_->nodes[ast_->root].position, truth))
    return evaluator.take_fault();
  return truth.value_or(false);
}

const std::string& Expression::text() const { return ast_->text; }

void Services::resolve(const Item&, Collection&) const {}
std::optional<bool> Services::member_of(const Item&, std::string_view) const { return std::nullopt; }
std::optional<bool> Services::conforms_to(const Item&, std::string_view) const { return std::nullopt; }
void Services::trace(std::string_view, const Collection&) const {}

}  // namespace gateway::fhirpath
