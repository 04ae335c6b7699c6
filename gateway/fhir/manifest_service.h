// Manifests of studies of the image index, made when they are asked for (IHE RAD MADO): the document Bundle,
// the Key Object Selection document, and the study they are of.
//
// A manifest is the same as long as its study and this server's address are. Pure but for reads of the index;
// thread-safe. Errors: those of the index.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/fhir/face.h"
#include "mappers/fhir/manifest.h"

namespace gateway::fhir {

enum class ManifestForm : std::uint8_t { Fhir, Kos };

struct ManifestDocument {
  std::string bytes;
  std::string version;  // of the study
  std::int64_t updated_us = 0;
};

// What this server says of itself, as the request at hand sees it. `dicomweb` is "https://host/dicomweb".
mappers::fhir::ManifestOrigin manifest_origin(const FhirFace& face, const std::string& dicomweb);

// The manifest of the study with this ImagingStudy id; nothing when there is none.
Result<std::optional<ManifestDocument>> manifest_document(const FhirFace& face, const std::string& dicomweb,
                                                          std::string_view study_id, ManifestForm form);
// Any manifest in one of its forms. Errors: as manifest_bundle() and write_kos().
Result<std::string> encoded(const model::Manifest& manifest, ManifestForm form, const FhirFace& face,
                            model::ManifestNotes& notes);

// Binary with an attachment, as FHIR JSON.
std::string binary_json(std::string_view id, std::string_view content_type, const ManifestDocument& document);

}  // namespace gateway::fhir
