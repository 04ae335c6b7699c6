// Manifest to document Bundle (MadoFhirBundle), with the small resources in it.
#include "mappers/fhir/dates.h"
#include "mappers/fhir/manifest.h"
#include "mappers/fhir/manifest_parts.h"
#include "mappers/fhir/names.h"
#include "mappers/fhir/resource_parts.h"
#include "mappers/fhir/systems.h"

namespace mappers::fhir {
namespace {

using namespace mado;
using gateway::ErrorCode;
using gateway::Result;
using gateway::model::add_note;
using gateway::model::ManifestOrder;

class DocumentWriter {
 public:
  DocumentWriter(const Manifest& manifest, const RenderOptions& options, ManifestNotes& notes)
      : manifest_(manifest), options_(options), notes_(notes) {}

  void write(std::string& out) {
    JsonObject bundle(out);
    begin_resource(bundle, "Bundle", manifest_id(ManifestPart::Document, manifest_.study_uid),
                   "MadoFhirBundle");
    append_uid_identifier(bundle.member("identifier"), kUri, manifest_.uid);
    bundle.plain("type", "document");
    if (const std::string created = created_text(manifest_); !created.empty())
      bundle.plain("timestamp", created);
    else
      append_absent(bundle.member("_timestamp"));
    write_entries(bundle.member("entry"));
    note_missing();
  }

 private:
  void write_entries(std::string& out) {
    JsonArray entries(out);
    add(entries, "Composition", "mado-composition",
        [&](std::string& to) { append_composition(to, manifest_, options_); });
    add(entries, "ImagingStudy", imaging_study_id(manifest_.study_uid),
        [&](std::string& to) { append_study(to, manifest_, options_, notes_); });
    add(entries, "Patient", patient_id_of(manifest_), [&](std::string& to) { append_patient(to); });
    for (const Source& source : sources_of(manifest_))
      add(entries, "Endpoint", source.id, [&](std::string& to) { append_source(to, source); });
    if (!manifest_.viewer_url.empty())
      add(entries, "Endpoint", kViewerId, [&](std::string& to) { append_viewer(to); });
    add(entries, "Device", kCreatorId, [&](std::string& to) { append_creator(to); });
    add(entries, "Organization", kOrganizationId, [&](std::string& to) { append_organization(to); });
    for (const ManifestOrder& order : manifest_.orders)
      add(entries, "ServiceRequest", order_id(order), [&](std::string& to) { append_order(to, order); });
  }

  template <class Append>
  static void add(JsonArray& entries, std::string_view type, std::string_view id, Append append) {
    JsonObject entry(entries.item());
    entry.plain("fullUrl", urn_of(type, id));
    append(entry.member("resource"));
  }

  // MadoPatient
  void append_patient(std::string& out) {
    const auto& subject = manifest_.subject;
    JsonObject patient(out);
    begin_resource(patient, "Patient", patient_id_of(manifest_), "MadoPatient");
    add_patient_ids(patient);
    std::string names;
    if (append_human_names(names, subject.name)) patient.member("name") += names;
    const std::string_view gender = subject.sex == "M"   ? "male"
                                    : subject.sex == "F" ? "female"
                                    : subject.sex == "O" ? "other"
                                                         : "unknown";
    patient.plain("gender", gender);
    patient.text("birthDate", fhir_date(subject.birth_date));
    if (!subject.birth_date.empty() && fhir_date(subject.birth_date).empty())
      add_note(notes_, Kind::Lost, "a birth date that is no date", "Patient.birthDate");
  }

  void add_patient_ids(JsonObject& patient) {
    const auto& subject = manifest_.subject;
    if (fhir_text(subject.patient_id).empty() && subject.other_ids.empty()) return;
    JsonArray identifiers(patient.member("identifier"));
    if (!fhir_text(subject.patient_id).empty()) {
      const bool both = !subject.issuer_entity.empty() && !subject.issuer.empty();
      JsonObject identifier(identifiers.item());
      identifier.plain("use", "usual");
      identifier.text(
          "system",
          patient_system(both ? subject.issuer_entity : subject.issuer + subject.issuer_entity, options_));
      identifier.text("value", subject.patient_id);
      if (both) JsonObject(identifier.member("assigner")).text("display", subject.issuer);
    }
    for (const auto& other : subject.other_ids) {
      JsonObject identifier(identifiers.item());
      identifier.text("system", patient_system(other.issuer, options_));
      identifier.text("value", other.value);
    }
  }

  // MadoWadoEndpoint
  static void append_source(std::string& out, const Source& source) {
    JsonObject endpoint(out);
    begin_resource(endpoint, "Endpoint", source.id, "MadoWadoEndpoint");
    {
      JsonArray extensions(endpoint.member("extension"));
      JsonObject extension(extensions.item());
      extension.text("url", std::string(kProfiles) + "MadoRetrieveLocationUIDExtension");
      if (source.location_uid.empty())
        append_absent(extension.member("_valueString"));
      else
        extension.text("valueString", source.location_uid);
    }
    endpoint.plain("status", "active");
    append_coding(endpoint.member("connectionType"), kConnection, "dicom-wado-rs", "DICOM WADO-RS");
    add_payload(endpoint, "DICOM WADO-RS", {"application/dicom", "application/dicom+json"});
    endpoint.text("address", source.url.empty() ? kUnknownAddress : std::string_view(source.url));
    if (source.url.empty()) append_absent(endpoint.member("_address"));
  }

  // MadoWebViewerEndpoint
  void append_viewer(std::string& out) {
    JsonObject endpoint(out);
    begin_resource(endpoint, "Endpoint", kViewerId, "MadoWebViewerEndpoint");
    endpoint.plain("status", "active");
    append_coding(endpoint.member("connectionType"), kConnection, "ihe-iid", "IHE IID");
    add_payload(endpoint, {}, {"text/html"});
    endpoint.text("address", manifest_.viewer_url);
  }

  static void add_payload(JsonObject& endpoint, std::string_view text,
                          std::initializer_list<std::string_view> media_types) {
    {
      JsonArray types(endpoint.member("payloadType"));
      JsonObject type(types.item());
      {
        JsonArray codings(type.member("coding"));
        append_coding(codings.item(), kPayload, "none", "None");
      }
      type.text("text", text);
    }
    JsonArray types(endpoint.member("payloadMimeType"));
    for (const std::string_view type : media_types) types.text(type);
  }

  // MadoCreator
  void append_creator(std::string& out) {
    const auto& creator = manifest_.creator;
    JsonObject device(out);
    begin_resource(device, "Device", kCreatorId, "MadoCreator");
    device.text("manufacturer", creator.manufacturer);
    if (!fhir_text(creator.model_name).empty()) {
      JsonArray names(device.member("deviceName"));
      JsonObject name(names.item());
      name.text("name", creator.model_name);
      name.plain("type", "model-name");
    }
    {
      JsonObject type(device.member("type"));
      JsonArray codings(type.member("coding"));
      append_coding(codings.item(), kDeviceType, "mado-creator", "MADO Creator");
    }
    if (!fhir_text(creator.software_version).empty()) {
      JsonArray versions(device.member("version"));
      JsonObject(versions.item()).text("value", creator.software_version);
    }
    append_urn_reference(device.member("owner"), "Organization", kOrganizationId);
  }

  // MadoCreatorOrganization; a name or an identifier has to be there (R4 invariant org-1).
  void append_organization(std::string& out) {
    const auto& creator = manifest_.creator;
    JsonObject organization(out);
    begin_resource(organization, "Organization", kOrganizationId, "MadoCreatorOrganization");
    if (!creator.organization_id.empty()) {
      JsonArray identifiers(organization.member("identifier"));
      JsonObject identifier(identifiers.item());
      if (!creator.organization_id.issuer.empty())
        identifier.text("system", patient_system(creator.organization_id.issuer, options_));
      identifier.text("value", creator.organization_id.value);
    }
    if (!fhir_text(creator.organization).empty())
      organization.text("name", creator.organization);
    else if (creator.organization_id.empty())
      append_absent(organization.member("_name"));
  }

  // MadoRequestedProcedure
  void append_order(std::string& out, const ManifestOrder& order) {
    JsonObject request(out);
    begin_resource(request, "ServiceRequest", order_id(order), "MadoRequestedProcedure");
    {
      JsonArray identifiers(request.member("identifier"));
      append_identifier(identifiers.item(), order.accession, Giver::Accession, options_);
      if (!order.placer.empty()) append_identifier(identifiers.item(), order.placer, Giver::Placer, options_);
      if (!order.filler.empty()) append_identifier(identifiers.item(), order.filler, Giver::Filler, options_);
    }
    request.plain("status", "completed");
    request.plain("intent", "order");
    {
      JsonArray categories(request.member("category"));
      JsonObject category(categories.item());
      JsonArray codings(category.member("coding"));
      append_coding(codings.item(), kSnomed, "363679005", "Imaging");
    }
    append_urn_reference(request.member("subject"), "Patient", patient_id_of(manifest_));
  }

  void note_missing() {
    const auto missing = [&](bool absent, const char* what, const char* where) {
      if (absent) add_note(notes_, Kind::Missing, what, where);
    };
    missing(manifest_.created_us == 0, "when the manifest was made", "Bundle.timestamp");
    missing(manifest_.creator.organization.empty(), "the name of the organization that made the manifest",
            "Organization.name");
    for (const Source& source : sources_of(manifest_)) {
      missing(source.url.empty(), "the address of the images", "Endpoint.address");
      missing(source.location_uid.empty(), "the Retrieve Location UID", "Endpoint.extension");
    }
    for (const auto& series : manifest_.series) {
      missing(series.modality.value.empty(), "the modality of a series", "ImagingStudy.series.modality");
      missing(series.instances.empty(), "the instances of a series", "ImagingStudy.series.instance");
    }
  }

  const Manifest& manifest_;
  const RenderOptions& options_;
  ManifestNotes& notes_;
};

}  // namespace

Result<std::string> manifest_bundle(const Manifest& manifest, const RenderOptions& options,
                                    ManifestNotes& notes) {
  if (manifest.uid.empty() || manifest.study_uid.empty() || manifest.series.empty())
    return gateway::fail(ErrorCode::InvalidParameter, "a manifest needs a UID, a study and its series",
                         "Bundle.identifier, ImagingStudy.identifier, ImagingStudy.series");
  std::string out;
  DocumentWriter(manifest, options, notes).write(out);
  return out;
}

}  // namespace mappers::fhir
