#include "gateway/fhir/transaction_references.h"

#include <algorithm>
#include <array>

#include "gateway/fhir/write_call.h"

namespace gateway::fhir {
namespace {

// Members that hold a URI; an Identifier.value that looks like one is text and stays.
bool holds_uri(std::string_view name) {
  constexpr std::array<std::string_view, 9> kNames = {"reference", "url",       "uri",
                                                      "valueUri",  "valueUrl",  "valueCanonical",
                                                      "valueOid",  "valueUuid", "instantiatesUri"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

// "http://host/fhir" of "http://host/fhir/Patient/1"; empty for a URN.
std::string base_of(const std::string& full_url) {
  if (!full_url.starts_with("http")) return {};
  const auto id = full_url.rfind('/');
  const auto type = id == std::string::npos || id == 0 ? std::string::npos : full_url.rfind('/', id - 1);
  return type == std::string::npos ? std::string() : full_url.substr(0, type);
}

// With a scheme, or within the resource; criteria may have colons of their own.
bool is_absolute(std::string_view reference) {
  return reference.substr(0, reference.find_first_of("/?")).find(':') != std::string_view::npos ||
         reference.starts_with('#');
}

}  // namespace

Result<void> EntryReferences::add(const std::string& full_url, const std::string& place,
                                  const std::string& where) {
  if (full_url.empty() || places_.emplace(full_url, place).second) return {};
  return fail(ErrorCode::InvalidBody, "two entries have this fullUrl", where + ".fullUrl");
}

Result<std::string> EntryReferences::resolved(const std::string& reference, const std::string& base,
                                              const std::string& where) {
  if (const auto known = places_.find(reference); known != places_.end()) return known->second;
  if (is_absolute(reference)) return reference;
  const auto mark = reference.find('?');
  if (mark == std::string::npos) {
    if (base.empty()) return reference;
    const auto known = places_.find(base + "/" + reference);
    return known == places_.end() ? reference : known->second;
  }
  if (const auto known = found_.find(reference); known != found_.end()) return known->second;
  searched_ = true;
  const std::string type = reference.substr(0, mark);
  const QueryPairs criteria = TRY(criteria_of(reference, where));
  const auto ids = TRY(face_.resources()->ids(type, criteria, place_));
  if (ids.size() != 1)
    return fail(ErrorCode::PreconditionFailed,
                ids.empty() ? "a reference by criteria finds nothing: " + reference
                            : "a reference by criteria finds more than one: " + reference,
                where);
  const std::string place = type + "/" + ids[0];
  if (const auto deleted = deleted_.find(place); deleted != deleted_.end())
    return fail(ErrorCode::InvalidBody,
                "the reference " + reference + " finds " + place + ", which " + deleted->second + " deletes",
                where);
  return found_[reference] = place;
}

// Attribute values of narrative: <a href="urn:uuid:...">
std::string EntryReferences::rewritten_narrative(std::string_view text) const {
  std::string out;
  while (true) {
    const auto open = text.find('"');
    const auto close = open == std::string_view::npos ? open : text.find('"', open + 1);
    if (close == std::string_view::npos) return out += text;
    const auto known = places_.find(text.substr(open + 1, close - open - 1));
    out += text.substr(0, open + 1);
    out += known == places_.end() ? text.substr(open + 1, close - open - 1) : std::string_view(known->second);
    text.remove_prefix(close);
    out += '"';
    text.remove_prefix(1);
  }
}

Result<void> EntryReferences::rewrite_member(const std::string& name, Value& value, const std::string& base,
                                             const std::string& where) {
  if (Value::List* list = value.as_list()) return rewrite_list(*list, base, where);
  if (Value::Map* map = value.as_map()) {
    for (auto& [inner, item] : *map) TRY_VOID(rewrite_member(inner, item, base, where));
    return {};
  }
  const std::string* text = value.as_string();
  if (!text) return {};
  if (name == "reference") {
    auto place = resolved(*text, base, where);
    if (!place) return std::move(place).error();
    value = Value(std::move(*place));
  } else if (holds_uri(name)) {
    if (const auto known = places_.find(*text); known != places_.end()) value = Value(known->second);
  } else if (name == "div") {
    value = Value(rewritten_narrative(*text));
  }
  return {};
}

Result<void> EntryReferences::rewrite_list(Value::List& list, const std::string& base,
                                           const std::string& where) {
  for (Value& item : list)
    if (item.as_map() || item.as_list()) TRY_VOID(rewrite_member({}, item, base, where));
  return {};
}

Result<void> EntryReferences::rewrite(Value& resource, const std::string& full_url,
                                      const std::string& where) {
  return rewrite_member({}, resource, base_of(full_url), where);
}

}  // namespace gateway::fhir
