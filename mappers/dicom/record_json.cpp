#include "mappers/dicom/record_json.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/text.h"
#include "mappers/dicom/tag.h"

namespace mappers::dicom {
namespace {

using gateway::Value;
using gateway::model::Code;
using gateway::model::Identifier;
using gateway::model::ImagingObject;
using gateway::model::Instance;
using gateway::model::PersonName;
using gateway::model::Request;
using gateway::model::Series;
using gateway::model::Specimen;
using gateway::model::Study;
using gateway::model::Subject;

constexpr std::size_t kMaxLongString = 64;   // characters of LO
constexpr std::size_t kMaxShortString = 16;  // of SH

// PS3.5 section 6.2
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) out += c == '\\' ? '/' : c;
  return out;
}

// One data set; an attribute without a value is left out.
class Attributes {
 public:
  void text(std::uint32_t tag, const char* vr, std::string_view value) {
    if (const std::string kept = plain(value); !kept.empty()) put(tag, vr, Value(Value::List{Value(kept)}));
  }
  // Values with a backslash between.
  void texts(std::uint32_t tag, const char* vr, std::string_view values) {
    if (values.empty()) return;
    Value::List list;
    for (const std::string_view value : gateway::split(values, '\\')) list.emplace_back(plain(value));
    put(tag, vr, Value(std::move(list)));
  }
  void number(std::uint32_t tag, const char* vr, const std::optional<std::int64_t>& value) {
    if (value) put(tag, vr, Value(Value::List{Value(*value)}));
  }
  void names(std::uint32_t tag, const std::vector<PersonName>& names) {
    Value::List list;
    for (const PersonName& name : names)
      if (!name.empty()) list.push_back(name_value(name));
    if (!list.empty()) put(tag, "PN", Value(std::move(list)));
  }
  void items(std::uint32_t tag, std::vector<Value> items) {
    if (!items.empty()) put(tag, "SQ", Value(Value::List(std::move(items))));
  }
  void item(std::uint32_t tag, Attributes&& item) {
    if (!item.empty()) items(tag, {std::move(item).finish()});
  }
  bool empty() const { return members_.empty(); }
  Value finish() && {
    Value::Map map;
    for (auto& [tag, content] : members_) map.emplace_back(hex(make_tag(tag)), std::move(content));
    return Value(std::move(map));
  }

 private:
  // A border between component groups would shift them.
  static std::string group(const std::string& text) {
    std::string out = plain(text);
    for (char& c : out)
      if (c == '=') c = ' ';
    return out;
  }
  static Value name_value(const PersonName& name) {
    Value value = Value::map();
    if (!name.alphabetic.empty()) value.set("Alphabetic", group(name.alphabetic));
    if (!name.ideographic.empty()) value.set("Ideographic", group(name.ideographic));
    if (!name.phonetic.empty()) value.set("Phonetic", group(name.phonetic));
    return value;
  }
  void put(std::uint32_t tag, const char* vr, Value values) {
    members_[tag] = Value::map().set("vr", vr).set("Value", std::move(values));
  }

  std::map<std::uint32_t, Value> members_;
};

// PS3.3 section 8.8: which attribute holds the value depends on its form.
void add_code(Attributes& to, const Code& code) {
  const bool urn = code.value.starts_with("urn:") || code.value.find("://") != std::string::npos;
  if (urn)
    to.text(0x00080120, "UR", code.value);
  else if (code.value.size() > kMaxShortString)
    to.text(0x00080119, "UC", code.value);
  else
    to.text(0x00080100, "SH", code.value);
  to.text(0x00080102, "SH", code.scheme);
  to.text(0x00080104, "LO", code.meaning);
}

std::vector<Value> code_items(const std::vector<Code>& codes) {
  std::vector<Value> items;
  for (const Code& code : codes) {
    Attributes item;
    add_code(item, code);
    if (!item.empty()) items.push_back(std::move(item).finish());
  }
  return items;
}

// Person Identification Macro (PS3.3 section 10.1): one person an item.
std::vector<Value> person_items(const std::vector<Code>& ids) {
  std::vector<Value> items;
  for (const Code& id : ids) {
    Attributes person;
    person.items(0x00401101, code_items({id}));
    if (!person.empty()) items.push_back(std::move(person).finish());
  }
  return items;
}

bool is_oid_text(std::string_view text) {
  return text.find('.') != std::string_view::npos &&
         text.find_first_not_of("0123456789.") == std::string_view::npos;
}

// HL7v2 Hierarchic Designator Macro (PS3.3 section 10.14)
void add_issuer(Attributes& to, std::uint32_t tag, std::string_view issuer) {
  constexpr std::string_view kUuid = "urn:uuid:";
  Attributes item;
  if (issuer.starts_with(kUuid)) {
    item.text(0x00400032, "UT", issuer.substr(kUuid.size()));
    item.text(0x00400033, "CS", "UUID");
  } else if (is_oid_text(issuer) || issuer.find(':') != std::string_view::npos) {
    item.text(0x00400032, "UT", issuer);
    item.text(0x00400033, "CS", is_oid_text(issuer) ? "ISO" : "URI");
  } else {
    item.text(0x00400031, "UT", issuer);
  }
  to.item(tag, std::move(item));
}

void add_number(Attributes& to, std::uint32_t value, const char* vr, std::uint32_t issuer,
                const Identifier& number) {
  to.text(value, vr, number.value);
  if (!number.value.empty()) add_issuer(to, issuer, number.issuer);
}

// (0010,0021) is what searches know; what it cannot hold goes into (0010,0024).
void add_patient_issuer(Attributes& to, const std::string& issuer, const std::string& entity) {
  if (issuer.size() <= kMaxLongString) to.text(0x00100021, "LO", issuer);
  add_issuer(to, 0x00100024, entity.empty() && issuer.size() > kMaxLongString ? issuer : entity);
}

void add_subject(Attributes& to, const Subject& subject) {
  to.text(0x00100020, "LO", subject.patient_id);
  add_patient_issuer(to, subject.issuer, subject.issuer_entity);
  to.names(0x00100010, {subject.name});
  to.text(0x00100030, "DA", subject.birth_date);
  to.text(0x00100040, "CS", subject.sex);
  to.text(0x00101040, "LO", subject.address);
  to.texts(0x00102154, "SH", subject.telephones);
  to.text(0x00120062, "CS", subject.identity_removed);
  std::vector<Value> others;
  for (const Identifier& id : subject.other_ids) {
    Attributes item;
    item.text(0x00100020, "LO", id.value);
    item.text(0x00100022, "CS", id.type);
    add_patient_issuer(item, id.issuer, {});
    others.push_back(std::move(item).finish());
  }
  to.items(0x00101002, std::move(others));
}

void add_study(Attributes& to, const Study& study) {
  to.text(0x0020000D, "UI", study.uid);
  to.text(0x00080020, "DA", study.date);
  to.text(0x00080030, "TM", study.time);
  to.text(0x00080201, "SH", study.timezone_offset);
  add_number(to, 0x00080050, "SH", 0x00080051, {study.accession_number, study.accession_issuer, {}});
  to.text(0x00200010, "SH", study.study_id);
  to.text(0x00081030, "LO", study.description);
  to.names(0x00080090, {study.referring_physician});
  to.items(0x00080096, person_items(study.referring_physician_ids));
  to.names(0x00081060, study.interpreters);
  to.items(0x00081062, person_items(study.interpreter_ids));
  to.items(0x00081032, code_items(study.procedures));
  to.text(0x00101010, "AS", study.patient_age);
  to.text(0x00120020, "LO", study.trial_protocol_id);
  add_number(to, 0x00380010, "LO", 0x00380014, {study.admission_id, study.admission_issuer, {}});
  to.text(0x00401002, "LO", study.reason);
  to.items(0x0040100A, code_items(study.reasons));
  to.text(0x00400243, "SH", study.performed_location);
}

// PS3.3 section 10.6, and C.17.2
std::vector<Value> request_items(const std::vector<Request>& requests) {
  std::vector<Value> items;
  for (const Request& request : requests) {
    Attributes item;
    add_number(item, 0x00080050, "SH", 0x00080051, request.accession);
    add_number(item, 0x00402016, "LO", 0x00400026, request.placer);
    add_number(item, 0x00402017, "LO", 0x00400027, request.filler);
    item.text(0x00401001, "SH", request.procedure_id);
    item.text(0x00321060, "LO", request.description);
    item.items(0x00321064, code_items(request.codes));
    item.text(0x00401002, "LO", request.reason);
    item.items(0x0040100A, code_items(request.reasons));
    if (!item.empty()) items.push_back(std::move(item).finish());
  }
  return items;
}

void add_equipment(Attributes& to, const Series& series) {
  to.text(0x00080070, "LO", series.manufacturer);
  to.text(0x00081090, "LO", series.model_name);
  to.text(0x00081010, "SH", series.station_name);
  to.text(0x00080080, "LO", series.institution);
  to.text(0x00080081, "ST", series.institution_address);
  to.items(0x00080082, code_items(series.institution_codes));
  to.text(0x00081040, "LO", series.department);
  to.text(0x00181000, "LO", series.device_serial);
  to.text(0x00181002, "UI", series.device_uid);
  to.text(0x00181003, "LO", series.device_id);
  to.text(0x00181008, "LO", series.gantry_id);
  to.texts(0x00181020, "LO", series.software_versions);
  Attributes udi;
  udi.text(0x00181009, "UT", series.udi);
  to.item(0x0018100A, std::move(udi));
}

void add_acquisition(Attributes& to, const Series& series) {
  const std::pair<std::uint32_t, const std::string*> kDecimals[] = {{0x00180060, &series.kvp},
                                                                    {0x00180050, &series.slice_thickness},
                                                                    {0x00180088, &series.slice_spacing},
                                                                    {0x00180087, &series.field_strength},
                                                                    {0x00180080, &series.repetition_time},
                                                                    {0x00180081, &series.echo_time}};
  for (const auto& [tag, value] : kDecimals) to.text(tag, "DS", *value);
  to.text(0x00181151, "IS", series.tube_current);
  to.text(0x00181150, "IS", series.exposure_time);
  to.text(0x00181152, "IS", series.exposure);
  to.texts(0x00280030, "DS", series.pixel_spacing);
  to.text(0x00180010, "LO", series.contrast_agent);
}

// The modifiers are those of the first region.
void add_regions(Attributes& to, const Series& series) {
  std::vector<Value> items;
  for (const Code& region : series.anatomic_regions) {
    Attributes item;
    add_code(item, region);
    if (items.empty()) item.items(0x00082220, code_items(series.region_modifiers));
    items.push_back(std::move(item).finish());
  }
  to.items(0x00082218, std::move(items));
}

std::vector<Value> scheme_items(const std::vector<Code>& schemes) {
  std::vector<Value> items;
  for (const Code& scheme : schemes) {
    Attributes item;
    item.text(0x00080102, "SH", scheme.scheme);
    item.text(0x0008010C, "UI", scheme.value);
    item.text(0x00080115, "ST", scheme.meaning);
    items.push_back(std::move(item).finish());
  }
  return items;
}

void add_series(Attributes& to, const Series& series) {
  to.text(0x0020000E, "UI", series.uid);
  to.text(0x00080060, "CS", series.modality);
  to.number(0x00200011, "IS", series.number);
  to.text(0x0008103E, "LO", series.description);
  to.text(0x00080021, "DA", series.date);
  to.text(0x00080031, "TM", series.time);
  to.text(0x00180015, "CS", series.body_part);
  add_regions(to, series);
  to.text(0x00200060, "CS", series.laterality);
  to.text(0x00181030, "LO", series.protocol_name);
  const bool several = !series.performing_physicians.empty();
  to.names(0x00081050, several ? series.performing_physicians : std::vector{series.performing_physician});
  to.items(0x00081052, person_items(series.performing_physician_ids));
  to.names(0x00081070, series.operators);
  to.items(0x00081072, person_items(series.operator_ids));
  to.items(0x00400275, request_items(series.requests));
  to.items(0x0040A370, request_items(series.referenced_requests));
  to.items(0x00080110, scheme_items(series.coding_schemes));
  Attributes step;
  step.text(0x00081155, "UI", series.performed_step);
  to.item(0x00081111, std::move(step));
  add_equipment(to, series);
  add_acquisition(to, series);
}

// PS3.3 section C.7.6.22
std::vector<Value> specimen_items(const std::vector<Specimen>& specimens) {
  std::vector<Value> items;
  for (const Specimen& specimen : specimens) {
    Attributes item;
    add_number(item, 0x00400551, "LO", 0x00400562, specimen.identifier);
    item.text(0x00400554, "UI", specimen.uid);
    item.text(0x00400600, "LO", specimen.description);
    item.items(0x0040059A, code_items(specimen.types));
    if (!item.empty()) items.push_back(std::move(item).finish());
  }
  return items;
}

void add_instance(Attributes& to, const Instance& instance) {
  to.text(0x00080018, "UI", instance.uid);
  to.text(0x00080016, "UI", instance.sop_class_uid);
  to.number(0x00200013, "IS", instance.number);
  to.number(0x00280008, "IS", instance.frames);
  to.number(0x00280010, "US", instance.rows);
  to.number(0x00280011, "US", instance.columns);
  to.text(0x00080023, "DA", instance.content_date);
  to.text(0x00080033, "TM", instance.content_time);
  to.items(0x0040A043, code_items(instance.concept_name));
  to.texts(0x00080008, "CS", instance.image_type);
  to.text(0x00420010, "ST", instance.document_title);
  to.text(0x00700080, "CS", instance.content_label);
  to.text(0x00700081, "LO", instance.content_description);
  to.text(0x00204000, "LT", instance.comments);
  to.text(0x00200062, "CS", instance.laterality);
  to.items(0x00400560, specimen_items(instance.specimens));
}

}  // namespace

Value json_of_records(const ImagingObject& object) {
  Attributes all;
  all.text(0x00080005, "CS", "ISO_IR 192");
  add_subject(all, object.subject);
  add_study(all, object.study);
  add_series(all, object.series);
  add_instance(all, object.instance);
  return std::move(all).finish();
}

}  // namespace mappers::dicom
