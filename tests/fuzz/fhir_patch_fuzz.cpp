// Any bytes as a patch: JSON Patch, FHIRPath Patch in JSON and in XML, over a small resource.
#include "gateway/fhir/patch.h"

#include <cstdint>
#include <cstdlib>

#include "gateway/codec/json.h"
#include "gateway/definitions/json_form.h"
#include "tests/fuzz/fuzz_definitions.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gateway;
  static const Value kResource =
      codec::parse_json(
          R"({"resourceType":"Patient","id":"p","active":true,"birthDate":"1970","_birthDate":{"id":"b"},
        "name":[{"given":["a","b"],"_given":[null,{"id":"g"}]},{"family":"c"}],"deceasedBoolean":false})")
          .value();
  const definitions::Definitions& definitions = tests::fuzz_definitions();
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  for (const char* type : {"application/json-patch+json", "application/fhir+json", "application/fhir+xml"}) {
    const auto result = fhir::patched(kResource, type, body, definitions);
    if (!result.ok()) continue;
    if (result->text("id") != "p" || !definitions::check_json(*result, definitions).ok()) std::abort();
  }
  return 0;
}
