#include <algorithm>

#include "gateway/base/text.h"
#include "mappers/fhir/dates.h"
#include "mappers/fhir/names.h"
#include "mappers/fhir/render.h"
#include "mappers/fhir/resource_parts.h"
#include "mappers/fhir/systems.h"

namespace mappers::fhir {
namespace {

using gateway::model::Code;
using gateway::model::Instance;
using gateway::model::Series;
using gateway::model::SeriesRow;
using gateway::model::Study;
using gateway::model::StudyRow;

constexpr std::int64_t kMaxUnsignedInt = 2'147'483'647;  // FHIR R4 unsignedInt

// (0020,0011), (0020,0013): FHIR has no negative numbers here.
void add_number(JsonObject& object, const std::optional<std::int64_t>& number) {
  if (number && *number >= 0 && *number <= kMaxUnsignedInt)
    object.number("number", static_cast<std::uint64_t>(*number));
}

// series.uid and instance.uid are of type id; a UID that breaks PS3.5 section 9 is not one.
void add_uid(JsonObject& object, std::string_view uid) {
  if (is_fhir_id(uid))
    object.plain("uid", uid);
  else
    append_absent(object.member("_uid"), "error");
}

void append_modality(std::string& out, std::string_view modality, const RenderOptions& options) {
  const std::string code = fhir_code(modality);
  if (code.empty()) return append_absent(out);
  const Concept* known = options.terminology->modalities.find(code);
  append_coding(out, kDcm, code, known ? std::string_view(known->display) : std::string_view());
}

// modality: the modalities of the series, each once (0008,0061)
void add_modalities(JsonObject& study, const StudyRow& row, const RenderOptions& options) {
  const auto known = [](const std::string& modality) { return !fhir_code(modality).empty(); };
  if (std::none_of(row.modalities.begin(), row.modalities.end(), known)) return;
  JsonArray modalities(study.member("modality"));
  for (const auto& modality : row.modalities)
    if (known(modality)) append_modality(modalities.item(), modality, options);
}

// A coded concept as CodeableConcept; the meaning stays as text, so a concept without a scheme is not lost.
bool append_concept(std::string& out, const Code& code, const RenderOptions& options) {
  const std::string value = fhir_code(code.value), system = coding_system(fhir_text(code.scheme), options);
  const std::string meaning = fhir_text(code.meaning);
  if (value.empty() && meaning.empty()) return false;
  JsonObject concept_object(out);
  if (!value.empty()) {
    JsonArray codings(concept_object.member("coding"));
    append_coding(codings.item(), system, value, meaning);
  }
  concept_object.text("text", meaning);
  return true;
}

// identifier: Study Instance UID (0020,000D) with DCM#110180, and Study ID (0020,0010), which has no system.
void add_identifiers(JsonObject& study, const Study& record) {
  JsonArray identifiers(study.member("identifier"));
  {
    JsonObject identifier(identifiers.item());
    {
      JsonObject type(identifier.member("type"));
      JsonArray codings(type.member("coding"));
      append_coding(codings.item(), kDcm, "110180", "Study Instance UID");
    }
    identifier.plain("system", kDicomUid);
    identifier.text("value", "urn:oid:" + record.uid);
  }
  if (fhir_text(record.study_id).empty()) return;
  JsonObject identifier(identifiers.item());
  identifier.member("type") += R"({"text":"Study ID"})";
  identifier.text("value", record.study_id);
}

// basedOn: a logical reference that is the Accession Number (0008,0050) with its issuer (0008,0051).
void add_based_on(JsonObject& study, const Study& record, const RenderOptions& options) {
  const std::string accession = fhir_text(record.accession_number);
  if (accession.empty()) return;
  JsonArray orders(study.member("basedOn"));
  JsonObject order(orders.item());
  order.plain("type", "ServiceRequest");
  JsonObject identifier(order.member("identifier"));
  {
    JsonObject type(identifier.member("type"));
    JsonArray codings(type.member("coding"));
    append_coding(codings.item(), kIdentifierType, "ACSN", "Accession ID");
  }
  identifier.text("system", accession_system(fhir_text(record.accession_issuer), options));
  identifier.text("value", accession);
}

// procedureCode: every item of Procedure Code Sequence (0008,1032)
void add_procedures(JsonObject& study, const Study& record, const RenderOptions& options) {
  std::string items;
  for (const Code& code : record.procedures) {
    std::string item;
    if (!append_concept(item, code, options)) continue;
    if (!items.empty()) items += ',';
    items += item;
  }
  if (!items.empty()) study.member("procedureCode") += "[" + items + "]";
}

// bodySite: the first coded Anatomic Region (0008,2218), else Body Part Examined (0018,0015)
void add_body_site(JsonObject& object, const Series& series, const RenderOptions& options) {
  for (const Code& region : series.anatomic_regions) {
    const std::string system = coding_system(fhir_text(region.scheme), options);
    if (fhir_code(region.value).empty() || system.empty()) continue;
    return append_coding(object.member("bodySite"), system, region.value, region.meaning);
  }
  const std::string part = fhir_code(series.body_part);
  if (part.empty()) return;
  if (const Concept* known = options.terminology->body_parts.find(part))
    append_coding(object.member("bodySite"), kSnomed, known->code, known->display);
  else
    append_coding(object.member("bodySite"), body_part_system(options), part, part);
}

void add_laterality(JsonObject& object, const Series& series, const RenderOptions& options) {
  if (const Concept* side = options.terminology->lateralities.find(series.laterality))
    append_coding(object.member("laterality"), kSnomed, side->code, side->display);
}

struct Performer {
  std::string_view function, meaning, type;
  std::string display;
};

// performer: who (0008,1050), with what (0008,0070, 1090, 1010), where (0008,0080): names only, nothing to
// link to.
void add_performers(JsonObject& object, const Series& series) {
  std::string device;
  for (const auto* part : {&series.manufacturer, &series.model_name, &series.station_name}) {
    const std::string text = fhir_text(*part);
    if (!text.empty()) device += (device.empty() ? "" : " ") + text;
  }
  const Performer performers[] = {
      {"PRF", "performer", "Practitioner", display_name(series.performing_physician)},
      {"DEV", "device", "Device", std::move(device)},
      {"LOC", "location", "Organization", fhir_text(series.institution)},
  };
  if (std::all_of(std::begin(performers), std::end(performers),
                  [](const auto& p) { return p.display.empty(); }))
    return;
  JsonArray list(object.member("performer"));
  for (const Performer& performer : performers) {
    if (performer.display.empty()) continue;
    JsonObject item(list.item());
    {
      JsonObject function(item.member("function"));
      JsonArray codings(function.member("coding"));
      append_coding(codings.item(), "http://terminology.hl7.org/CodeSystem/v3-ParticipationType",
                    performer.function, performer.meaning);
    }
    append_display_reference(item.member("actor"), performer.type, performer.display);
  }
}

// As urn:oid in the URI system (R4 binding to the SOP classes of PS3.4)
void append_sop_class(std::string& out, std::string_view uid) {
  if (!is_oid(uid)) return append_absent(out);
  out += R"({"system":"urn:ietf:rfc:3986","code":"urn:oid:)";
  out += uid;
  out += "\"}";
}

// ImagingStudy.series.instance
void append_instance(std::string& out, const Instance& record) {
  JsonObject instance(out);
  add_uid(instance, record.uid);
  append_sop_class(instance.member("sopClass"), record.sop_class_uid);
  add_number(instance, record.number);
  // Document title of SR and KO objects: Concept Name Code Sequence (0040,A043)
  if (!record.concept_name.empty()) instance.text("title", record.concept_name.front().meaning);
}

void append_series(std::string& out, const SeriesRow& row, const Study& study, const RenderOptions& options) {
  JsonObject series(out);
  const Series& record = row.series;
  add_uid(series, record.uid);
  add_number(series, record.number);
  append_modality(series.member("modality"), record.modality, options);
  series.text("description", record.description);
  series.number("numberOfInstances", row.instance_count);
  add_body_site(series, record, options);
  add_laterality(series, record, options);
  if (const auto started =
          fhir_date_time(record.date, record.time, study.timezone_offset, options.zone_offset);
      !started.empty())
    series.plain("started", started);
  add_performers(series, record);
  if (row.instances.empty()) return;
  JsonArray instances(series.member("instance"));
  for (const Instance& instance : row.instances) append_instance(instances.item(), instance);
}

std::string reference(std::string_view type, std::string_view id, const References& references) {
  return references.by_urn ? urn_of(type, id) : std::string(type) + "/" + std::string(id);
}

// subject, started, referrer, endpoint
void add_context(JsonObject& study, const StudyRow& row, const RenderOptions& options,
                 const References& references) {
  study.member("subject") += "{\"reference\":\"" + reference("Patient", row.subject.key, references) + "\"}";
  if (const auto started =
          fhir_date_time(row.study.date, row.study.time, row.study.timezone_offset, options.zone_offset);
      !started.empty())
    study.plain("started", started);
  add_based_on(study, row.study, options);
  if (const auto referrer = display_name(row.study.referring_physician); !referrer.empty())
    append_display_reference(study.member("referrer"), "Practitioner", referrer);
  if (references.endpoint)
    study.member("endpoint") +=
        "[{\"reference\":\"" + reference("Endpoint", kEndpointId, references) + "\"}]";
}

}  // namespace

// FHIR R4 ImagingStudy; the DICOM attributes are those of the official mapping of the resource.
void append_imaging_study(std::string& out, const StudyRow& row, const RenderOptions& options,
                          const References& references) {
  JsonObject study(out);
  study.plain("resourceType", "ImagingStudy");
  study.plain("id", imaging_study_id(row.study.uid));
  add_meta(study, std::to_string(row.version), row.updated_us);
  add_identifiers(study, row.study);
  study.plain("status", "available");
  add_modalities(study, row, options);
  add_context(study, row, options, references);
  study.number("numberOfSeries", row.series_count);
  study.number("numberOfInstances", row.instance_count);
  add_procedures(study, row.study, options);
  study.text("description", row.study.description);
  if (row.series.empty()) return;
  JsonArray list(study.member("series"));
  for (const SeriesRow& series : row.series) append_series(list.item(), series, row.study, options);
}

}  // namespace mappers::fhir
