#include "gateway/sources/answers.h"

#include <algorithm>

#include "gateway/base/text.h"

namespace gateway::sources {
namespace {

const Value::List* values_of(const Value& object, std::string_view tag) {
  const Value* member = object.find(tag);
  const Value* values = member ? member->find("Value") : nullptr;
  return values ? values->as_list() : nullptr;
}

bool is_absent(const Value& object, std::string_view tag) {
  const Value::List* values = values_of(object, tag);
  return !values || values->empty() ||
         std::all_of(values->begin(), values->end(), [](const Value& v) { return v.is_null(); });
}

// Keys stay ascending.
void put(Value& object, std::string_view tag, std::string_view vr, Value value) {
  Value member = Value::map();
  member.set("vr", vr).set("Value", Value::list().push(std::move(value)));
  Value::Map& members = *object.as_map();
  const auto place = std::lower_bound(members.begin(), members.end(), tag,
                                      [](const auto& m, std::string_view t) { return m.first < t; });
  if (place != members.end() && place->first == tag)
    place->second = std::move(member);
  else
    members.emplace(place, std::string(tag), std::move(member));
}

}  // namespace

std::vector<std::string> texts_of(const Value& object, std::string_view tag) {
  std::vector<std::string> texts;
  if (const Value::List* values = values_of(object, tag))
    for (const Value& value : *values)
      if (const std::string* text = value.as_string(); text && !text->empty()) texts.push_back(*text);
  return texts;
}

std::string text_of(const Value& object, std::string_view tag) {
  const auto texts = texts_of(object, tag);
  return texts.empty() ? std::string() : texts.front();
}

std::optional<std::uint64_t> count_of(const Value& object, std::string_view tag) {
  const Value::List* values = values_of(object, tag);
  if (!values || values->empty()) return std::nullopt;
  if (const std::int64_t* number = values->front().as_int())
    return *number < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(*number));
  const std::string* text = values->front().as_string();
  return text ? parse_number<std::uint64_t>(trim(*text)) : std::nullopt;
}

model::RemoteId id_of(const Value& object) {
  return {text_of(object, key::kStudyUid), text_of(object, key::kSeriesUid),
          text_of(object, key::kInstanceUid)};
}

void apply_identity(const model::RemoteIdentity& identity, Value& object) {
  const std::string patient = text_of(object, key::kPatientId);
  if (!patient.empty() && !identity.patient_prefix.empty())
    put(object, key::kPatientId, "LO", identity.patient_prefix + patient);
  if (!patient.empty() && !identity.patient_issuer.empty() && is_absent(object, key::kPatientIssuer))
    put(object, key::kPatientIssuer, "LO", identity.patient_issuer);
  if (identity.accession_issuer.empty() || is_absent(object, key::kAccession) ||
      !is_absent(object, key::kAccessionIssuer))
    return;
  Value item = Value::map();
  put(item, "00400031", "UT", identity.accession_issuer);
  put(object, key::kAccessionIssuer, "SQ", std::move(item));
}

}  // namespace gateway::sources
