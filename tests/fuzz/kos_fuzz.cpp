// Key Object documents and content trees, on any bytes: what is read can be written in both encodings of a
// manifest, and comes back the same. Seeds: the Key Object documents of the shared corpus.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "mappers/dicom/content_tree.h"
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

void check_tree(const gateway::ByteSource& source) {
  const auto file = dicom::read_file(source);
  if (!file.ok()) return;
  std::vector<dicom::Finding> findings;
  const auto tree = dicom::read_content_tree(file->data, findings);
  if (!tree.ok()) return;
  dicom::Draft draft;
  dicom::write_content_tree(draft, *tree);
  std::string bytes;
  draft.encode(bytes, dicom::Encoding::ExplicitLittle);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const gateway::MemorySource source(gateway::ByteSpan(reinterpret_cast<const std::byte*>(data), size));
  check_tree(source);
  gateway::model::ManifestNotes notes;
  const auto manifest = dicom::read_kos(source, notes);
  if (!manifest.ok()) return 0;
  (void)dicom::write_kos(*manifest, notes).ok();
  const auto bundle = fhir::manifest_bundle(*manifest, options(), notes);
  if (!bundle.ok()) return 0;
  if (!gateway::is_utf8(*bundle)) std::abort();
  const auto json = gateway::codec::parse_json(*bundle);
  if (!json.ok()) std::abort();
  (void)fhir::read_manifest_bundle(*json, options(), notes).ok();
  return 0;
}
