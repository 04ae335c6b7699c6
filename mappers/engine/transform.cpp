#include "mappers/engine/transform.h"

#include <algorithm>
#include <array>

#include "mappers/engine/dicom_values.h"

namespace mappers::engine {
namespace {

using gateway::model::Code;
using gateway::model::FieldRef;
using gateway::model::FieldType;
using gateway::model::PersonName;
using Pointer = FieldRef::Pointer;

constexpr Source::Tag kCodeValue = 0x00080100;
constexpr Source::Tag kCodingScheme = 0x00080102;
constexpr Source::Tag kCodeMeaning = 0x00080104;
constexpr Source::Tag kLongCodeValue = 0x00080119;
constexpr Source::Tag kUrnCodeValue = 0x00080120;
constexpr Source::Tag kLocalNamespaceEntity = 0x00400031;
constexpr Source::Tag kUniversalEntity = 0x00400032;

Verdict run_text(const Reading& from, Pointer to, std::string_view&) {
  std::string& field = **std::get_if<std::string*>(&to);
  field = from.source.text(from.level, from.tag);
  return field.empty() ? Verdict::Absent : Verdict::Applied;
}

// Reads a text and brings it to its regular form by `Normalise`, or drops it.
template <bool Normalise(std::string&), Verdict Bad>
Verdict run_checked(const Reading& from, Pointer to, std::string_view& reason, std::string_view why) {
  std::string& field = **std::get_if<std::string*>(&to);
  field = from.source.text(from.level, from.tag);
  if (field.empty()) return Verdict::Absent;
  if (Normalise(field)) return Verdict::Applied;
  field.clear();
  reason = why;
  return Bad;
}

Verdict run_uid(const Reading& from, Pointer to, std::string_view& reason) {
  return run_checked<normalise_uid, Verdict::Failed>(from, to, reason, "not usable as a UID");
}
Verdict run_date(const Reading& from, Pointer to, std::string_view& reason) {
  return run_checked<normalise_date, Verdict::Dropped>(from, to, reason, "not a date (DA)");
}
Verdict run_time(const Reading& from, Pointer to, std::string_view& reason) {
  return run_checked<normalise_time, Verdict::Dropped>(from, to, reason, "not a time (TM)");
}
Verdict run_age(const Reading& from, Pointer to, std::string_view& reason) {
  return run_checked<normalise_age, Verdict::Dropped>(from, to, reason, "not an age (AS)");
}
Verdict run_timezone(const Reading& from, Pointer to, std::string_view& reason) {
  return run_checked<normalise_timezone, Verdict::Dropped>(from, to, reason, "not an offset from UTC");
}

Verdict run_integer(const Reading& from, Pointer to, std::string_view& reason) {
  auto& field = **std::get_if<std::optional<std::int64_t>*>(&to);
  field = from.source.integer(from.level, from.tag);
  if (field) return Verdict::Applied;
  if (from.source.text(from.level, from.tag).empty()) return Verdict::Absent;
  reason = "not an integer";
  return Verdict::Dropped;
}

Verdict run_person_name(const Reading& from, Pointer to, std::string_view&) {
  PersonName& field = **std::get_if<PersonName*>(&to);
  field = from.source.person_name(from.level, from.tag);
  return field.empty() ? Verdict::Absent : Verdict::Applied;
}

// PS3.3 section 8.8: one of three attributes holds the value.
std::string code_value(const Reading& from) {
  for (const Source::Tag tag : {kCodeValue, kLongCodeValue, kUrnCodeValue})
    if (std::string value = from.source.text(from.level, tag); !value.empty()) return value;
  return {};
}

Verdict run_concept(const Reading& from, Pointer to, std::string_view& reason) {
  auto& field = **std::get_if<std::vector<Code>*>(&to);
  Code code{code_value(from), from.source.text(from.level, kCodingScheme),
            from.source.text(from.level, kCodeMeaning)};
  if (code == Code{}) return Verdict::Absent;
  if (code.value.empty() && code.meaning.empty()) {
    reason = "a code without value and meaning";
    return Verdict::Dropped;
  }
  field.push_back(std::move(code));
  return Verdict::Applied;
}

// HL7v2 Hierarchic Designator macro (PS3.3 section 10.14) as one text.
Verdict run_issuer(const Reading& from, Pointer to, std::string_view&) {
  std::string& field = **std::get_if<std::string*>(&to);
  field = from.source.text(from.level, kUniversalEntity);
  if (field.empty()) field = from.source.text(from.level, kLocalNamespaceEntity);
  return field.empty() ? Verdict::Absent : Verdict::Applied;
}

// name, type, takes items, collects
constexpr std::array kTransforms = {
    Transform{"text", FieldType::Text, false, false, run_text},
    Transform{"uid", FieldType::Text, false, false, run_uid},
    Transform{"date", FieldType::Text, false, false, run_date},
    Transform{"time", FieldType::Text, false, false, run_time},
    Transform{"age", FieldType::Text, false, false, run_age},
    Transform{"timezone", FieldType::Text, false, false, run_timezone},
    Transform{"integer", FieldType::Integer, false, false, run_integer},
    Transform{"person_name", FieldType::Name, false, false, run_person_name},
    Transform{"concept", FieldType::Codes, true, true, run_concept},
    Transform{"fn:issuer", FieldType::Text, true, false, run_issuer},
};

}  // namespace

std::span<const Transform> transforms() { return kTransforms; }

const Transform* find_transform(std::string_view name) {
  const auto found = std::find_if(kTransforms.begin(), kTransforms.end(),
                                  [&](const Transform& transform) { return transform.name == name; });
  return found == kTransforms.end() ? nullptr : &*found;
}

}  // namespace mappers::engine
