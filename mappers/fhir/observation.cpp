#include "mappers/fhir/observation.h"

#include <set>

#include "mappers/fhir/dates.h"
#include "mappers/fhir/imaging_selection.h"
#include "mappers/fhir/names.h"
#include "mappers/fhir/observation_value.h"
#include "mappers/fhir/resource_parts.h"
#include "mappers/fhir/systems.h"

namespace mappers::fhir::report {
namespace {

using Kind = ReportGroup::Kind;

constexpr std::string_view kFindingProfile =
    "http://hl7.eu/fhir/imaging/StructureDefinition/ObservationFindingEuImaging|1.0.0-ballot";
constexpr std::string_view kDoseProfile =
    "http://hl7.eu/fhir/imaging/StructureDefinition/ObservationRadiationDoseEuImaging|1.0.0-ballot";
constexpr std::string_view kCategories = "http://terminology.hl7.org/CodeSystem/observation-category";
constexpr std::string_view kBodySite = "http://hl7.org/fhir/StructureDefinition/bodySite";
const Code kMeasurementGroup{"125007", "DCM", "Measurement Group"};
const Code kIrradiationEvent{"113852", "DCM", "Irradiation Event"};

// "1.4.2" to "4.2"
std::string path_of(const std::string& where) { return where.starts_with("1.") ? where.substr(2) : where; }

void gather(const std::vector<ReportItem>& items, std::vector<ReportReference>& references) {
  for (const ReportItem& item : items) {
    references.insert(references.end(), item.references.begin(), item.references.end());
    gather(item.properties, references);
  }
}

template <class Statement>
std::vector<ReportReference> references_of(const Statement& statement, const std::vector<ReportItem>& inner) {
  std::vector<ReportReference> references = statement.references;
  gather(inner, references);
  return references;
}

using Pointers = std::vector<const ReportItem*>;

Pointers pointers(const std::vector<ReportItem>& items, const std::vector<ReportItem>& more = {}) {
  Pointers all;
  for (const auto* list : {&items, &more})
    for (const ReportItem& item : *list) all.push_back(&item);
  return all;
}

}  // namespace

struct ObservationWriter::Facts {
  std::string id;
  std::string_view profile;
  std::string uid, event_uid, tracking_id, tracking_uid, observed;
  std::vector<Code> categories;
  Code code, second_code;
  std::vector<std::string> focus;
  bool part_of = true;
};

void ObservationWriter::write_head(JsonObject& object, const Facts& facts, const Heritage& from) {
  object.plain("resourceType", "Observation");
  object.plain("id", facts.id);
  add_meta(object, {}, 0, parts_.options.pack == Pack::EuImaging ? facts.profile : std::string_view());
  add_identifiers(object, facts);
  parts_.add_order(object);
  if (facts.part_of) parts_.add_study(object, "partOf");
  object.plain("status", parts_.observation_status());
  {
    JsonArray categories(object.member("category"));
    append_coded(categories.item(), kCategories, "imaging", "Imaging");
    std::string category;
    for (const Code& code : facts.categories)
      if (category.clear(), parts_.append_concept_of(category, code)) categories.item() += category;
  }
  add_code(object, facts);
  parts_.add_subject(object);
  add_references(object, "focus", facts.focus);
  parts_.add_moments(object, facts.observed.empty() ? from.observed : facts.observed);
  add_references(object, "performer", from.performers);
}

// Tracking UID and identifier (112040 and 112039 of DCM), Observation UID (0040,A171). The profile knows the
// latter by the tag of the SOP Instance UID.
void ObservationWriter::add_identifiers(JsonObject& object, const Facts& facts) {
  if (facts.uid.empty() && facts.event_uid.empty() && fhir_text(facts.tracking_id).empty() &&
      facts.tracking_uid.empty())
    return;
  JsonArray identifiers(object.member("identifier"));
  if (!facts.uid.empty()) {
    JsonObject identifier(identifiers.item());
    {
      JsonObject type(identifier.member("type"));
      JsonArray codings(type.member("coding"));
      append_coding(codings.item(), kElements, "00080018");
      append_coding(codings.item(), kElements, "0040A171", "Observation UID");
    }
    identifier.plain("system", kDicomUid);
    identifier.text("value", (is_oid(facts.uid) ? "urn:oid:" : "") + facts.uid);
  }
  if (!facts.event_uid.empty())
    append_uid(identifiers.item(), "00083010", "Irradiation Event UID", "113769", facts.event_uid);
  if (!facts.tracking_uid.empty())
    append_uid(identifiers.item(), "00620021", "Tracking UID", "112040", facts.tracking_uid);
  if (fhir_text(facts.tracking_id).empty()) return;
  JsonObject identifier(identifiers.item());
  append_coded(identifier.member("type"), kDcm, "112039", "Tracking Identifier");
  identifier.text("system", parts_.options.local_namespace + ":tracking-identifier");
  identifier.text("value", facts.tracking_id);
}

// code is mandatory; a statement without a name has none to give
void ObservationWriter::add_code(JsonObject& object, const Facts& facts) {
  const Code& main = facts.code;
  if (facts.second_code.value.empty()) {
    std::string text;
    if (parts_.append_concept_of(text, main))
      object.member("code") += text;
    else
      append_absent(object.member("code"));
    return;
  }
  JsonObject concept_object(object.member("code"));
  JsonArray codings(concept_object.member("coding"));
  for (const Code* code : {&main, &facts.second_code}) {
    const Coding coding = coding_of(*code, parts_.options, parts_.report.coding_schemes);
    if (!coding.code.empty()) append_coding(codings.item(), coding.system, coding.code, coding.display);
  }
}

// bodySite: the first; its side and modifiers are in a BodyStructure. Further ones are components.
void ObservationWriter::add_site(JsonObject& object, const std::vector<ReportSite>& sites,
                                 const std::string& tracking_id, const std::string& tracking_uid) {
  if (sites.empty()) return;
  const ReportSite& site = sites.front();
  const std::string structure = body_structure(parts_, site, tracking_id, tracking_uid);
  const Coding coding = coding_of(site.site, parts_.options, parts_.report.coding_schemes);
  const std::string words = fhir_text(words_of(site));
  if (structure.empty() && coding.code.empty() && words.empty()) return;
  JsonObject concept_object(object.member("bodySite"));
  if (!structure.empty()) {
    JsonArray extensions(concept_object.member("extension"));
    JsonObject extension(extensions.item());
    extension.plain("url", kBodySite);
    append_reference(extension.member("valueReference"), structure);
  }
  if (!coding.code.empty()) {
    JsonArray codings(concept_object.member("coding"));
    append_coding(codings.item(), coding.system, coding.code, coding.display);
  }
  concept_object.text("text", words);
}

std::string ObservationWriter::put_item(const ReportItem& item, const Heritage& from) {
  if (item.value.kind == gateway::model::ReportValue::Kind::Person && parts_.options.mask_identity) return {};
  if (parts_.is_full()) return parts_.put("Observation", {}, {});  // which says so, once
  Facts facts;
  facts.id = parts_.id(path_of(item.where));
  const bool measured = parts_.report.kind == StructuredReport::Kind::Measurements;
  if (measured) facts.profile = kFindingProfile;
  facts.uid = item.uid;
  facts.tracking_id = item.tracking_id;
  facts.tracking_uid = item.tracking_uid;
  facts.observed = item.observed;
  facts.code = item.name;
  if (measured && item.value.kind != gateway::model::ReportValue::Kind::Number)
    facts.categories.push_back({"C0034375", "UMLS", "Qualitative Evaluations"});
  facts.focus = put_selections(parts_, references_of(item, item.properties));
  if (facts.focus.empty()) facts.focus = from.focus;
  const auto& sites = item.sites.empty() ? from.sites : item.sites;
  std::string json;
  {
    JsonObject object(json);
    write_head(object, facts, from);
    add_value(object, item.value, parts_);
    add_interpretations(object, item, parts_);
    add_site(object, sites, from.tracking_id, from.tracking_uid);
    parts_.add_concept(object, "method", item.method);
    const std::string device = algorithm_device(parts_, item.algorithm);
    add_device(object, device.empty() ? from.device : device);
    add_sources(object, item.references);
    add_components(object, pointers(item.properties), sites, item.name, parts_);
  }
  return parts_.put("Observation", facts.id, std::move(json));
}

void ObservationWriter::add_device(JsonObject& object, const std::string& device) {
  if (!device.empty()) append_reference(object.member("device"), device);
}

// derivedFrom: the study, and others that images are of
void ObservationWriter::add_sources(JsonObject& object, const std::vector<ReportReference>& references) {
  std::set<std::string> others;
  for (const ReportReference& reference : references)
    if (!reference.study_uid.empty() && reference.study_uid != parts_.report.study_uid)
      others.insert(reference.study_uid);
  JsonArray studies(object.member("derivedFrom"));
  parts_.append_study(studies.item());
  for (const std::string& uid : others) parts_.append_study(studies.item(), uid);
}

Heritage ObservationWriter::pass_on(const ReportGroup& group, const Heritage& from) {
  Heritage to = from;
  if (!group.sites.empty()) to.sites = group.sites;
  if (!group.tracking_id.empty()) to.tracking_id = group.tracking_id;
  if (!group.tracking_uid.empty()) to.tracking_uid = group.tracking_uid;
  if (!group.observed.empty()) to.observed = group.observed;
  if (const std::string device = algorithm_device(parts_, group.algorithm); !device.empty())
    to.device = device;
  const auto focus = put_selections(parts_, group.references);
  if (!focus.empty()) to.focus = focus;
  return to;
}

std::string ObservationWriter::put_group(const ReportGroup& group, const Heritage& from) {
  if (parts_.is_full()) return parts_.put("Observation", {}, {});
  Heritage here = pass_on(group, from);
  Facts facts;
  facts.id = parts_.id(path_of(group.where));
  const bool measured = group.kind == Kind::Measurements;
  if (parts_.report.kind == StructuredReport::Kind::Measurements) facts.profile = kFindingProfile;
  facts.uid = group.uid;
  facts.tracking_id = group.tracking_id;
  facts.tracking_uid = group.tracking_uid;
  facts.code = group.category.value.empty() && group.category.meaning.empty() ? group.name : group.category;
  if (measured && facts.code != group.name && group.name.value == kMeasurementGroup.value)
    facts.categories.push_back(kMeasurementGroup);
  facts.focus = here.focus;
  if (here.focus.size() > kMostInherited) here.focus.clear();
  std::vector<std::string> members;
  for (const ReportItem& item : group.items) members.push_back(put_item(item, here));
  for (const ReportGroup& inner : group.groups) members.push_back(put_group(inner, here));
  std::string json;
  {
    JsonObject object(json);
    write_head(object, facts, here);
    add_finding(object, group);
    add_site(object, here.sites, group.tracking_id, group.tracking_uid);
    parts_.add_concept(object, "method", group.method);
    add_device(object, here.device);
    add_references(object, "hasMember", members);
    add_sources(object, group.references);
    add_components(object, pointers(group.properties), group.sites, facts.code, parts_);
  }
  return parts_.put("Observation", facts.id, std::move(json));
}

// value: the finding, in the words of the label where a segment or region has one
void ObservationWriter::add_finding(JsonObject& object, const ReportGroup& group) {
  const std::string label = fhir_text(group.label);
  if (label.empty()) return parts_.add_concept(object, "valueCodeableConcept", group.finding);
  const Coding coding = coding_of(group.finding, parts_.options, parts_.report.coding_schemes);
  JsonObject concept_object(object.member("valueCodeableConcept"));
  if (!coding.code.empty()) {
    JsonArray codings(concept_object.member("coding"));
    append_coding(codings.item(), coding.system, coding.code, coding.display);
  }
  concept_object.text("text", label);
}

// DCM 113852: what an event or a part of one says, as components
std::string ObservationWriter::put_event(const ReportGroup& group, const Heritage& from) {
  if (parts_.is_full()) return parts_.put("Observation", {}, {});
  const Heritage here = pass_on(group, from);
  Facts facts;
  facts.id = parts_.id(path_of(group.where));
  facts.observed = group.observed;
  facts.code = group.name;
  if (group.kind == Kind::IrradiationEvent) {
    facts.event_uid = group.uid;
    facts.code = kIrradiationEvent;
    facts.second_code = group.name;
  }
  facts.focus = put_selections(parts_, references_of(group, group.items));
  std::vector<std::string> members;
  for (const ReportGroup& inner : group.groups) members.push_back(put_event(inner, here));
  std::string json;
  {
    JsonObject object(json);
    write_head(object, facts, here);
    add_site(object, here.sites, {}, {});
    parts_.add_concept(object, "method", group.method);
    add_device(object, here.device);
    add_references(object, "hasMember", members);
    add_sources(object, group.references);
    add_components(object, pointers(group.properties, group.items), group.sites, facts.code, parts_);
  }
  return parts_.put("Observation", facts.id, std::move(json));
}

// One accumulation is the summary's own; those of two planes stay apart.
std::string ObservationWriter::put_dose(const Heritage& from) {
  Pointers items = pointers(parts_.report.items);
  const ReportGroup* accumulated = nullptr;
  std::size_t accumulations = 0, events = 0;
  for (const ReportGroup& group : parts_.report.groups) {
    events += group.kind == Kind::IrradiationEvent;
    if (group.kind == Kind::AccumulatedDose && accumulations++ == 0) accumulated = &group;
  }
  if (accumulations != 1) accumulated = nullptr;
  std::vector<std::string> members;
  for (const ReportGroup& group : parts_.report.groups)
    if (&group != accumulated) members.push_back(put_event(group, from));
  if (accumulated) {
    for (const ReportGroup& inner : accumulated->groups) members.push_back(put_event(inner, from));
    for (const ReportItem* item : pointers(accumulated->properties, accumulated->items))
      items.push_back(item);
  }
  Facts facts;
  facts.id = parts_.id("dose");
  facts.profile = kDoseProfile;
  facts.part_of = false;  // the profile has procedures there
  facts.code = {"73569-6", "LN",
                "Radiation exposure and protection information [Description] Document Diagnostic imaging"};
  std::string json;
  {
    JsonObject object(json);
    write_head(object, facts, from);
    object.text("valueString", dose_text(items, events));
    add_device(object, from.device);
    add_references(object, "hasMember", members);
    add_sources(object, {});
    add_components(object, items, {}, facts.code, parts_);
  }
  return parts_.put("Observation", facts.id, std::move(json));
}

}  // namespace mappers::fhir::report
