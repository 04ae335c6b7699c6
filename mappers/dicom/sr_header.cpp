#include "mappers/dicom/sr_header.h"

#include "mappers/dicom/content_tree.h"

namespace mappers::dicom::sr {
namespace {

using gateway::model::Identifier;
using gateway::model::ReportPerson;
using Status = StructuredReport::Status;

// PS3.3 table 10-17: the universal entity, else the local name
Identifier accession_of(const DataSet& data) {
  Identifier number;
  number.value = text(data, 0x00080050);
  if (const auto& issuer = items_of(data, 0x00080051); !issuer.empty()) {
    number.issuer = text(issuer[0], 0x00400032);
    if (number.issuer.empty()) number.issuer = text(issuer[0], 0x00400031);
  }
  return number;
}

// PS3.3 table C.17-2: Preliminary Flag, where it is absent Completion Flag
Status status_of(const DataSet& data) {
  const std::string preliminary = text(data, 0x0040A496), completion = text(data, 0x0040A491);
  if (completion == "PARTIAL") return preliminary == "PRELIMINARY" ? Status::Preliminary : Status::Partial;
  if (preliminary == "PRELIMINARY") return Status::Preliminary;
  return completion == "COMPLETE" || preliminary == "FINAL" ? Status::Final : Status::Unknown;
}

gateway::model::PersonName name_of_person(const DataSet& data, std::uint32_t tag) {
  auto name = data.person_name(make_tag(tag));
  if (!name) return {};
  return {std::move(name->alphabetic), std::move(name->ideographic), std::move(name->phonetic)};
}

// PS3.3 table C.17-2, Verifying Observer Sequence
void read_verifiers(const DataSet& data, StructuredReport& report) {
  for (const DataSet& item : items_of(data, 0x0040A073)) {
    ReportPerson person;
    person.name = name_of_person(item, 0x0040A075);
    person.id = read_code(item, make_tag(0x0040A088));
    person.organization = text(item, 0x0040A027);
    person.verified = text(item, 0x0040A030);
    if (person != ReportPerson()) report.persons.push_back(std::move(person));
  }
}

// PS3.3 table C.12-1, Coding Scheme Identification Sequence
void read_schemes(const DataSet& data, StructuredReport& report) {
  for (const DataSet& item : items_of(data, 0x00080110)) {
    gateway::model::Code scheme{text(item, 0x0008010C), text(item, 0x00080102), text(item, 0x00080115)};
    if (!scheme.value.empty() && !scheme.scheme.empty()) report.coding_schemes.push_back(std::move(scheme));
  }
}

void read_equipment(const DataSet& data, StructuredReport& report) {
  auto& device = report.equipment;
  device.uid = text(data, 0x00181002);
  device.name = text(data, 0x00081010);
  device.manufacturer = text(data, 0x00080070);
  device.model = text(data, 0x00081090);
  device.serial = text(data, 0x00181000);
  device.software = text(data, 0x00181020);
}

}  // namespace

const std::vector<DataSet>& items_of(const DataSet& data, std::uint32_t tag) {
  static const std::vector<DataSet> kNone;
  const Element* element = data.find(make_tag(tag));
  return element ? element->items : kNone;
}

std::string text(const DataSet& data, std::uint32_t tag) { return data.text(make_tag(tag)); }

Evidence::Evidence(const DataSet& data) {
  for (const std::uint32_t sequence : {0x0040A375u, 0x0040A385u, 0x00081200u}) add_studies(data, sequence);
  for (const DataSet& series : items_of(data, 0x00081115)) add_series(series, text(data, 0x0020000D));
}

void Evidence::add_studies(const DataSet& data, std::uint32_t sequence) {
  for (const DataSet& study : items_of(data, sequence)) {
    const std::string uid = text(study, 0x0020000D);
    if (!uid.empty() && seen_.insert(uid).second) studies_.push_back(uid);
    for (const DataSet& series : items_of(study, 0x00081115)) add_series(series, uid);
  }
}

void Evidence::add_series(const DataSet& series, const std::string& study_uid) {
  const Place place{study_uid, text(series, 0x0020000E)};
  for (const std::uint32_t sequence : {0x00081199u, 0x0008114Au})
    for (const DataSet& object : items_of(series, sequence)) places_.emplace(text(object, 0x00081155), place);
}

const Evidence::Place* Evidence::find(std::string_view sop_instance_uid) const {
  const auto found = places_.find(std::string(sop_instance_uid));
  return found == places_.end() ? nullptr : &found->second;
}

void read_header(const DataSet& data, StructuredReport& report) {
  report.sop_class_uid = text(data, 0x00080016);
  report.sop_instance_uid = text(data, 0x00080018);
  report.study_uid = text(data, 0x0020000D);
  report.series_uid = text(data, 0x0020000E);
  report.label = text(data, 0x00700080);
  report.description = text(data, 0x0008103E);
  report.date = text(data, 0x00080023);
  report.time = text(data, 0x00080033);
  report.timezone_offset = text(data, 0x00080201);
  report.status = status_of(data);
  report.verified = text(data, 0x0040A493) == "VERIFIED";
  report.accession = accession_of(data);
  for (const DataSet& request : items_of(data, 0x0040A370))
    if (report.accession.value.empty()) report.accession = accession_of(request);
  read_equipment(data, report);
  read_verifiers(data, report);
  read_schemes(data, report);
}

}  // namespace mappers::dicom::sr
