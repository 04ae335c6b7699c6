// Loading every pack of profiles/fhir, as the gateway does when it starts. Bar: 150 ms of one core.
#include <benchmark/benchmark.h>

#include "gateway/definitions/definitions.h"

namespace {

using gateway::definitions::Definitions;

void load_packs(benchmark::State& state) {
  gateway::definitions::Sources sources;
  sources.folder = SOURCE_DIR "/profiles/fhir";
  sources.packs = Definitions::shipped_packs();
  for (auto _ : state) {
    const auto loaded = Definitions::load(sources);
    if (!loaded) state.SkipWithError(loaded.error().text().c_str());
    benchmark::DoNotOptimize(loaded);
  }
}
BENCHMARK(load_packs)->Unit(benchmark::kMillisecond);

// Membership in a value set that names another, as a required binding asks.
void contains_code(benchmark::State& state) {
  gateway::definitions::Sources sources;
  sources.folder = SOURCE_DIR "/profiles/fhir";
  sources.packs = Definitions::shipped_packs();
  const auto loaded = Definitions::load(sources);
  if (!loaded) return state.SkipWithError(loaded.error().text().c_str());
  for (auto _ : state)
    benchmark::DoNotOptimize((*loaded)->value_sets().contains(
        "http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1", "", "female"));
}
BENCHMARK(contains_code);

}  // namespace

BENCHMARK_MAIN();
