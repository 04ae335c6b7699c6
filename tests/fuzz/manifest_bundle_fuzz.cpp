// Manifest Bundles of anybody, on any JSON: what is read can be written in both encodings.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "mappers/dicom/kos.h"
#include "mappers/fhir/manifest.h"

using namespace mappers;

namespace {

const fhir::RenderOptions& options() {
  static const fhir::RenderOptions made = [] {
    fhir::RenderOptions all;
    auto terminology = fhir::Terminology::load(SOURCE_PROFILES);
    if (!terminology.ok()) std::abort();
    all.terminology = *terminology;
    return all;
  }();
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto json = gateway::codec::parse_json({reinterpret_cast<const char*>(data), size});
  if (!json.ok()) return 0;
  gateway::model::ManifestNotes notes;
  const auto manifest = fhir::read_manifest_bundle(*json, options(), notes);
  if (!manifest.ok()) return 0;
  const auto bundle = fhir::manifest_bundle(*manifest, options(), notes);
  if (bundle.ok() && (!gateway::is_utf8(*bundle) || !gateway::codec::parse_json(*bundle).ok())) std::abort();
  const auto kos = dicom::write_kos(*manifest, notes);
  if (kos.ok() && !dicom::read_kos(gateway::MemorySource(*kos), notes).ok()) std::abort();
  return 0;
}
