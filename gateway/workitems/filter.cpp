#include "gateway/workitems/filter.h"

#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/codec/uri.h"
#include "gateway/workitems/attributes.h"
#include "gateway/workitems/state_machine.h"

namespace gateway::workitems {
namespace {

using mappers::dicom::MatchKey;
using mappers::dicom::MatchTerm;

bool is_about(const MatchKey& key, std::uint32_t tag) {
  return key.path.size() == 1 && key.path.front().value() == tag;
}

// The literal alternatives of a key; nothing when it has others.
std::vector<std::string> literals(const MatchKey& key) {
  std::vector<std::string> found;
  for (const MatchTerm& term : key.terms) {
    if (term.kind != MatchTerm::Kind::Literal) return {};
    found.push_back(term.low);
  }
  return found;
}

bool is_attribute(const std::string& name) {
  const auto path = mappers::dicom::parse_tag_path(name);
  return !path.ok() || path->has_value();
}

// "a=1,b=2,3,c=4": a comma ends a key only where another key follows, as lists of UIDs have commas, too.
QueryPairs split_filter(const std::string& filter) {
  QueryPairs pairs;
  for (const std::string_view part : split(filter, ',')) {
    const auto equals = part.find('=');
    const std::string name(trim(part.substr(0, equals)));
    if (equals != std::string_view::npos && is_attribute(name))
      pairs.emplace_back(name, part.substr(equals + 1));
    else if (!pairs.empty())
      pairs.back().second.append(",").append(part);
    else
      pairs.emplace_back(name, "");
  }
  return pairs;
}

}  // namespace

Result<void> add_key(Keys& keys, const std::string& name, const std::string& value,
                     const mappers::dicom::MatchOptions& options) {
  auto path = TRY(mappers::dicom::parse_tag_path(name));
  if (!path) return {};
  if (path->front().value() == tag::kTransactionUid)
    return fail(ErrorCode::InvalidParameter, "the Transaction UID is known to its owner only", name);
  auto parsed = mappers::dicom::parse_keys(*path, value, options);
  if (!parsed) return fail(parsed.error().code, parsed.error().message, name, parsed.error().detail);
  for (MatchKey& key : *parsed) keys.push_back(std::move(key));
  return {};
}

bool matches_all(std::string_view item, const Keys& keys) {
  return std::all_of(keys.begin(), keys.end(), [item](const MatchKey& key) {
    return key.universal() || mappers::dicom::matches_text(item, key);
  });
}

model::WorkitemFilter narrowed(const Keys& keys) {
  model::WorkitemFilter filter;
  for (const MatchKey& key : keys) {
    if (is_about(key, tag::kSopInstanceUid) && filter.uids.empty()) filter.uids = literals(key);
    if (is_about(key, tag::kPatientId) && filter.patient_ids.empty()) filter.patient_ids = literals(key);
    if (!is_about(key, tag::kState) || !filter.states.empty()) continue;
    for (const std::string& text : literals(key))
      if (const auto state = parse_state(text)) filter.states.push_back(*state);
  }
  return filter;
}

Result<std::string> subscription_filter(const QueryPairs& query) {
  QueryPairs keys;
  for (const auto& [name, value] : query) {
    if (name == "filter") {
      const QueryPairs more = split_filter(value);
      keys.insert(keys.end(), more.begin(), more.end());
    } else if (is_attribute(name)) {
      keys.emplace_back(name, value);
    }
  }
  if (keys.empty())
    return fail(ErrorCode::InvalidParameter, "a filtered subscription has matching keys", "filter");
  std::string text = codec::write_query(keys);
  TRY_VOID(parse_filter(text));
  return text;
}

Result<Keys> parse_filter(std::string_view filter) {
  Keys keys;
  for (const auto& [name, value] : TRY(codec::parse_query(filter))) {
    if (!is_attribute(name)) return fail(ErrorCode::InvalidParameter, "no such attribute: " + name, "filter");
    TRY_VOID(add_key(keys, name, value, {}));
  }
  return keys;
}

}  // namespace gateway::workitems
