#include "mappers/fhir/read_series.h"

#include <algorithm>

#include "mappers/fhir/packs.h"
#include "mappers/fhir/read_parts.h"
#include "mappers/fhir/systems.h"

namespace mappers::fhir {
namespace {

using gateway::ErrorCode;
using gateway::Result;
using gateway::Value;
using gateway::model::Code;
using gateway::model::Instance;
using gateway::model::PersonName;
using gateway::model::Series;
using gateway::model::SeriesRow;
using gateway::model::Specimen;

constexpr std::string_view kKeyObjectSelection = "1.2.840.10008.5.1.4.1.1.88.59";

std::optional<std::int64_t> integer_of(const Value& object, std::string_view member) {
  const Value* value = object.find(member);
  const std::int64_t* number = value ? value->as_int() : nullptr;
  return number ? std::optional(*number) : std::nullopt;
}

// SNOMED CT of CID 244, and the codes that older exports use for one side of a pair.
std::string side_of(const Code& code, const RenderOptions& options) {
  if (code.value == "419161000") return "L";
  if (code.value == "419465000") return "R";
  const std::string* side = options.terminology->lateralities.source_of(code.value);
  return side ? *side : std::string();
}

void read_body_site(const Value& coded, Series& series, const RenderOptions& options) {
  const Value* site = coded.find("concept") ? coded.find("concept") : &coded;  // R5: CodeableReference
  const auto code = read_code(*site, options);
  if (!code) return;
  const Value* coding = items_of(*site, "coding").empty() ? site : &items_of(*site, "coding")[0];
  if (coding->text("system") == body_part_system(options)) {
    series.body_part = code->value;
    return;
  }
  series.anatomic_regions.push_back(*code);
  if (const std::string* part = options.terminology->body_parts.source_of(code->value))
    series.body_part = *part;
}

void read_device(const Value& device, Series& series) {
  series.manufacturer = device.text("manufacturer");
  series.device_serial = device.text("serialNumber");
  series.model_name = device.text("modelNumber");
  for (const Value& name : items_of(device, "deviceName")) {
    const std::string_view type = name.text("type");
    if (type == "user-friendly-name") series.station_name = name.text("name");
    if (type == "model-name" && series.model_name.empty()) series.model_name = name.text("name");
  }
  for (const Value& version : items_of(device, "version"))
    series.software_versions +=
        (series.software_versions.empty() ? "" : "\\") + std::string(version.text("value"));
  for (const Value& carrier : items_of(device, "udiCarrier")) series.udi = carrier.text("carrierHRF");
  for (const Value& identifier : items_of(device, "identifier")) {
    const Value* type = identifier.find("type");
    const std::string_view kind = type ? type->text("text") : "";
    if (identifier.text("system") == kDicomUid) series.device_uid = read_uid(identifier.text("value"));
    if (kind == "Device ID") series.device_id = identifier.text("value");
    if (kind == "Gantry ID") series.gantry_id = identifier.text("value");
  }
}

void read_organization(const Value& organization, Series& series, const RenderOptions& options) {
  series.institution = organization.text("name");
  if (const auto& addresses = items_of(organization, "address"); !addresses.empty())
    series.institution_address = addresses.front().text("text");
  for (const Value& identifier : items_of(organization, "identifier")) {
    Code code{std::string(identifier.text("value")), designator_of(identifier.text("system"), options),
              series.institution};
    if (code.scheme.empty()) code.scheme = identifier.text("system");
    series.institution_codes.push_back(std::move(code));
  }
}

// The function, else what kind of actor it is.
std::string function_of(const Value& performer, const Value* actor) {
  const Value* function = performer.find("function");
  for (const std::string_view code : {"PRF", "SPRF", "DEV", "LOC", "CST"})
    if (function && has_coding(*function, "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", code))
      return std::string(code);
  const std::string_view type = actor ? actor->text("resourceType") : "";
  return type == "Device" ? "DEV" : type == "Organization" ? "LOC" : "PRF";
}

void read_performer(const Value& performer, Series& series, const ReadContext& context) {
  const Value* reference = performer.find("actor");
  if (!reference) return;
  const Value* actor = context.target(*reference);
  const std::string function = function_of(performer, actor);
  if (function == "DEV") {
    if (actor)
      read_device(*actor, series);
    else
      series.model_name = reference->text("display");
  } else if (function == "LOC" || function == "CST") {
    if (!series.institution.empty()) return;
    if (actor)
      read_organization(*actor, series, context.options());
    else
      series.institution = reference->text("display");
  } else if (function == "PRF" && series.performing_physician.empty()) {
    context.read_person(*reference, series.performing_physician, series.performing_physician_ids);
    if (!series.performing_physician.empty()) series.performing_physicians = {series.performing_physician};
  } else {
    PersonName name;
    context.read_person(*reference, name, series.operator_ids);
    if (!name.empty()) series.operators.push_back(std::move(name));
  }
}

std::vector<Specimen> read_specimens(const Value& series, const RenderOptions& options) {
  std::vector<Specimen> specimens;
  for (const Value& reference : items_of(series, "specimen")) {
    Specimen specimen;
    specimen.description = reference.text("display");
    if (const Value* identifier = reference.find("identifier")) {
      if (identifier->text("system") == kDicomUid)
        specimen.uid = read_uid(identifier->text("value"));
      else
        specimen.identifier = read_number(*identifier, "specimen-id", options);
    }
    specimens.push_back(std::move(specimen));
  }
  return specimens;
}

// Acquisition parameters: the extension of the German core data set.
void read_acquisition(const Value& element, Series& series) {
  const std::pair<std::string_view, std::string Series::*> kParameters[] = {
      {"KVP", &Series::kvp},
      {"exposureTime", &Series::exposure_time},
      {"exposure", &Series::exposure},
      {"xRayTubeCurrent", &Series::tube_current}};
  for (const Value& extension : items_of(element, "extension")) {
    if (!extension.text("url").starts_with(kMiiExtension)) continue;
    for (const Value& item : items_of(extension, "extension"))
      for (const auto& [name, member] : kParameters) {
        const Value* quantity = item.text("url") == name ? item.find("valueQuantity") : nullptr;
        const Value* value = quantity ? quantity->find("value") : nullptr;
        if (!value) continue;
        if (const auto* decimal = value->as_decimal()) series.*member = decimal->text;
        if (const auto* number = value->as_int()) series.*member = std::to_string(*number);
      }
  }
}

// The title goes back to where the renderer takes it from for objects of this class.
void read_title(const Value& item, Instance& instance, const RenderOptions& options) {
  constexpr std::string_view kStructured = "1.2.840.10008.5.1.4.1.1.88.",
                             kEncapsulated = "1.2.840.10008.5.1.4.1.1.104.",
                             kPresentation = "1.2.840.10008.5.1.4.1.1.11.";
  const std::string_view title = item.text("title"), sop_class = instance.sop_class_uid;
  constexpr std::string_view kUrls[] = {kKeyObjectTitle};
  if (const Value* extension = find_extension(item, kUrls))
    if (const Value* coded = extension->find("valueCodeableConcept"))
      instance.concept_name =
          read_codes(Value(Value::Map{{"title", Value(Value::List{*coded})}}), "title", options);
  if (!instance.concept_name.empty() || title.empty()) return;
  if (sop_class.starts_with(kStructured) || sop_class == kKeyObjectSelection)
    instance.concept_name = {{{}, {}, std::string(title)}};
  else if (sop_class.starts_with(kEncapsulated))
    instance.document_title = title;
  else if (sop_class.starts_with(kPresentation))
    instance.content_label = title;
  else
    instance.image_type = title;
}

Result<Instance> read_instance(const Value& item, const std::string& path, const ReadContext& context,
                               std::vector<std::string>& losses) {
  Instance instance;
  instance.uid = read_uid(item.text("uid"));
  if (instance.uid.empty())
    return gateway::fail(ErrorCode::InvalidParameter, "an instance without a UID", path + "uid");
  if (const Value* sop_class = item.find("sopClass"))
    instance.sop_class_uid = read_uid(sop_class->text("code"));
  instance.number = integer_of(item, "number");
  if (const Value* frames = find_extension(item, kNumbersOfFrames)) {
    instance.frames = integer_of(*frames, "valueInteger");
    if (!instance.frames) instance.frames = integer_of(*frames, "valueUnsignedInt");
  }
  if (const auto frames = integer_of(item, "numberOfFrames")) instance.frames = frames;  // R6
  constexpr std::string_view kDescriptions[] = {kInstanceDescription};
  if (const Value* description = find_extension(item, kDescriptions))
    instance.content_description = description->text("valueString");
  read_title(item, instance, context.options());
  note_losses(item, path, {"uid", "sopClass", "number", "numberOfFrames", "title", "extension"}, losses);
  return instance;
}

}  // namespace

const Value* ReadContext::target(const Value& reference) const {
  const std::string_view text = reference.text("reference");
  if (text.empty()) return nullptr;
  if (!text.starts_with('#')) return resolve_ ? resolve_(text) : nullptr;
  for (const Value& contained : items_of(resource_, "contained"))
    if (contained.text("id") == text.substr(1)) return &contained;
  return nullptr;
}

std::string ReadContext::name_of(const Value& reference) const {
  if (!reference.text("display").empty()) return std::string(reference.text("display"));
  const Value* resource = target(reference);
  return std::string(resource ? resource->text("name") : "");
}

void ReadContext::read_person(const Value& reference, PersonName& name, std::vector<Code>& ids) const {
  const Value* person = &reference;
  if (const Value* resource = target(reference)) {
    const Value* practitioner = resource->find("practitioner");
    person = practitioner ? practitioner : resource;
    if (const Value* known = practitioner ? target(*practitioner) : nullptr) person = known;
  }
  name = read_names(items_of(*person, "name"));
  if (name.empty()) name.alphabetic = person->text("display");
  if (name.empty()) name.alphabetic = reference.text("display");
  const Value* identifier = person->find("identifier");
  if (identifier && identifier->as_list())
    identifier = identifier->as_list()->empty() ? nullptr : &identifier->as_list()->front();
  if (!identifier || identifier->text("value").empty()) return;
  Code id{std::string(identifier->text("value")), designator_of(identifier->text("system"), options_), {}};
  if (id.scheme.empty()) id.scheme = identifier->text("system");
  ids.push_back(std::move(id));
}

Result<SeriesRow> read_series(const Value& item, std::string_view path, std::string_view study_offset,
                              const ReadContext& context, std::vector<std::string>& losses) {
  SeriesRow row;
  Series& series = row.series;
  series.uid = read_uid(item.text("uid"));
  if (series.uid.empty())
    return gateway::fail(ErrorCode::InvalidParameter, "a series without a UID", std::string(path) + "uid");
  series.number = integer_of(item, "number");
  if (const Value* modality = item.find("modality"))
    if (const auto code = read_code(*modality, context.options())) series.modality = code->value;
  series.description = item.text("description");
  const ReadMoment moment = read_moment(item.text("started"));
  series.date = moment.date;
  series.time = moment.time;
  if (!moment.offset.empty() && moment.offset != study_offset)
    losses.push_back(std::string(path) + "started: another offset from UTC than that of the study");
  if (const Value* site = item.find("bodySite")) read_body_site(*site, series, context.options());
  if (const Value* laterality = item.find("laterality"))
    if (const auto code = read_code(*laterality, context.options()))
      series.laterality = side_of(*code, context.options());
  read_acquisition(item, series);
  for (const Value& performer : items_of(item, "performer")) read_performer(performer, series, context);
  std::size_t index = 0;
  for (const Value& instance : items_of(item, "instance"))
    row.instances.push_back(TRY(read_instance(
        instance, std::string(path) + "instance[" + std::to_string(index++) + "].", context, losses)));
  if (!row.instances.empty()) row.instances.front().specimens = read_specimens(item, context.options());
  row.instance_count = row.instances.size();
  note_losses(item, path,
              {"extension", "uid", "number", "modality", "description", "numberOfInstances", "endpoint",
               "bodySite", "laterality", "specimen", "started", "performer", "instance"},
              losses);
  return row;
}

}  // namespace mappers::fhir
