#include "mappers/dicom/sr_measurement_report.h"

#include <algorithm>
#include <utility>

#include "mappers/dicom/sr_codes.h"
#include "mappers/dicom/sr_statements.h"

namespace mappers::dicom::sr {
namespace {

using gateway::model::ReportDevice;
using gateway::model::ReportPerson;
using Kind = ReportGroup::Kind;

constexpr std::size_t kMaxObservers = 1000;

std::string below(const std::string& where, std::size_t index) {
  return where + "." + std::to_string(index + 1);
}

Kind kind_of(const Code& name) {
  if (names_any(kAccumulated, name)) return Kind::AccumulatedDose;
  if (names_any(kEvents, name)) return Kind::IrradiationEvent;
  return kMeasurementGroup.names(name) ? Kind::Measurements : Kind::Section;
}

// Containers that only hold the parts of a measurement report together (TID 1500, rows 6 to 12).
bool is_transparent(const Code& name) {
  return kMeasurements.names(name) || kDerivedMeasurements.names(name) || kQualitative.names(name);
}

bool is_context(const ContentItem& item) {
  return item.relationship == Relationship::HasObsContext ||
         item.relationship == Relationship::HasAcqContext || item.relationship == Relationship::HasConceptMod;
}

}  // namespace

void ContentReader::read() {
  for (std::size_t i = 0; i < root_.children.size(); ++i) read_part(root_.children[i], below("1", i));
  std::erase(report_.persons, ReportPerson());
  std::erase(report_.devices, ReportDevice());
  if (report_.persons.size() <= kMaxObservers && report_.devices.size() <= kMaxObservers) return;
  report_.findings.push_back({"there are more observers than can be held", "1"});
  report_.persons.resize(std::min(report_.persons.size(), kMaxObservers));
  report_.devices.resize(std::min(report_.devices.size(), kMaxObservers));
}

void ContentReader::read_part(const ContentItem& item, const std::string& where) {
  // The library repeats what the images say of themselves, and they are here.
  if (item.type == ValueType::Container && kImageLibrary.names(item.name)) return;
  if (item.type == ValueType::Container && is_transparent(item.name)) {
    for (std::size_t i = 0; i < item.children.size(); ++i) read_part(item.children[i], below(where, i));
    return;
  }
  if (item.type == ValueType::Container) {
    report_.groups.push_back(read_group(item, where));
    return;
  }
  if (take_context(item, where) || statements_.take_algorithm(item, report_.algorithm) ||
      statements_.take_reference(item, where, report_.references))
    return;
  statements_.read_into(report_.items, item, where);
}

// PS3.16 TID 1204, TID 1001 with what it includes, Procedure Reported
bool ContentReader::take_context(const ContentItem& item, const std::string& where) {
  if (kLanguage.names(item.name)) return take_language(item), true;
  if (kProcedure.names(item.name) && item.type == ValueType::Code) return take_procedure(item, where), true;
  if (kObserverType.names(item.name)) {
    if (kDeviceObserver.names(item.code))
      report_.devices.emplace_back();
    else
      report_.persons.emplace_back();
    return true;
  }
  return take_person(item) || take_device(item);
}

void ContentReader::take_language(const ContentItem& item) {
  report_.language = item.code.value;
  for (const ContentItem& child : item.children)
    if (kCountry.names(child.name) && report_.language.find('-') == std::string::npos)
      report_.language += "-" + child.code.value;
}

// Its modifiers, such as the intent, stand beside it.
void ContentReader::take_procedure(const ContentItem& item, const std::string& where) {
  report_.procedures.push_back(item.code);
  for (std::size_t i = 0; i < item.children.size(); ++i)
    statements_.read_into(report_.items, item.children[i], below(where, i));
}

// PS3.16 TID 1003. Some write the name as text, some leave the Observer Type out.
bool ContentReader::take_person(const ContentItem& item) {
  const bool name = kPersonName.names(item.name);
  const bool role = kPersonRole.names(item.name) || kPersonProcedureRole.names(item.name);
  if (!name && !role && !kPersonOrganization.names(item.name) && !kPersonLogin.names(item.name)) return false;
  const bool open = !report_.persons.empty() && report_.persons.back().verified.empty();
  if (!open || (name && !report_.persons.back().name.empty())) report_.persons.emplace_back();
  ReportPerson& person = report_.persons.back();
  if (name && item.type == ValueType::PName)
    person.name = item.person;
  else if (name)
    person.name.alphabetic = item.text;
  else if (role)
    person.roles.push_back(item.code);
  else if (kPersonOrganization.names(item.name))
    person.organization = item.text;
  else
    person.id = {item.text, "", ""};
  return true;
}

// PS3.16 TID 1004
bool ContentReader::take_device(const ContentItem& item) {
  static constexpr std::pair<Concept, std::string ReportDevice::*> kFacts[] = {
      {kDeviceUid, &ReportDevice::uid},
      {kDeviceName, &ReportDevice::name},
      {kDeviceManufacturer, &ReportDevice::manufacturer},
      {kDeviceModel, &ReportDevice::model},
      {kDeviceSerial, &ReportDevice::serial},
      {kDeviceLocation, &ReportDevice::location}};
  for (const auto& [fact, member] : kFacts) {
    if (!fact.names(item.name)) continue;
    if (report_.devices.empty() || !(report_.devices.back().*member).empty()) report_.devices.emplace_back();
    report_.devices.back().*member = item.text;
    return true;
  }
  return false;
}

// PS3.16 TID 1410, 1411, 1501 and all other containers
ReportGroup ContentReader::read_group(const ContentItem& container, const std::string& where) {
  ReportGroup group;
  group.kind = kind_of(container.name);
  group.name = container.name;
  group.where = where;
  group.uid = container.observation_uid;
  group.observed = container.observed;
  for (std::size_t i = 0; i < container.children.size(); ++i) {
    const ContentItem& child = container.children[i];
    if (child.type == ValueType::Container)
      group.groups.push_back(read_group(child, below(where, i)));
    else if (!take_group_fact(child, group))
      if (!statements_.take_common(child, below(where, i), group))
        statements_.read_into(is_context(child) ? group.properties : group.items, child, below(where, i));
  }
  return group;
}

bool ContentReader::take_group_fact(const ContentItem& item, ReportGroup& group) {
  if (item.type != ValueType::Code || !item.children.empty()) return false;
  Code* const to = kCategory.names(item.name)  ? &group.category
                   : kFinding.names(item.name) ? &group.finding
                                               : nullptr;
  if (!to || !to->value.empty()) return false;
  *to = item.code;
  return true;
}

}  // namespace mappers::dicom::sr
