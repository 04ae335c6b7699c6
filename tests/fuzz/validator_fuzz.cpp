// Any JSON as a FHIR resource: it is validated within its bounds, and what was found is a valid
// OperationOutcome.
#include "gateway/definitions/validator.h"

#include <cstdlib>

#include "gateway/codec/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gateway;
  using definitions::Definitions;
  static const definitions::Validator kValidator = [] {
    definitions::Sources sources;
    sources.folder = SOURCE_PROFILES "/fhir";
    sources.packs = Definitions::shipped_packs();
    auto loaded = Definitions::load(sources);
    if (!loaded) std::abort();
    return definitions::Validator(std::move(*loaded));
  }();
  const auto resource = codec::parse_json({reinterpret_cast<const char*>(data), size});
  if (!resource.ok()) return 0;
  definitions::ValidationOptions options;
  options.max_findings = 50;
  options.max_steps = 100'000;
  options.tree.max_entries = 20'000;
  const auto findings = kValidator.validate(*resource, options);
  if (findings.list().size() > options.max_findings) std::abort();
  if (kValidator.validate(definitions::operation_outcome(findings)).errors() > 0) std::abort();
  return 0;
}
