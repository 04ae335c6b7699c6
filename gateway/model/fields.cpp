#include "gateway/model/fields.h"

#include <array>

namespace gateway::model {
namespace {

constexpr std::array kSubject = {
    Field<Subject>{"patient_id", &Subject::patient_id},
    Field<Subject>{"issuer", &Subject::issuer},
    Field<Subject>{"name", &Subject::name},
    Field<Subject>{"birth_date", &Subject::birth_date},
    Field<Subject>{"sex", &Subject::sex},
    Field<Subject>{"issuer_entity", &Subject::issuer_entity, true},
    Field<Subject>{"other_ids", &Subject::other_ids, true},
    Field<Subject>{"address", &Subject::address, true},
    Field<Subject>{"telephones", &Subject::telephones, true},
    Field<Subject>{"identity_removed", &Subject::identity_removed, true},
};

constexpr std::array kStudy = {
    Field<Study>{"uid", &Study::uid},
    Field<Study>{"date", &Study::date},
    Field<Study>{"time", &Study::time},
    Field<Study>{"timezone_offset", &Study::timezone_offset},
    Field<Study>{"accession_number", &Study::accession_number},
    Field<Study>{"accession_issuer", &Study::accession_issuer},
    Field<Study>{"study_id", &Study::study_id},
    Field<Study>{"description", &Study::description},
    Field<Study>{"referring_physician", &Study::referring_physician},
    Field<Study>{"procedures", &Study::procedures},
    Field<Study>{"patient_age", &Study::patient_age},
    Field<Study>{"trial_protocol_id", &Study::trial_protocol_id},
    Field<Study>{"referring_physician_ids", &Study::referring_physician_ids, true},
    Field<Study>{"interpreters", &Study::interpreters, true},
    Field<Study>{"interpreter_ids", &Study::interpreter_ids, true},
    Field<Study>{"admission_id", &Study::admission_id, true},
    Field<Study>{"admission_issuer", &Study::admission_issuer, true},
    Field<Study>{"reason", &Study::reason, true},
    Field<Study>{"reasons", &Study::reasons, true},
    Field<Study>{"performed_location", &Study::performed_location, true},
};

constexpr std::array kSeries = {
    Field<Series>{"uid", &Series::uid},
    Field<Series>{"modality", &Series::modality},
    Field<Series>{"number", &Series::number},
    Field<Series>{"description", &Series::description},
    Field<Series>{"date", &Series::date},
    Field<Series>{"time", &Series::time},
    Field<Series>{"body_part", &Series::body_part},
    Field<Series>{"anatomic_regions", &Series::anatomic_regions},
    Field<Series>{"laterality", &Series::laterality},
    Field<Series>{"manufacturer", &Series::manufacturer},
    Field<Series>{"model_name", &Series::model_name},
    Field<Series>{"station_name", &Series::station_name},
    Field<Series>{"institution", &Series::institution},
    Field<Series>{"device_serial", &Series::device_serial},
    Field<Series>{"protocol_name", &Series::protocol_name},
    Field<Series>{"performing_physician", &Series::performing_physician},
    Field<Series>{"performing_physicians", &Series::performing_physicians, true},
    Field<Series>{"performing_physician_ids", &Series::performing_physician_ids, true},
    Field<Series>{"operators", &Series::operators, true},
    Field<Series>{"operator_ids", &Series::operator_ids, true},
    Field<Series>{"department", &Series::department, true},
    Field<Series>{"institution_address", &Series::institution_address, true},
    Field<Series>{"institution_codes", &Series::institution_codes, true},
    Field<Series>{"device_uid", &Series::device_uid, true},
    Field<Series>{"device_id", &Series::device_id, true},
    Field<Series>{"gantry_id", &Series::gantry_id, true},
    Field<Series>{"software_versions", &Series::software_versions, true},
    Field<Series>{"udi", &Series::udi, true},
    Field<Series>{"region_modifiers", &Series::region_modifiers, true},
    Field<Series>{"requests", &Series::requests, true},
    Field<Series>{"referenced_requests", &Series::referenced_requests, true},
    Field<Series>{"coding_schemes", &Series::coding_schemes, true},
    Field<Series>{"performed_step", &Series::performed_step, true},
    Field<Series>{"kvp", &Series::kvp, true},
    Field<Series>{"tube_current", &Series::tube_current, true},
    Field<Series>{"exposure_time", &Series::exposure_time, true},
    Field<Series>{"exposure", &Series::exposure, true},
    Field<Series>{"slice_thickness", &Series::slice_thickness, true},
    Field<Series>{"slice_spacing", &Series::slice_spacing, true},
    Field<Series>{"pixel_spacing", &Series::pixel_spacing, true},
    Field<Series>{"field_strength", &Series::field_strength, true},
    Field<Series>{"repetition_time", &Series::repetition_time, true},
    Field<Series>{"echo_time", &Series::echo_time, true},
    Field<Series>{"contrast_agent", &Series::contrast_agent, true},
};

constexpr std::array kInstance = {
    Field<Instance>{"uid", &Instance::uid},
    Field<Instance>{"sop_class_uid", &Instance::sop_class_uid},
    Field<Instance>{"transfer_syntax_uid", &Instance::transfer_syntax_uid},
    Field<Instance>{"number", &Instance::number},
    Field<Instance>{"frames", &Instance::frames},
    Field<Instance>{"rows", &Instance::rows},
    Field<Instance>{"columns", &Instance::columns},
    Field<Instance>{"content_date", &Instance::content_date},
    Field<Instance>{"content_time", &Instance::content_time},
    Field<Instance>{"concept_name", &Instance::concept_name},
    Field<Instance>{"image_type", &Instance::image_type, true},
    Field<Instance>{"document_title", &Instance::document_title, true},
    Field<Instance>{"content_label", &Instance::content_label, true},
    Field<Instance>{"content_description", &Instance::content_description, true},
    Field<Instance>{"key_object_text", &Instance::key_object_text, true},
    Field<Instance>{"comments", &Instance::comments, true},
    Field<Instance>{"laterality", &Instance::laterality, true},
    Field<Instance>{"specimens", &Instance::specimens, true},
};

constexpr std::array kLevelNames = {std::string_view("subject"), std::string_view("study"),
                                    std::string_view("series"), std::string_view("instance")};

// Calls `use` with the table of a level.
template <class Use>
auto with_table(Level level, Use use) {
  switch (level) {
    case Level::Subject:
      return use(fields<Subject>());
    case Level::Study:
      return use(fields<Study>());
    case Level::Series:
      return use(fields<Series>());
    case Level::Instance:
      break;
  }
  return use(fields<Instance>());
}

template <class Record>
FieldRef::Pointer pointer_to(Record& record, const Field<Record>& field) {
  return std::visit([&](auto member) { return FieldRef::Pointer(&(record.*member)); }, field.member);
}

void set_member(Value& map, std::string_view name, const std::string& text) {
  if (!text.empty()) map.set(name, text);
}

void set_member(Value& map, std::string_view name, const std::optional<std::int64_t>& number) {
  if (number) map.set(name, *number);
}

Value tree_of(const PersonName& person) {
  Value groups = Value::map();
  set_member(groups, "alphabetic", person.alphabetic);
  set_member(groups, "ideographic", person.ideographic);
  set_member(groups, "phonetic", person.phonetic);
  return groups;
}

Value tree_of(const Code& code) {
  Value item = Value::map();
  set_member(item, "value", code.value);
  set_member(item, "scheme", code.scheme);
  set_member(item, "meaning", code.meaning);
  return item;
}

Value tree_of(const Identifier& identifier) {
  Value item = Value::map();
  set_member(item, "value", identifier.value);
  set_member(item, "issuer", identifier.issuer);
  set_member(item, "type", identifier.type);
  return item;
}

void set_member(Value& map, std::string_view name, const PersonName& person) {
  if (!person.empty()) map.set(name, tree_of(person));
}

void set_member(Value& map, std::string_view name, const Identifier& identifier) {
  if (identifier != Identifier{}) map.set(name, tree_of(identifier));
}

template <class Item>
void set_member(Value& map, std::string_view name, const std::vector<Item>& items);

Value tree_of(const Request& request) {
  Value item = Value::map();
  set_member(item, "accession", request.accession);
  set_member(item, "placer", request.placer);
  set_member(item, "filler", request.filler);
  set_member(item, "procedure_id", request.procedure_id);
  set_member(item, "description", request.description);
  set_member(item, "codes", request.codes);
  set_member(item, "reason", request.reason);
  set_member(item, "reasons", request.reasons);
  return item;
}

Value tree_of(const Specimen& specimen) {
  Value item = Value::map();
  set_member(item, "identifier", specimen.identifier);
  set_member(item, "uid", specimen.uid);
  set_member(item, "description", specimen.description);
  set_member(item, "types", specimen.types);
  return item;
}

template <class Item>
void set_member(Value& map, std::string_view name, const std::vector<Item>& items) {
  if (items.empty()) return;
  Value list = Value::list();
  for (const Item& item : items) list.push(tree_of(item));
  map.set(name, std::move(list));
}

}  // namespace

template <>
std::span<const Field<Subject>> fields<Subject>() {
  return kSubject;
}
template <>
std::span<const Field<Study>> fields<Study>() {
  return kStudy;
}
template <>
std::span<const Field<Series>> fields<Series>() {
  return kSeries;
}
template <>
std::span<const Field<Instance>> fields<Instance>() {
  return kInstance;
}

std::string_view name_of(Level level) { return kLevelNames[static_cast<std::size_t>(level)]; }

std::optional<FieldRef> FieldRef::find(std::string_view path) {
  const auto dot = path.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  for (std::size_t at = 0; at < kLevelNames.size(); ++at) {
    if (path.substr(0, dot) != kLevelNames[at]) continue;
    const Level level = static_cast<Level>(at);
    return with_table(level, [&](auto table) -> std::optional<FieldRef> {
      for (std::size_t i = 0; i < table.size(); ++i)
        if (table[i].name == path.substr(dot + 1)) return FieldRef(level, i);
      return std::nullopt;
    });
  }
  return std::nullopt;
}

std::vector<FieldRef> FieldRef::all() {
  std::vector<FieldRef> refs;
  for (const Level level : {Level::Subject, Level::Study, Level::Series, Level::Instance}) {
    const std::size_t size = with_table(level, [](auto table) { return table.size(); });
    for (std::size_t i = 0; i < size; ++i) refs.push_back(FieldRef(level, i));
  }
  return refs;
}

std::string FieldRef::path() const {
  return std::string(name_of(level_)) + "." +
         std::string(with_table(level_, [&](auto table) { return table[index_].name; }));
}

FieldType FieldRef::type() const {
  return with_table(level_, [&](auto table) { return table[index_].type(); });
}

bool FieldRef::packed() const {
  return with_table(level_, [&](auto table) { return table[index_].packed; });
}

FieldRef::Pointer FieldRef::of(ImagingObject& object) const {
  switch (level_) {
    case Level::Subject:
      return pointer_to(object.subject, kSubject[index_]);
    case Level::Study:
      return pointer_to(object.study, kStudy[index_]);
    case Level::Series:
      return pointer_to(object.series, kSeries[index_]);
    case Level::Instance:
      break;
  }
  return pointer_to(object.instance, kInstance[index_]);
}

template <class Record>
Value to_value(const Record& record) {
  Value map = Value::map();
  for (const auto& field : fields<Record>())
    std::visit([&](auto member) { set_member(map, field.name, record.*member); }, field.member);
  return map;
}

template Value to_value(const Subject&);
template Value to_value(const Study&);
template Value to_value(const Series&);
template Value to_value(const Instance&);

}  // namespace gateway::model
