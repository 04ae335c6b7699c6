#include "mappers/fhir/series_writer.h"

#include <algorithm>
#include <array>

#include "gateway/base/text.h"
#include "mappers/fhir/body_site.h"
#include "mappers/fhir/dates.h"
#include "mappers/fhir/device.h"
#include "mappers/fhir/names.h"
#include "mappers/fhir/packs.h"
#include "mappers/fhir/resource_parts.h"
#include "mappers/fhir/systems.h"

namespace mappers::fhir {
namespace {

using gateway::model::Code;
using gateway::model::Instance;
using gateway::model::PersonName;
using gateway::model::Series;
using gateway::model::SeriesRow;
using gateway::model::Specimen;

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

void add_coding(JsonObject& object, std::string_view member, const std::optional<Coding>& coding) {
  if (coding) append_coding(object.member(member), coding->system, coding->code, coding->display);
}

// ---- performer

struct Function {
  std::string_view code, display;
};
constexpr Function kPerformer = {"PRF", "performer"}, kSecondary = {"SPRF", "secondary performer"},
                   kDevice = {"DEV", "device"}, kLocation = {"LOC", "location"},
                   kCustodian = {"CST", "custodian"};

class Performers {
 public:
  void add(const Function& function, std::string_view actor) {
    if (!items_.empty()) items_ += ',';
    JsonObject item(items_);
    append_coded(item.member("function"), "http://terminology.hl7.org/CodeSystem/v3-ParticipationType",
                 function.code, function.display);
    item.member("actor") += actor;
  }
  void refer(const Function& function, std::string_view type, std::string_view reference,
             std::string_view display) {
    std::string actor;
    {
      JsonObject object(actor);
      object.plain("reference", reference);
      object.plain("type", type);
      object.text("display", display);
    }
    add(function, actor);
  }
  std::string take() { return std::move(items_); }

 private:
  std::string items_;
};

struct Person {
  const PersonName* name = nullptr;
  const Code* id = nullptr;
};

// (0008,1050) with (0008,1052), then (0008,1070) with (0008,1072), each where it says something.
std::vector<Person> people_of(const Series& series) {
  static const PersonName kNobody;
  std::vector<Person> people;
  const auto id_at = [](const std::vector<Code>& ids, std::size_t i) {
    return i < ids.size() ? &ids[i] : nullptr;
  };
  const auto add = [&](const std::vector<PersonName>& names, const std::vector<Code>& ids) {
    for (std::size_t i = 0; i < std::max(names.size(), ids.size()); ++i)
      people.push_back({i < names.size() ? &names[i] : &kNobody, id_at(ids, i)});
  };
  if (series.performing_physicians.empty() && !series.performing_physician.empty())  // of an older index
    people.push_back({&series.performing_physician, id_at(series.performing_physician_ids, 0)});
  else
    add(series.performing_physicians, series.performing_physician_ids);
  add(series.operators, series.operator_ids);
  return people;
}

// The European profile takes roles for PRF, which R4 takes as well: the practitioner is known by name only.
std::string role_of(std::string_view practitioner, std::string_view organization) {
  std::string out;
  JsonObject role(out);
  role.plain("resourceType", "PractitionerRole");
  role.member("practitioner") += practitioner;
  if (!organization.empty()) {
    JsonObject reference(role.member("organization"));
    reference.text("reference", organization);
  }
  return out;
}

void add_people(Performers& performers, const Series& series, std::string_view organization,
                const RenderOptions& options, Contained& contained) {
  bool first = true;
  for (const Person& person : people_of(series)) {
    std::string practitioner;
    if (!append_person(practitioner, *person.name, person.id, options)) continue;
    if (first)
      performers.refer(kPerformer, "PractitionerRole",
                       contained.add("performer", role_of(practitioner, organization)),
                       display_name(*person.name));
    else
      performers.add(kSecondary, practitioner);
    first = false;
  }
}

// ---- specimen

// Specimens of the images, each once: by identifier, else by UID.
std::vector<const Specimen*> specimens_of(const SeriesRow& row) {
  std::vector<const Specimen*> specimens;
  for (const Instance& instance : row.instances)
    for (const Specimen& specimen : instance.specimens)
      if (std::ranges::none_of(specimens, [&](const Specimen* known) {
            return known->identifier == specimen.identifier && known->uid == specimen.uid;
          }))
        specimens.push_back(&specimen);
  return specimens;
}

void append_specimen(std::string& out, const Specimen& specimen, const RenderOptions& options) {
  JsonObject reference(out);
  reference.plain("type", "Specimen");
  const std::string value = fhir_text(specimen.identifier.value);
  if (!value.empty() || is_oid(specimen.uid)) {
    JsonObject identifier(reference.member("identifier"));
    identifier.text("system", value.empty() ? std::string(kDicomUid)
                                            : issuer_system(fhir_text(specimen.identifier.issuer),
                                                            "specimen-id", options));
    identifier.text("value", value.empty() ? "urn:oid:" + specimen.uid : value);
  }
  reference.text("display", specimen.description.empty() && !specimen.types.empty()
                                ? specimen.types.front().meaning
                                : specimen.description);
}

void add_specimens(JsonObject& series, const SeriesRow& row, const RenderOptions& options) {
  const auto specimens = specimens_of(row);
  if (specimens.empty()) return;
  JsonArray list(series.member("specimen"));
  for (const Specimen* specimen : specimens) append_specimen(list.item(), *specimen, options);
}

// ---- acquisition

struct Parameter {
  std::string_view name, unit, code;
  std::string Series::*value;
};

void append_quantity(std::string& out, const Parameter& parameter, const std::string& value) {
  JsonObject extension(out);
  extension.plain("url", parameter.name);
  JsonObject quantity(extension.member("valueQuantity"));
  quantity.member("value") += value;
  quantity.plain("unit", parameter.unit);
  quantity.plain("system", "http://unitsofmeasure.org");
  quantity.plain("code", parameter.code);
}

// How X-rays were made: the extension of the German core data set, as R4 and the European profiles have no
// element for it.
void add_acquisition(JsonObject& object, const Series& series) {
  static constexpr std::array<Parameter, 4> kParameters = {
      {{"KVP", "kilovolt", "kV", &Series::kvp},
       {"exposureTime", "milliseconds", "ms", &Series::exposure_time},
       {"exposure", "milliampere second", "mA.s", &Series::exposure},
       {"xRayTubeCurrent", "milliampere", "mA", &Series::tube_current}}};
  const std::string& modality = series.modality;
  const bool projection = modality == "MG" || modality == "CR" || modality == "DX";
  if (modality != "CT" && !projection) return;
  std::string items;
  for (const Parameter& parameter : kParameters) {
    const std::string value = decimal_of(series.*parameter.value);
    if (value.empty()) continue;
    if (!items.empty()) items += ',';
    append_quantity(items, parameter, value);
  }
  if (items.empty()) return;
  JsonArray extensions(object.member("extension"));
  JsonObject extension(extensions.item());
  extension.member("extension") += "[" + items + "]";
  extension.plain("url", std::string(kMiiExtension) + (projection ? "mg-cr-dx" : "ct"));
}

// ---- instance

// As urn:oid in the URI system (R4 binding to the SOP classes of PS3.4)
void append_sop_class(std::string& out, std::string_view uid) {
  if (!is_oid(uid)) return append_absent(out);
  out += R"({"system":"urn:ietf:rfc:3986","code":"urn:oid:)";
  out += uid;
  out += "\"}";
}

const Concept* key_object_title(const Instance& record, const RenderOptions& options) {
  if (record.sop_class_uid != "1.2.840.10008.5.1.4.1.1.88.59" || record.concept_name.empty()) return nullptr;
  const Code& title = record.concept_name.front();
  return title.scheme == "DCM" ? options.terminology->key_objects.find(title.value) : nullptr;
}

// Content Description (0070,0081), else Image Comments (0020,4000); Number of Frames (0028,0008); title of
// key objects (0040,A043).
void add_instance_extensions(JsonObject& instance, const Instance& record, const RenderOptions& options) {
  const std::string& description =
      record.content_description.empty() ? record.comments : record.content_description;
  const bool described = !description.empty() && !fhir_text(description).empty() && !options.mask_identity;
  const bool counted = record.frames && *record.frames > 0 && *record.frames <= kMaxUnsignedInt;
  const Concept* title = key_object_title(record, options);
  if (!described && !counted && !title) return;
  JsonArray extensions(instance.member("extension"));
  if (described) {
    JsonObject extension(extensions.item());
    extension.plain("url", kInstanceDescription);
    extension.text("valueString", description);
  }
  if (counted) {
    JsonObject extension(extensions.item());
    extension.plain("url", urls_of(options.pack).number_of_frames);
    extension.number("valueInteger", static_cast<std::uint64_t>(*record.frames));
  }
  if (title) {
    JsonObject extension(extensions.item());
    extension.plain("url", kKeyObjectTitle);
    append_coded(extension.member("valueCodeableConcept"), kDcm, title->code, title->display);
  }
}

// Document title of SR and KO objects (0040,A043), of encapsulated documents (0042,0010), label of
// presentation states and the like (0070,0080), else Image Type (0008,0008).
std::string_view title_of(const Instance& record) {
  if (!record.concept_name.empty() && !record.concept_name.front().meaning.empty())
    return record.concept_name.front().meaning;
  for (const auto* text : {&record.document_title, &record.content_label, &record.image_type})
    if (!text->empty()) return *text;
  return {};
}

void append_instance(std::string& out, const Instance& record, const RenderOptions& options) {
  JsonObject instance(out);
  add_instance_extensions(instance, record, options);
  add_uid(instance, record.uid);
  append_sop_class(instance.member("sopClass"), record.sop_class_uid);
  add_number(instance, record.number);
  instance.text("title", title_of(record));
}

}  // namespace

std::string performers_of(const Series& series, const RenderOptions& options, Contained& contained) {
  Performers performers;
  std::string organization, resource;
  if (append_organization(resource, {}, series, options))
    organization = contained.add("organization", std::exchange(resource, {}));
  if (!options.mask_identity) add_people(performers, series, organization, options, contained);
  if (append_device(resource, {}, series, organization, options))
    performers.refer(kDevice, "Device", contained.add("device", std::move(resource)), device_display(series));
  if (!organization.empty())
    for (const Function& function : {kLocation, kCustodian})
      performers.refer(function, "Organization", organization, organization_name(series));
  return performers.take();
}

void append_modality(std::string& out, std::string_view modality, const RenderOptions& options) {
  const std::string code = fhir_code(modality);
  if (code.empty()) return append_absent(out);
  const Concept* known = options.terminology->modalities.find(code);
  append_coding(out, kDcm, code, known ? std::string_view(known->display) : std::string_view());
}

void add_endpoints(JsonObject& object, std::span<const std::string> endpoints) {
  if (endpoints.empty()) return;
  JsonArray list(object.member("endpoint"));
  for (const std::string& endpoint : endpoints) {
    JsonObject reference(list.item());
    reference.text("reference", endpoint);
  }
}

void append_series(std::string& out, const SeriesParts& parts, const RenderOptions& options) {
  JsonObject series(out);
  const Series& record = parts.row.series;
  add_acquisition(series, record);
  add_uid(series, record.uid);
  add_number(series, record.number);
  append_modality(series.member("modality"), record.modality, options);
  series.text("description", record.description);
  series.number("numberOfInstances", parts.row.instance_count);
  add_endpoints(series, parts.endpoints);
  add_coding(series, "bodySite", body_site_of(record, options));
  add_coding(series, "laterality", laterality_of(parts.row, options));
  add_specimens(series, parts.row, options);
  if (const auto started = fhir_date_time(record.date, record.time, parts.timezone_offset,
                                          local_offset(record.date, record.time, options));
      !started.empty())
    series.plain("started", started);
  if (!parts.performers.empty()) ((series.member("performer") += '[') += parts.performers) += ']';
  if (parts.row.instances.empty()) return;
  JsonArray instances(series.member("instance"));
  for (const Instance& instance : parts.row.instances) append_instance(instances.item(), instance, options);
}

}  // namespace mappers::fhir
