// The imaging study manifest as a FHIR R4 document Bundle (IHE RAD MADO 0.1.0, MadoFhirBundle), and manifests
// from the image index.
//
// Written: with the choices of packs.h, one urn:uuid for each resource that depends on its content only.
// Read: that, the official examples, references as urn:Type/id or Type/id, the extensions of HL7 Europe, UIDs
// with and without "urn:oid:". What is missing or cannot be said is noted. Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "gateway/model/manifest.h"
#include "mappers/fhir/render.h"

namespace mappers::fhir {

// What a gateway says beside the records of its index.
struct ManifestOrigin {
  std::string retrieve_url;  // base of its DICOMweb service, "https://host/dicomweb"
  std::string location_uid;  // of this source; empty: derived from retrieve_url
  std::string viewer_url;    // "{study}" in it stands for the Study Instance UID; empty: no viewer
  gateway::model::ManifestCreator creator;
};

// The manifest of a study of the index, its series and instances filled; the same for the same version of the
// study. Body parts, sides and regions become SNOMED CT codes.
gateway::model::Manifest manifest_of(const gateway::model::StudyRow& row, const ManifestOrigin& origin,
                                     const RenderOptions& options);
// Its UID alone: of what the row says without its series.
std::string manifest_uid(const gateway::model::StudyRow& row, const ManifestOrigin& origin);

// Ids of what the gateway makes of a study: Bundle and Binary "mado-...", DocumentReferences "mado-fhir-..."
// and "mado-kos-...". Behind the prefix stands the id of the ImagingStudy, or, when that would be too long,
// its UID packed as "z" and digits of base 36.
enum class ManifestPart : std::uint8_t { Document, FhirReference, KosReference };
std::string manifest_id(ManifestPart part, std::string_view study_uid);
// The id of the ImagingStudy behind such an id; empty when it is none.
std::string study_id_of(ManifestPart part, std::string_view id);

// The Bundle as compact JSON. Error: InvalidParameter for a manifest without UID, study or series.
gateway::Result<std::string> manifest_bundle(const gateway::model::Manifest& manifest,
                                             const RenderOptions& options,
                                             gateway::model::ManifestNotes& notes);

// Error: InvalidBody for what is no Bundle with one ImagingStudy, with a UID and series.
gateway::Result<gateway::model::Manifest> read_manifest_bundle(const gateway::Value& bundle,
                                                               const RenderOptions& options,
                                                               gateway::model::ManifestNotes& notes);

}  // namespace mappers::fhir
