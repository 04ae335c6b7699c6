#include "mappers/dicom/matching.h"

#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "gateway/model/person_name.h"
#include "mappers/dicom/date_time.h"
#include "mappers/dicom/json_scan.h"
#include "mappers/dicom/match_terms.h"

namespace mappers::dicom {
namespace {

using gateway::trim;
using gateway::Value;

constexpr std::string_view kTimezone = "00080201";

std::string text_of(const Value& item) {
  if (const auto* text = item.as_string()) return std::string(trim(*text));
  if (const auto* number = item.as_int()) return std::to_string(*number);
  if (const auto* decimal = item.as_decimal()) return decimal->text;
  return {};
}

gateway::model::PersonName name_of(const Value& item) {
  const auto group = [&](std::string_view key) { return std::string(item.text(key)); };
  if (const auto* text = item.as_string()) return {*text, {}, {}};
  return {group("Alphabetic"), group("Ideographic"), group("Phonetic")};
}

bool has_value(const Value& item) {
  if (item.as_map()) return !name_of(item).empty();
  return !text_of(item).empty();
}

std::string without(std::string text, char c) {
  std::erase(text, c);
  return text;
}

// An open bound holds for whatever is known.
bool in_range(std::string_view value, const MatchTerm& term) {
  return !value.empty() && (term.low.empty() || value >= term.low) &&
         (term.high.empty() || value <= term.high);
}

// Section C.2.2.2.5: from 22 to 06 is the night.
bool in_time_range(std::string_view value, const MatchTerm& term) {
  const bool over_midnight = !term.low.empty() && !term.high.empty() && term.low > term.high;
  if (over_midnight) return !value.empty() && (value >= term.low || value <= term.high);
  return in_range(value, term);
}

// A key without an offset is meant by the clock of the object.
bool in_instants(const std::string& text, const MatchTerm& term, std::optional<std::int64_t> object_offset) {
  const auto value = parse_instant(text);
  if (!value) return false;
  const auto compare = [&](const std::string& bound, bool low) {
    const auto limit = parse_instant(bound);
    if (!limit) return bound.empty();
    const std::int64_t shift =
        limit->offset_us ? *limit->offset_us - value->offset_us.value_or(object_offset.value_or(0)) : 0;
    return low ? value->first_us + shift >= limit->first_us : value->first_us + shift <= limit->last_us;
  };
  return compare(term.low, true) && compare(term.high, false);
}

struct Context {
  const MatchKey& key;
  std::optional<std::int64_t> offset_us;  // of the object, (0008,0201)
};

bool is_like(const std::string& text, const MatchTerm& term) {
  if (term.kind == MatchTerm::Kind::Wildcard) return gateway::model::like(text, term.low);
  return text == term.low;
}

bool matches_value(const Value& item, VR vr, const MatchTerm& term, const Context& context) {
  switch (comparison_of(vr)) {
    case Comparison::Name:
      return gateway::model::matches_name(name_of(item), term.low, context.key.options.fuzzy);
    case Comparison::Date:
      return in_range(without(text_of(item), '.'), term);
    case Comparison::Time:
      return in_time_range(without(text_of(item), ':'), term);
    case Comparison::Instant:
      return in_instants(text_of(item), term, context.offset_us);
    case Comparison::Number: {
      const auto value = parse_real(text_of(item));
      return value && value == parse_real(term.low);
    }
    case Comparison::Tag:
      return gateway::iequals(text_of(item), term.low);
    case Comparison::Text:
      return is_like(text_of(item), term);
    case Comparison::None:
      break;
  }
  return false;
}

bool matches_terms(const Value::List& values, VR vr, const std::vector<MatchTerm>& terms,
                   const Context& context) {
  const bool empty = std::none_of(values.begin(), values.end(), has_value);
  return std::any_of(terms.begin(), terms.end(), [&](const MatchTerm& term) {
    if (term.kind == MatchTerm::Kind::Empty) return empty;
    return std::any_of(values.begin(), values.end(),
                       [&](const Value& value) { return matches_value(value, vr, term, context); });
  });
}

// What the dictionary does not know is read as the object says it is.
bool matches_unknown(const Value::List& values, VR vr, const Context& context) {
  const MatchKey& key = context.key;
  const auto terms = parse_terms(key.path, key.value, vr, key.options);
  return terms.ok() && (terms->empty() || matches_terms(values, vr, *terms, context));
}

bool asks_for_empty(const MatchKey& key) {
  return std::any_of(key.terms.begin(), key.terms.end(),
                     [](const MatchTerm& term) { return term.kind == MatchTerm::Kind::Empty; }) ||
         (key.vr == VR::UN && key.options.empty_value && key.value == "\"\"");
}

bool matches_attribute(const Value* attribute, std::size_t depth, const Context& context);

bool matches_item(const Value& item, std::size_t depth, const Context& context) {
  return matches_attribute(item.find(hex(context.key.path[depth])), depth, context);
}

// `attribute` is {"vr":...,"Value":[...]}, or null when it is absent.
bool matches_attribute(const Value* attribute, std::size_t depth, const Context& context) {
  static const Value::List kNone;
  const MatchKey& key = context.key;
  const Value* value = attribute ? attribute->find("Value") : nullptr;
  const Value::List& values = value && value->as_list() ? *value->as_list() : kNone;
  const bool by_reference = attribute && (attribute->find("BulkDataURI") || attribute->find("InlineBinary"));
  if (by_reference) return false;
  if (depth + 1 < key.path.size()) {
    if (values.empty()) return asks_for_empty(key);
    return std::any_of(values.begin(), values.end(),
                       [&](const Value& item) { return matches_item(item, depth + 1, context); });
  }
  if (key.vr != VR::UN) return matches_terms(values, key.vr, key.terms, context);
  if (!attribute) return asks_for_empty(key);
  return matches_unknown(values, parse_vr(attribute->text("vr")).value_or(VR::UN), context);
}

std::optional<std::int64_t> offset_of(const Value* timezone) {
  const Value* value = timezone ? timezone->find("Value") : nullptr;
  if (!value || !value->as_list() || value->as_list()->empty()) return std::nullopt;
  return parse_offset_us(text_of(value->as_list()->front()));
}

// The member of an object in text, parsed. Slots (gateway/model/ports.h) read as blanks.
std::optional<Value> parsed_member(std::string_view object, std::string_view tag) {
  const auto raw = find_member(object, tag);
  if (!raw) return std::nullopt;
  std::string text(*raw);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  auto value = gateway::codec::parse_json(text);
  if (!value.ok()) return std::nullopt;
  return std::move(*value);
}

}  // namespace

std::optional<double> parse_real(std::string_view text) {
  text = trim(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  return gateway::parse_number<double>(text);
}

bool matches(const Value& object, const MatchKey& key) {
  if (!object.as_map()) return false;
  if (key.universal()) return true;
  return matches_item(object, 0, {key, offset_of(object.find(kTimezone))});
}

bool matches_text(std::string_view object, const MatchKey& key) {
  if (!is_object_text(object)) return false;
  if (key.universal()) return true;
  Context context{key, {}};
  if (key.vr == VR::DT)
    if (const auto timezone = parsed_member(object, kTimezone)) context.offset_us = offset_of(&*timezone);
  const auto attribute = parsed_member(object, hex(key.path.front()));
  return matches_attribute(attribute ? &*attribute : nullptr, 0, context);
}

}  // namespace mappers::dicom
