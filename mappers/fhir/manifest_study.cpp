// ImagingStudy of a manifest (MadoImagingStudy).
#include "mappers/fhir/dates.h"
#include "mappers/fhir/manifest_parts.h"
#include "mappers/fhir/resource_parts.h"
#include "mappers/fhir/systems.h"

namespace mappers::fhir::mado {
namespace {

using gateway::model::add_note;
using gateway::model::ManifestInstance;
using gateway::model::ManifestSeries;

constexpr std::int64_t kMaxNumber = 2'147'483'647;  // FHIR R4 unsignedInt

class StudyWriter {
 public:
  StudyWriter(const Manifest& manifest, const RenderOptions& options, ManifestNotes& notes)
      : manifest_(manifest), options_(options), notes_(notes) {}

  void write(std::string& out) {
    JsonObject study(out);
    begin_resource(study, "ImagingStudy", imaging_study_id(manifest_.study_uid), "MadoImagingStudy");
    add_regions(study);
    {
      JsonArray identifiers(study.member("identifier"));
      append_uid_identifier(identifiers.item(), kDicomUid, manifest_.study_uid);
    }
    study.plain("status", "available");
    add_modalities(study);
    append_urn_reference(study.member("subject"), "Patient", patient_id_of(manifest_));
    study.text("started", moment(manifest_.date, manifest_.time, "Study Time (0008,0030)"));
    add_based_on(study);
    if (!manifest_.viewer_url.empty()) add_endpoint(study, kViewerId);
    study.number("numberOfSeries", manifest_.series.size());
    study.number("numberOfInstances", manifest_.instance_count());
    add_procedures(study);
    study.text("description", manifest_.description);
    JsonArray list(study.member("series"));
    for (const ManifestSeries& series : manifest_.series) append_series(list.item(), series);
  }

 private:
  void add_regions(JsonObject& study) {
    if (manifest_.regions.empty()) return;
    JsonArray extensions(study.member("extension"));
    for (const Code& region : manifest_.regions) {
      JsonObject extension(extensions.item());
      extension.text("url", std::string(kProfiles) + "MadoAnatomicalRegionExtension");
      JsonObject concept_object(extension.member("valueCodeableConcept"));
      JsonArray codings(concept_object.member("coding"));
      append_code(codings.item(), region, options_);
    }
  }

  void add_modalities(JsonObject& study) {
    if (manifest_.modalities.empty()) return;
    JsonArray modalities(study.member("modality"));
    for (const Code& modality : manifest_.modalities) append_modality(modalities.item(), modality);
  }

  void append_modality(std::string& out, const Code& modality) {
    if (modality.value.empty())
      append_absent(out);
    else
      append_code(out, modality, options_);
  }

  // A time without a known zone cannot be said in FHIR (R4 datatypes, dateTime).
  std::string moment(const std::string& date, const std::string& time, std::string_view where) {
    std::string text = fhir_date_time(date, time, manifest_.timezone_offset);
    if (!time.empty() && text.size() <= 10)
      add_note(notes_, Kind::Lost, "a time, whose time zone is not known", std::string(where));
    return text;
  }

  // Only the first order: the profile allows no second reference of any kind.
  void add_based_on(JsonObject& study) {
    if (manifest_.orders.empty()) return;
    const auto& order = manifest_.orders.front();
    JsonArray list(study.member("basedOn"));
    JsonObject reference(list.item());
    reference.text("reference", urn_of("ServiceRequest", order_id(order)));
    reference.plain("type", "ServiceRequest");
    append_identifier(reference.member("identifier"), order.accession, Giver::Accession, options_);
  }

  void add_endpoint(JsonObject& object, std::string_view id) {
    JsonArray endpoints(object.member("endpoint"));
    append_urn_reference(endpoints.item(), "Endpoint", id);
  }

  // mado-reqproc-1 asks for a text or display: without a procedure the description of the study says it.
  void add_procedures(JsonObject& study) {
    JsonArray procedures(study.member("procedureCode"));
    for (const Code& code : manifest_.procedures) append_codeable(procedures.item(), code, options_);
    if (!manifest_.procedures.empty()) return;
    JsonObject procedure(procedures.item());
    if (fhir_text(manifest_.description).empty())
      append_absent(procedure.member("_text"));
    else
      procedure.text("text", manifest_.description);
  }

  void add_number(JsonObject& object, const std::optional<std::int64_t>& number, std::string_view where) {
    if (!number) return;
    if (*number >= 0 && *number <= kMaxNumber)
      object.number("number", static_cast<std::uint64_t>(*number));
    else
      add_note(notes_, Kind::Lost, "a number below zero", std::string(where));
  }

  static void add_uid(JsonObject& object, std::string_view uid) {
    if (is_fhir_id(uid))
      object.plain("uid", uid);
    else
      append_absent(object.member("_uid"), "error");
  }

  void append_series(std::string& out, const ManifestSeries& from) {
    JsonObject series(out);
    add_uid(series, from.uid);
    add_number(series, from.number, "Series Number (0020,0011)");
    append_modality(series.member("modality"), from.modality);
    series.text("description", from.description);
    series.number("numberOfInstances", from.instances.size());
    add_endpoint(series, source_id(from.retrieve_url, from.location_uid));
    if (!from.body_site.value.empty()) append_code(series.member("bodySite"), from.body_site, options_);
    if (!from.laterality.value.empty()) append_code(series.member("laterality"), from.laterality, options_);
    series.text("started", moment(from.date, from.time, "Series Time (0008,0031)"));
    if (from.instances.empty()) return;
    JsonArray instances(series.member("instance"));
    for (const ManifestInstance& instance : from.instances) append_instance(instances.item(), instance);
  }

  void append_instance(std::string& out, const ManifestInstance& from) {
    JsonObject instance(out);
    add_extensions(instance, from);
    add_uid(instance, from.uid);
    if (is_oid(from.sop_class_uid))
      append_coding(instance.member("sopClass"), kUri, "urn:oid:" + from.sop_class_uid);
    else
      append_absent(instance.member("sopClass"));
    add_number(instance, from.number, "Instance Number (0020,0013)");
    instance.text("title", from.description);
  }

  void add_extensions(JsonObject& instance, const ManifestInstance& from) {
    const bool frames = from.frames && *from.frames > 0 && *from.frames <= kMaxNumber;
    if (!frames && from.title.value.empty()) return;
    JsonArray extensions(instance.member("extension"));
    if (frames) {
      JsonObject extension(extensions.item());
      extension.text("url", std::string(kProfiles) + "MadoNumberOfFrames");
      extension.number("valueInteger", static_cast<std::uint64_t>(*from.frames));
    }
    if (from.title.value.empty()) return;
    JsonObject extension(extensions.item());
    extension.text("url", std::string(kProfiles) + "MadoKeyObjectDocumentTitle");
    JsonObject concept_object(extension.member("valueCodeableConcept"));
    JsonArray codings(concept_object.member("coding"));
    append_code(codings.item(), from.title, options_);
  }

  const Manifest& manifest_;
  const RenderOptions& options_;
  ManifestNotes& notes_;
};

}  // namespace

void append_study(std::string& out, const Manifest& manifest, const RenderOptions& options,
                  ManifestNotes& notes) {
  StudyWriter(manifest, options, notes).write(out);
}

}  // namespace mappers::fhir::mado
