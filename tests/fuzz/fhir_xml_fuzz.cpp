// Any bytes as FHIR XML: what is read is a resource in its JSON form, and is the same after writing it and
// reading it again.
#include "gateway/definitions/xml_form.h"

#include <cstdint>
#include <cstdlib>

#include "gateway/definitions/json_form.h"
#include "tests/fuzz/fuzz_definitions.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gateway::definitions;
  const Definitions& definitions = tests::fuzz_definitions();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)check_narrative(text).ok();
  const auto resource = from_xml(text, definitions);
  if (!resource.ok()) return 0;
  if (!check_json(*resource, definitions).ok()) std::abort();
  const auto xml = to_xml(*resource, definitions, size % 2 == 1);
  if (!xml.ok()) std::abort();
  const auto again = from_xml(*xml, definitions);
  if (!again.ok() || *again != *resource) std::abort();
  return 0;
}
