// Any bytes as a FHIR JSON resource: what is taken can be subset, turned into XML and back (or is refused
// there), and into the shape of R5 and back.
#include "gateway/definitions/json_form.h"

#include <cstdint>
#include <cstdlib>

#include "gateway/definitions/xml_form.h"
#include "mappers/fhir/r5_shape.h"
#include "tests/fuzz/fuzz_definitions.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gateway::definitions;
  const Definitions& definitions = tests::fuzz_definitions();
  const auto resource = from_json({reinterpret_cast<const char*>(data), size}, definitions);
  if (!resource.ok()) return 0;
  for (const Summary summary : {Summary::True, Summary::Text, Summary::Data})
    (void)subset(*resource, {summary, {}}, definitions);
  (void)subset(*resource, {Summary::False, {"status", "Patient.name"}}, definitions);
  if (const auto xml = to_xml(*resource, definitions); xml.ok())
    if (!from_xml(*xml, definitions).ok()) std::abort();
  if (const auto r5 = mappers::fhir::to_r5(*resource); r5.ok())
    (void)mappers::fhir::from_r5(r5->resource).ok();
  (void)mappers::fhir::from_r5(*resource).ok();
  return 0;
}
