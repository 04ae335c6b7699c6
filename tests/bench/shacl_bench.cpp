// Validating a description with a dictionary of 6,154 variables (43 thousand triples) against HealthDCAT-AP
// R8. Bar: half a second and 150 MB, reading included.
#include <benchmark/benchmark.h>

#include "gateway/shacl/validate.h"

namespace {

using namespace gateway;

std::string dictionary(int columns) {
  std::string text =
      "@prefix csvw: <http://www.w3.org/ns/csvw#> . @prefix dct: <http://purl.org/dc/terms/> .\n"
      "<urn:g> a csvw:TableGroup ; dct:title \"g\" ; csvw:table <urn:t> . <urn:t> a csvw:Table ; dct:title "
      "\"t\" .\n";
  for (int i = 0; i < columns; ++i) {
    const std::string number = std::to_string(i),
                      column = "<https://data.example.org/columns/" + number + ">";
    text += "<urn:t> csvw:column " + column + " . " + column + " a csvw:Column ; csvw:name \"column_" +
            number + "\" ; csvw:title \"Column " + number +
            "\"@en ; csvw:datatype \"string\" ; dct:description \"What column " + number +
            " of the table holds\"@en ; csvw:propertyUrl <https://data.example.org/terms/" + number + "> .\n";
  }
  return text;
}

void validate_dictionary(benchmark::State& state) {
  const shacl::Library library(SOURCE_DIR "/profiles/shapes");
  const auto profile = library.profile("healthdcat-ap-r8", "non-public");
  if (!profile) return state.SkipWithError(profile.error().text().c_str());
  const std::string text = dictionary(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    const auto report = shacl::validate_document(text, codec::RdfFormat::Turtle, **profile);
    if (!report) return state.SkipWithError(report.error().text().c_str());
    benchmark::DoNotOptimize(report->rows.size());
  }
}
BENCHMARK(validate_dictionary)->Arg(6154)->Unit(benchmark::kMillisecond);

void load_profile(benchmark::State& state) {
  for (auto _ : state) {
    const shacl::Library library(SOURCE_DIR "/profiles/shapes");
    const auto profile = library.profile("healthdcat-ap-r8", "non-public");
    if (!profile) return state.SkipWithError(profile.error().text().c_str());
    benchmark::DoNotOptimize(*profile);
  }
}
BENCHMARK(load_profile)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
