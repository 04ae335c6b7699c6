#include "mappers/engine/transform.h"

#include <algorithm>
#include <array>

#include "gateway/base/text.h"
#include "mappers/engine/dicom_values.h"

namespace mappers::engine {
namespace {

using gateway::model::Code;
using gateway::model::FieldRef;
using gateway::model::FieldType;
using gateway::model::Identifier;
using gateway::model::PersonName;
using gateway::model::Request;
using gateway::model::Specimen;
using Pointer = FieldRef::Pointer;

constexpr Source::Tag kCodeValue = 0x00080100;
constexpr Source::Tag kCodingScheme = 0x00080102;
constexpr Source::Tag kCodeMeaning = 0x00080104;
constexpr Source::Tag kLongCodeValue = 0x00080119;
constexpr Source::Tag kUrnCodeValue = 0x00080120;
constexpr Source::Tag kLocalNamespaceEntity = 0x00400031;
constexpr Source::Tag kUniversalEntity = 0x00400032;
constexpr Source::Tag kUniversalEntityType = 0x00400033;

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

// HL7v2 Hierarchic Designator macro (PS3.3 section 10.14) as one text. A UUID becomes a URN; OIDs and URIs
// are known by their form, and what is neither stays a name.
std::string entity(const Source& source, Source::Level level) {
  std::string id = source.text(level, kUniversalEntity);
  if (id.empty()) return source.text(level, kLocalNamespaceEntity);
  return source.text(level, kUniversalEntityType) == "UUID" ? "urn:uuid:" + id : id;
}

// The first item of the issuer sequence `tag` that says something.
std::string issuer_in(const Source& source, Source::Level level, Source::Tag tag) {
  for (std::size_t i = 0; i < source.item_count(level, tag); ++i)
    if (std::string name = entity(source, source.item(level, tag, i)); !name.empty()) return name;
  return {};
}

Verdict run_issuer(const Reading& from, Pointer to, std::string_view&) {
  std::string& field = **std::get_if<std::string*>(&to);
  field = entity(from.source, from.level);
  return field.empty() ? Verdict::Absent : Verdict::Applied;
}

Verdict run_texts(const Reading& from, Pointer to, std::string_view&) {
  std::string& field = **std::get_if<std::string*>(&to);
  field.clear();
  for (const std::string& value : from.source.texts(from.level, from.tag))
    field += (field.empty() ? "" : "\\") + value;
  return field.empty() ? Verdict::Absent : Verdict::Applied;
}

Verdict run_person_names(const Reading& from, Pointer to, std::string_view&) {
  auto& field = **std::get_if<std::vector<PersonName>*>(&to);
  for (const std::string& value : from.source.texts(from.level, from.tag)) {
    auto groups = gateway::split(value, '=');
    groups.resize(3);
    PersonName name{std::string(groups[0]), std::string(groups[1]), std::string(groups[2])};
    if (!name.empty()) field.push_back(std::move(name));
  }
  return field.empty() ? Verdict::Absent : Verdict::Applied;
}

// An item of Other Patient IDs Sequence (PS3.3 section C.2.2).
Verdict run_identifier(const Reading& from, Pointer to, std::string_view& reason) {
  auto& field = **std::get_if<std::vector<Identifier>*>(&to);
  Identifier id{from.source.text(from.level, 0x00100020), issuer_in(from.source, from.level, 0x00100024),
                from.source.text(from.level, 0x00100022)};
  if (id.issuer.empty()) id.issuer = from.source.text(from.level, 0x00100021);
  if (id.value.empty()) {
    reason = "an identifier without a value";
    return Verdict::Dropped;
  }
  field.push_back(std::move(id));
  return Verdict::Applied;
}

// The codes of a sequence within an item.
std::vector<Code> codes_in(const Reading& from, Source::Tag tag) {
  std::vector<Code> codes;
  for (std::size_t i = 0; i < from.source.item_count(from.level, tag); ++i) {
    const Source::Level item = from.source.item(from.level, tag, i);
    Code code{code_value({from.source, item}), from.source.text(item, kCodingScheme),
              from.source.text(item, kCodeMeaning)};
    if (!code.value.empty() || !code.meaning.empty()) codes.push_back(std::move(code));
  }
  return codes;
}

// A number of an order with its issuer; an issuer of nothing says nothing.
Identifier identifier_in(const Reading& from, Source::Tag value, Source::Tag issuer) {
  Identifier id{from.source.text(from.level, value), {}, {}};
  if (!id.value.empty()) id.issuer = issuer_in(from.source, from.level, issuer);
  return id;
}

// An item of Coding Scheme Identification Sequence (PS3.3 section C.12.1): what its designator stands for.
Verdict run_scheme(const Reading& from, Pointer to, std::string_view&) {
  auto& field = **std::get_if<std::vector<Code>*>(&to);
  Code scheme{from.source.text(from.level, 0x0008010C), from.source.text(from.level, kCodingScheme),
              from.source.text(from.level, 0x00080115)};
  if (scheme.value.empty() || scheme.scheme.empty()) return Verdict::Absent;
  field.push_back(std::move(scheme));
  return Verdict::Applied;
}

// An item of Request Attributes Sequence (PS3.3 section 10.6) or Referenced Request Sequence (C.17.2).
Verdict run_request(const Reading& from, Pointer to, std::string_view&) {
  auto& field = **std::get_if<std::vector<Request>*>(&to);
  Request request;
  request.accession = identifier_in(from, 0x00080050, 0x00080051);
  request.placer = identifier_in(from, 0x00402016, 0x00400026);
  request.filler = identifier_in(from, 0x00402017, 0x00400027);
  request.procedure_id = from.source.text(from.level, 0x00401001);
  request.description = from.source.text(from.level, 0x00321060);
  request.codes = codes_in(from, 0x00321064);
  request.reason = from.source.text(from.level, 0x00401002);
  request.reasons = codes_in(from, 0x0040100A);
  if (request == Request{}) return Verdict::Absent;
  field.push_back(std::move(request));
  return Verdict::Applied;
}

// An item of Specimen Description Sequence (PS3.3 section C.7.6.22).
Verdict run_specimen(const Reading& from, Pointer to, std::string_view&) {
  auto& field = **std::get_if<std::vector<Specimen>*>(&to);
  Specimen specimen;
  specimen.identifier = identifier_in(from, 0x00400551, 0x00400562);
  specimen.uid = from.source.text(from.level, 0x00400554);
  specimen.description = from.source.text(from.level, 0x00400600);
  if (specimen.description.empty()) specimen.description = from.source.text(from.level, 0x00400602);
  specimen.types = codes_in(from, 0x0040059A);
  if (specimen == Specimen{}) return Verdict::Absent;
  field.push_back(std::move(specimen));
  return Verdict::Applied;
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
    Transform{"texts", FieldType::Text, false, false, run_texts},
    Transform{"person_names", FieldType::Names, false, false, run_person_names},
    Transform{"identifier", FieldType::Identifiers, true, true, run_identifier},
    Transform{"scheme", FieldType::Codes, true, true, run_scheme},
    Transform{"request", FieldType::Requests, true, true, run_request},
    Transform{"specimen", FieldType::Specimens, true, true, run_specimen},
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
