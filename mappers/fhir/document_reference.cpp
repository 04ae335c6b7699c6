#include "mappers/fhir/document_reference.h"

#include <algorithm>

#include "gateway/base/clock.h"
#include "mappers/fhir/dates.h"
#include "mappers/fhir/manifest_parts.h"
#include "mappers/fhir/names.h"
#include "mappers/fhir/resource_parts.h"
#include "mappers/fhir/systems.h"

namespace mappers::fhir {
namespace {

using namespace mado;
using gateway::model::StudyRow;

constexpr std::string_view kR5 = "http://hl7.org/fhir/5.0/StructureDefinition/extension-DocumentReference.";

class ReferenceWriter {
 public:
  ReferenceWriter(ManifestPart part, const StudyRow& row, Manifest manifest, std::string_view base,
                  const RenderOptions& options)
      : fhir_(part == ManifestPart::FhirReference),
        part_(part),
        row_(row),
        manifest_(std::move(manifest)),
        base_(base),
        options_(options) {}

  void write(std::string& out) {
    JsonObject document(out);
    document.plain("resourceType", "DocumentReference");
    document.plain("id", manifest_id(part_, row_.study.uid));
    add_meta(document, std::to_string(row_.version), row_.updated_us,
             std::string(kProfiles) +
                 (fhir_ ? "MadoFhirDocumentReference" : "MadoDicomKosDocumentReference") + "|" +
                 std::string(kRelease));
    add_extensions(document);
    append_uid_identifier(document.member("masterIdentifier"), kUri, manifest_.uid);
    {
      JsonArray identifiers(document.member("identifier"));
      append_uid_identifier(identifiers.item(), kUri, manifest_.uid);
    }
    document.plain("status", "current");
    append_coded(document.member("type"), kLoinc, kImagingStudyDocument, "Diagnostic imaging Study");
    {
      JsonArray categories(document.member("category"));
      append_coded(categories.item(), kDocumentCategory, kImagingCategory, kImagingCategory);
    }
    add_subject(document);
    document.text("date", created_text(manifest_));
    add_relation(document);
    document.text("description", description());
    add_content(document);
    add_context(document);
  }

 private:
  // Cross-version extensions of R5
  void add_extensions(JsonObject& document) {
    JsonArray extensions(document.member("extension"));
    {
      JsonObject extension(extensions.item());
      extension.text("url", std::string(kR5) + "modality");
      append_codes(extension.member("valueCodeableConcept"), manifest_.modalities);
    }
    if (manifest_.regions.empty()) return;
    JsonObject extension(extensions.item());
    extension.text("url", std::string(kR5) + "bodySite");
    JsonArray inner(extension.member("extension"));
    JsonObject concept_part(inner.item());
    concept_part.plain("url", "concept");
    append_codes(concept_part.member("valueCodeableConcept"), manifest_.regions);
  }

  void append_codes(std::string& out, const std::vector<Code>& codes) {
    if (codes.empty()) return append_absent(out);
    JsonObject concept_object(out);
    JsonArray codings(concept_object.member("coding"));
    for (const Code& code : codes) append_code(codings.item(), code, options_);
  }

  void add_subject(JsonObject& document) {
    JsonObject subject(document.member("subject"));
    subject.text("reference", "Patient/" + row_.subject.key);
    subject.plain("type", "Patient");
    subject.text("display", display_name(manifest_.subject.name));
  }

  void add_relation(JsonObject& document) {
    const ManifestPart other = fhir_ ? ManifestPart::KosReference : ManifestPart::FhirReference;
    JsonArray relations(document.member("relatesTo"));
    JsonObject relation(relations.item());
    relation.plain("code", "transforms");
    JsonObject target(relation.member("target"));
    target.text("reference", "DocumentReference/" + manifest_id(other, row_.study.uid));
    target.plain("type", "DocumentReference");
  }

  std::string description() const {
    const std::string words = fhir_text(manifest_.description);
    return "Imaging study manifest" + (words.empty() ? "" : ": " + words);
  }

  void add_content(JsonObject& document) {
    JsonArray list(document.member("content"));
    JsonObject content(list.item());
    if (fhir_) add_profile(content);
    {
      JsonObject attachment(content.member("attachment"));
      attachment.plain("contentType", fhir_ ? "application/fhir+json" : "application/dicom");
      // The narrative of the Bundle is ours; in what language the texts of the images are nobody says.
      if (fhir_)
        attachment.plain("language", "en");
      else
        append_absent(attachment.member("_language"));
      attachment.text("url", std::string(base_) + (fhir_ ? "/Bundle/" : "/Binary/") +
                                 manifest_id(ManifestPart::Document, row_.study.uid));
      attachment.plain("title", fhir_ ? "Imaging study manifest, FHIR" : "Imaging study manifest, DICOM");
      attachment.text("creation", created_text(manifest_));
    }
    if (fhir_)
      append_coding(content.member("format"), "http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode",
                    "urn:ihe:rad:MADO:fhir-manifest:2026");
    else
      append_coding(content.member("format"), "http://dicom.nema.org/resources/ontology/DCMUID",
                    "1.2.840.10008.5.1.4.1.1.88.59", "Key Object Selection Document");
  }

  static void add_profile(JsonObject& content) {
    JsonArray extensions(content.member("extension"));
    JsonObject extension(extensions.item());
    extension.text("url", std::string(kR5) + "content.profile");
    JsonArray inner(extension.member("extension"));
    JsonObject value(inner.item());
    value.plain("url", "value");  // the examples say "value[x]", which is no URI
    value.text("valueUri", std::string(kProfiles) + "MadoFhirBundle");
  }

  // facilityType: nothing in the images says what kind of house it is.
  void add_context(JsonObject& document) {
    JsonObject context(document.member("context"));
    {
      JsonObject period(context.member("period"));
      const std::string start = fhir_date_time(manifest_.date, manifest_.time, manifest_.timezone_offset);
      if (start.empty())
        append_absent(period.member("_start"));
      else
        period.plain("start", start);
      if (const std::string end = last_start(start); !start.empty() && !end.empty()) period.plain("end", end);
    }
    append_absent(context.member("facilityType"));
    append_coded(context.member("practiceSetting"), kSnomed, "394914008", "Radiology");
    JsonArray related(context.member("related"));
    add_related(related, "ImagingStudy",
                [&](std::string& to) { append_uid_identifier(to, kDicomUid, manifest_.study_uid); });
    if (manifest_.orders.empty() || manifest_.orders.front().accession.empty()) return;
    add_related(related, "ServiceRequest", [&](std::string& to) {
      append_identifier(to, manifest_.orders.front().accession, Giver::Accession, options_);
    });
  }

  // The last moment that the images tell of: when the last series began. Nothing when no series says when.
  std::string last_start(const std::string& study_start) const {
    std::string last;
    std::int64_t last_us = 0;
    const auto earliest = span_of(study_start);
    for (const auto& series : manifest_.series) {
      std::string start = fhir_date_time(series.date, series.time, manifest_.timezone_offset);
      const auto span = span_of(start);
      if (!span || !earliest || span->last_us < earliest->last_us) continue;
      if (!last.empty() && span->last_us <= last_us) continue;
      last = std::move(start);
      last_us = span->last_us;
    }
    return last;
  }

  template <class Append>
  static void add_related(JsonArray& related, std::string_view type, Append append) {
    JsonObject reference(related.item());
    reference.plain("type", type);
    append(reference.member("identifier"));
  }

  const bool fhir_;
  const ManifestPart part_;
  const StudyRow& row_;
  const Manifest manifest_;
  const std::string_view base_;
  const RenderOptions& options_;
};

}  // namespace

void append_document_reference(std::string& out, ManifestPart part, const StudyRow& row,
                               const ManifestOrigin& origin, std::string_view base,
                               const RenderOptions& options) {
  ReferenceWriter(part, row, manifest_of(row, origin, options), base, options).write(out);
}

}  // namespace mappers::fhir
