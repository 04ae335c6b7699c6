// Constraints of the profiles over an ImagingStudy-like resource: what one evaluation costs.
#include <benchmark/benchmark.h>

#include "gateway/base/bytes.h"
#include "gateway/codec/json.h"
#include "gateway/definitions/resource_tree.h"
#include "gateway/fhirpath/expression.h"

namespace {

using namespace gateway;

void evaluate(benchmark::State& state, const char* text) {
  const auto definitions = definitions::Definitions::load(
      {.folder = SOURCE_DIR "/profiles/fhir", .packs = {"r4-core-4.0.1"}, .packages = {}, .limits = {}});
  const Value resource =
      codec::parse_json(read_file(SOURCE_DIR "/tests/fhirpath/observation.json").value()).value();
  const definitions::ResourceTree tree(**definitions, resource);
  const fhirpath::Collection context{tree.node(tree.root())};
  const auto expression = fhirpath::Expression::compile(text).value();
  const fhirpath::Environment environment;
  for (auto _ : state) benchmark::DoNotOptimize(expression.test(context, environment));
}

BENCHMARK_CAPTURE(evaluate, exists_or, "code.exists() or value.empty()");
BENCHMARK_CAPTURE(evaluate, obs_6, "dataAbsentReason.empty() or value.empty()");
BENCHMARK_CAPTURE(
    evaluate, obs_7,
    "value.empty() or component.code.where(coding.intersect(%resource.code.coding).exists()).empty()");
BENCHMARK_CAPTURE(evaluate, ele_1, "code.select(hasValue() or (children().count() > id.count()))");
BENCHMARK_CAPTURE(evaluate, starts_with,
                  "identifier.where(system = 'http://example.org/ids').value.startsWith('1')");
BENCHMARK_CAPTURE(evaluate, all_of, "identifier.all(system.exists() implies value.exists())");
BENCHMARK_CAPTURE(evaluate, matches, "code.coding.code.matches('^[0-9]+-[0-9]$')");
BENCHMARK_CAPTURE(evaluate, quantity, "value > 80 'kg'");
BENCHMARK_CAPTURE(evaluate, dates, "effective <= @2016-03-28T23:00:00Z");

void compile(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(fhirpath::Expression::compile(
        "value.empty() or component.code.where(coding.intersect(%resource.code.coding).exists()).empty()"));
}
BENCHMARK(compile);

}  // namespace

BENCHMARK_MAIN();
