#include "mappers/fhir/report_actors.h"

#include <algorithm>

#include "mappers/fhir/names.h"
#include "mappers/fhir/packs.h"
#include "mappers/fhir/resource_parts.h"
#include "mappers/fhir/systems.h"

namespace mappers::fhir::report {
namespace {

using gateway::model::ReportPerson;

void add_names(JsonObject& device, const std::vector<std::pair<std::string_view, std::string>>& names) {
  std::string items;
  for (const auto& [type, name] : names) {
    if (fhir_text(name).empty()) continue;
    items += items.empty() ? "" : ",";
    JsonObject item(items);
    item.text("name", name);
    item.plain("type", type);
  }
  if (!items.empty()) device.member("deviceName") += "[" + items + "]";
}

void add_version(JsonObject& device, std::string_view value) {
  if (fhir_text(value).empty()) return;
  JsonArray versions(device.member("version"));
  JsonObject version(versions.item());
  version.text("value", value);
}

std::string key_of(const ReportDevice& device) {
  std::string key;
  for (const auto* part : {&device.uid, &device.name, &device.manufacturer, &device.model, &device.serial,
                           &device.location, &device.software})
    key += *part + "\n";
  return key;
}

// FHIR R4 Device; what made a dose report is imaging equipment, DeviceEuImaging.
void append_device(std::string& out, const std::string& id, const ReportDevice& from, bool imaging) {
  JsonObject device(out);
  device.plain("resourceType", "Device");
  device.plain("id", id);
  if (imaging) {
    JsonArray extensions(device.member("extension"));
    JsonObject extension(extensions.item());
    extension.plain("url", kDeviceCategory);
    append_coded(extension.member("valueCodeableConcept"), kSnomed, "314789007");
  }
  if (is_oid(from.uid)) {
    JsonArray identifiers(device.member("identifier"));
    append_uid(identifiers.item(), "00181002", "Device UID", "121012", from.uid);
  }
  device.plain("status", "unknown");  // that it is in use still is nothing a document can say
  device.text("manufacturer", from.manufacturer);
  device.text("serialNumber", from.serial);
  add_names(device, {{"user-friendly-name", from.name}, {"model-name", from.model}});
  device.text("modelNumber", from.model);
  add_version(device, from.software);
  if (fhir_text(from.location).empty()) return;
  append_display_reference(device.member("location"), "Location", from.location);
}

// PS3.16 TID 4019
void append_algorithm(std::string& out, const std::string& id, const ReportAlgorithm& from,
                      const Parts& parts) {
  JsonObject device(out);
  device.plain("resourceType", "Device");
  device.plain("id", id);
  device.plain("status", "unknown");
  add_names(device, {{"other", from.name}});
  if (!from.family.value.empty())
    parts.add_concept(device, "type", from.family);
  else
    append_coded(device.member("type"), kDcm, "111001", "Algorithm Name");
  add_version(device, from.version);
  std::string properties;
  for (const std::string& parameter : from.parameters) {
    if (fhir_text(parameter).empty()) continue;
    properties += properties.empty() ? "" : ",";
    JsonObject property(properties);
    append_coded(property.member("type"), kDcm, "111002", "Algorithm Parameters");
    JsonArray values(property.member("valueCode"));
    JsonObject value(values.item());
    value.text("text", parameter);
  }
  if (!properties.empty()) device.member("property") += "[" + properties + "]";
}

// The number of a person at a site: an identifier of the scheme that the code is of.
void append_practitioner(std::string& out, const std::string& id, const ReportPerson& person,
                         const Parts& parts) {
  JsonObject practitioner(out);
  practitioner.plain("resourceType", "Practitioner");
  practitioner.plain("id", id);
  const Coding code = coding_of(person.id, parts.options, parts.report.coding_schemes);
  if (!code.code.empty()) {
    JsonArray identifiers(practitioner.member("identifier"));
    JsonObject identifier(identifiers.item());
    identifier.text("system",
                    code.system.empty() ? parts.options.local_namespace + ":observer" : code.system);
    identifier.text("value", code.code);
  }
  std::string names;
  if (append_human_names(names, person.name)) practitioner.member("name") += names;
}

void append_role(std::string& out, const std::string& id, const ReportPerson& person,
                 const std::string& practitioner, const Parts& parts) {
  JsonObject role(out);
  role.plain("resourceType", "PractitionerRole");
  role.plain("id", id);
  if (!practitioner.empty()) append_reference(role.member("practitioner"), practitioner);
  if (!fhir_text(person.organization).empty())
    append_display_reference(role.member("organization"), "Organization", person.organization);
  add_concepts(role, "code", person.roles, parts.options, parts.report.coding_schemes);
}

std::string put_person(Parts& parts, const ReportPerson& person, std::size_t number) {
  const std::string suffix = "p" + std::to_string(number + 1);
  std::string reference, json;
  if (!display_name(person.name).empty() || !fhir_text(person.id.value).empty()) {
    append_practitioner(json, parts.id(suffix), person, parts);
    reference = parts.put("Practitioner", parts.id(suffix), std::move(json));
  }
  if (fhir_text(person.organization).empty() && person.roles.empty()) return reference;
  json.clear();
  append_role(json, parts.id(suffix), person, reference, parts);
  return parts.put("PractitionerRole", parts.id(suffix), std::move(json));
}

// Who made the observations often verified them: one person, when nothing that is said of both differs.
bool is_same(const ReportPerson& known, const ReportPerson& person) {
  const auto fits = [](const std::string& a, const std::string& b) { return b.empty() || a == b; };
  return !person.name.empty() && known.name == person.name && fits(known.id.value, person.id.value) &&
         fits(known.organization, person.organization) &&
         (person.roles.empty() || known.roles == person.roles);
}

}  // namespace

std::string equipment_device(Parts& parts) {
  const ReportDevice& from = parts.report.equipment;
  if (from.empty()) return {};
  return parts.put_once("Device", "d", key_of(from), [&](std::string& out, const std::string& id) {
    append_device(out, id, from, parts.report.kind == StructuredReport::Kind::Dose);
  });
}

std::string observer_device(Parts& parts, const ReportDevice& device) {
  return parts.put_once("Device", "d", key_of(device), [&](std::string& out, const std::string& id) {
    append_device(out, id, device, parts.report.kind == StructuredReport::Kind::Dose);
  });
}

std::string algorithm_device(Parts& parts, const ReportAlgorithm& algorithm) {
  if (algorithm.empty()) return {};
  std::string key = "algorithm\n" + algorithm.name + "\n" + algorithm.version + "\n" + algorithm.family.value;
  for (const std::string& parameter : algorithm.parameters) key += "\n" + parameter;
  return parts.put_once("Device", "d", key, [&](std::string& out, const std::string& id) {
    append_algorithm(out, id, algorithm, parts);
  });
}

std::string words_of(const ReportSite& site) {
  std::string words = site.site.meaning.empty() ? site.site.value : site.site.meaning;
  const auto add = [&](const Code& code) {
    const std::string& word = code.meaning.empty() ? code.value : code.meaning;
    if (!word.empty()) words += (words.empty() ? "" : ", ") + word;
  };
  add(site.laterality);
  for (const Code& modifier : site.modifiers) add(modifier);
  return words;
}

std::string body_structure(Parts& parts, const ReportSite& site, const std::string& tracking_id,
                           const std::string& tracking_uid) {
  std::vector<Code> qualifiers = site.modifiers;
  if (!site.laterality.value.empty()) qualifiers.insert(qualifiers.begin(), site.laterality);
  if (qualifiers.empty()) return {};
  std::string key = tracking_id + "\n" + tracking_uid + "\n" + site.site.scheme + site.site.value;
  for (const Code& code : qualifiers) key += "\n" + code.scheme + code.value;
  return parts.put_once("BodyStructure", "b", key, [&](std::string& out, const std::string& id) {
    JsonObject structure(out);
    structure.plain("resourceType", "BodyStructure");
    structure.plain("id", id);
    if (!fhir_text(tracking_uid).empty()) {
      JsonArray identifiers(structure.member("identifier"));
      append_uid(identifiers.item(), "00620021", "Tracking UID", "112040", tracking_uid);
    }
    parts.add_concept(structure, "location", site.site);
    add_concepts(structure, "locationQualifier", qualifiers, parts.options, parts.report.coding_schemes);
    structure.text("description", words_of(site));
    parts.add_subject(structure, "patient");
  });
}

People people_of(Parts& parts) {
  People people;
  if (parts.options.mask_identity) return people;
  const auto& persons = parts.report.persons;
  std::vector<std::string> references;
  for (std::size_t i = 0; i < persons.size(); ++i) {
    const auto same = std::find_if(persons.begin(), persons.begin() + static_cast<std::ptrdiff_t>(i),
                                   [&](const ReportPerson& other) { return is_same(other, persons[i]); });
    const auto place = static_cast<std::size_t>(same - persons.begin());
    references.push_back(place < i ? references[place] : put_person(parts, persons[i], i));
    if (references[i].empty()) continue;
    if (place == i) people.all.push_back(references[i]);
    if (persons[i].verified.empty()) people.observers.push_back(references[i]);
  }
  if (people.observers.empty()) people.observers = people.all;
  return people;
}

}  // namespace mappers::fhir::report
