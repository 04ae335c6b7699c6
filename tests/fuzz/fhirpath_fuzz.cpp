// Any text as an expression: it compiles or is refused, and what compiles can be evaluated within the step
// limit.
#include "gateway/fhirpath/expression.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gateway;
  static const Value kInput = Value::map()
                                  .set("a", Value::list().push("x").push(1).push(Value::map().set("b", true)))
                                  .set("00100010", "Doe^Jane");
  fhirpath::CompileOptions options;
  options.constants = {"c"};
  options.tag_names = size % 2 == 1;
  const auto expression = fhirpath::Expression::compile({reinterpret_cast<const char*>(data), size}, options);
  if (!expression.ok()) return 0;
  fhirpath::Environment environment;
  environment.constants["c"] = {fhirpath::Scalar(std::string("x"))};
  environment.max_steps = 10'000;
  const fhirpath::ValueTree tree(kInput);
  (void)expression->evaluate(tree.root(), environment).ok();
  return 0;
}
