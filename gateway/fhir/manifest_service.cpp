#include "gateway/fhir/manifest_service.h"

#include "gateway/fhir/audit_event.h"
#include "mappers/dicom/kos.h"
#include "mappers/fhir/json_writer.h"
#include "mappers/fhir/resource_parts.h"

namespace gateway::fhir {

mappers::fhir::ManifestOrigin manifest_origin(const FhirFace& face, const std::string& dicomweb) {
  mappers::fhir::ManifestOrigin origin = face.config().manifest;
  origin.retrieve_url = dicomweb;
  if (origin.creator.software_version.empty())
    origin.creator.software_version = face.config().software_version;
  return origin;
}

Result<std::string> encoded(const model::Manifest& manifest, ManifestForm form, const FhirFace& face,
                            model::ManifestNotes& notes) {
  if (form == ManifestForm::Kos) return mappers::dicom::write_kos(manifest, notes);
  return mappers::fhir::manifest_bundle(manifest, face.render(), notes);
}

Result<std::optional<ManifestDocument>> manifest_document(const FhirFace& face, const std::string& dicomweb,
                                                          std::string_view study_id, ManifestForm form) {
  const auto uid = TRY(face.study_uid(study_id));
  if (!uid) return std::optional<ManifestDocument>();
  model::Query query;
  query.limit = 1;
  query.matches.push_back({"study.uid", model::Match::Kind::AnyOf, {*uid}, {}, {}});
  const auto rows = TRY(face.index().studies(query, model::Depth::Instances));
  if (rows.empty()) return std::optional<ManifestDocument>();
  model::ManifestNotes notes;
  const auto manifest = mappers::fhir::manifest_of(rows[0], manifest_origin(face, dicomweb), face.render());
  return std::optional(ManifestDocument{TRY(encoded(manifest, form, face, notes)),
                                        std::to_string(rows[0].version), rows[0].updated_us});
}

std::string binary_json(std::string_view id, std::string_view content_type,
                        const ManifestDocument& document) {
  std::string json;
  {
    mappers::fhir::JsonObject binary(json);
    binary.plain("resourceType", "Binary");
    binary.text("id", id);
    mappers::fhir::add_meta(binary, document.version, document.updated_us);
    binary.text("contentType", content_type);
    binary.plain("data", base64_of(document.bytes));
  }
  return json;
}

}  // namespace gateway::fhir
