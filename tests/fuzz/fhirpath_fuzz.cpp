// Any text as an expression: it compiles or is refused, and what compiles can be checked against types, and
// evaluated within the limits.
#include <cstdint>

#include "gateway/fhirpath/check.h"

namespace {

// A few types: "Basic" has "a" of itself and "b" of anything.
class Types final : public gateway::fhirpath::TypeModel {
 public:
  bool child(std::string_view, std::string_view name, std::vector<std::string_view>& types) const override {
    if (name == "a") types.push_back("Basic");
    return name == "a" || name == "b";
  }
  bool is_a(std::string_view type, std::string_view ancestor) const override { return type == ancestor; }
  bool has_type(std::string_view type) const override { return type == "Basic"; }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gateway;
  static const Value kInput = Value::map()
                                  .set("resourceType", "Basic")
                                  .set("a", Value::list().push("x").push(1).push(Value::map().set("b", true)))
                                  .set("d", Decimal{"1.50"})
                                  .set("00100010", "Doe^Jane");
  fhirpath::CompileOptions options;
  options.constants = {"c"};
  options.tag_names = size % 2 == 1;
  options.as_filters = size % 4 == 2;
  const auto expression = fhirpath::Expression::compile({reinterpret_cast<const char*>(data), size}, options);
  if (!expression.ok()) return 0;
  (void)fhirpath::check(*expression, "Basic", Types()).ok();
  fhirpath::Environment environment;
  environment.constants["c"] = {fhirpath::Scalar(std::string("x"))};
  environment.now = fhirpath::parse_date_time("2026-11-22T18:08:56.000+01:00");
  environment.max_steps = 10'000;
  environment.max_items = 1'000;
  environment.max_text = 10'000;
  environment.max_matching = 20'000;
  const fhirpath::ValueTree tree(kInput);
  const auto result = expression->evaluate(tree.root(), environment);
  if (!result.ok()) return 0;
  for (const fhirpath::Item& item : *result)
    if (const auto* scalar = std::get_if<fhirpath::Scalar>(&item)) (void)fhirpath::to_text(*scalar).size();
  return 0;
}
