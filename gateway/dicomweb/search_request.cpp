#include "gateway/dicomweb/search_request.h"

#include <algorithm>

#include "gateway/base/text.h"
#include "mappers/dicom/matching.h"

namespace gateway::dicomweb {
namespace {

using mappers::dicom::MatchKey;
using mappers::dicom::MatchOptions;
using mappers::dicom::Tag;
using mappers::dicom::TagPath;
using model::Level;
using model::Match;

constexpr std::uint64_t kLargest = 1ull << 40;  // of offset and limit; no index has as many rows

struct Switch {
  std::string_view name;
  bool MatchOptions::*option;
};
constexpr Switch kSwitches[] = {{"fuzzymatching", &MatchOptions::fuzzy},
                                {"emptyvaluematching", &MatchOptions::empty_value},
                                {"multiplevaluematching", &MatchOptions::multiple_value}};

Error bad(std::string_view name, std::string why) {
  return fail(ErrorCode::InvalidParameter, std::move(why), std::string(name));
}

const Switch* find_switch(std::string_view name) {
  const auto found = std::find_if(std::begin(kSwitches), std::end(kSwitches),
                                  [&](const Switch& one) { return one.name == name; });
  return found == std::end(kSwitches) ? nullptr : found;
}

// Section 8.3.4.2 and what follows it: they are for all keys, wherever they stand.
Result<MatchOptions> parse_switches(const http::Request& request) {
  MatchOptions options;
  for (const auto& [name, value] : request.query) {
    const Switch* found = find_switch(name);
    if (!found) continue;
    if (value != "true" && value != "false") return bad(name, "must be true or false");
    options.*(found->option) = value == "true";
  }
  return options;
}

void add_include(Tag tag, SearchRequest& out) {
  if (out.include.insert(mappers::dicom::hex(tag)).second) out.query.include.push_back(tag.value());
  // A private attribute says nothing without its creator (PS3.5 section 7.8.1).
  if (tag.is_private() && tag.element > 0xFF)
    add_include({tag.group, static_cast<std::uint16_t>(tag.element >> 8)}, out);
}

Result<void> parse_match(std::string_view name, std::string_view value, const MatchOptions& options,
                         std::vector<MatchKey>& keys, SearchRequest& out) {
  auto path = TRY(mappers::dicom::parse_tag_path(name));
  if (!path) return {};             // section 8.3.4: unknown parameters are ignored
  add_include(path->front(), out);  // section 10.6.3.3: what was matched on is part of the result
  if (value.empty()) return {};     // PS3.4 section C.2.2.2.3
  auto parsed = mappers::dicom::parse_keys(*path, value, options);
  if (!parsed) return bad(name, parsed.error().message);
  for (MatchKey& key : *parsed)
    if (!key.universal()) keys.push_back(std::move(key));
  return {};
}

// Section 8.3.4.3. An attribute inside of a sequence brings the sequence.
Result<void> parse_include(std::string_view value, SearchRequest& out) {
  for (const std::string_view item : split(value, ',')) {
    const std::string_view name = trim(item);
    if (name.empty()) continue;
    if (name == "all") {
      out.include_all = true;
      continue;
    }
    const auto path = mappers::dicom::parse_tag_path(name);
    if (!path || !*path) return bad("includefield", "no such attribute: " + std::string(name));
    add_include((*path)->front(), out);
  }
  return {};
}

// Section 8.3.4.4. A number that no machine word holds is a large one.
Result<void> parse_paging(std::string_view name, std::string_view value, const SearchRules& rules,
                          SearchRequest& out) {
  if (value.empty() || value.find_first_not_of("0123456789") != std::string_view::npos)
    return bad(name, "not a non-negative whole number");
  const std::uint64_t number = std::min(parse_number<std::uint64_t>(value).value_or(kLargest), kLargest);
  if (name == "offset") {
    out.query.offset = number;
    return {};
  }
  out.own_limit = number > rules.max_results;
  out.query.limit = static_cast<std::uint32_t>(std::min<std::uint64_t>(number, rules.max_results));
  return {};
}

// The UIDs in the path are keys like any other.
void add_path_keys(const http::Request& request, SearchRequest& out) {
  for (const auto& [param, field] : {std::pair("study", "study.uid"), std::pair("series", "series.uid")})
    if (const std::string_view uid = request.param(param); !uid.empty())
      out.plan.matches.push_back({field, Match::Kind::AnyOf, {std::string(uid)}, {}, {}});
}

}  // namespace

Error named_as_given(const http::Request& request, Error error) {
  for (const auto& [name, value] : request.query) {
    const auto parsed = mappers::dicom::parse_tag_path(name);
    if (!parsed.ok() || !*parsed || mappers::dicom::path_text(**parsed) != error.where) continue;
    error.where = name;
    return error;
  }
  return error;
}

Result<SearchRequest> parse_search(const http::Request& request, Level level, const SearchRules& rules) {
  SearchRequest out;
  out.query.level = level;
  out.query.limit = rules.max_results;
  out.with_study = level != Level::Study && request.param("study").empty();
  out.with_series = level == Level::Instance && request.param("series").empty();
  const MatchOptions options = TRY(parse_switches(request));
  std::vector<MatchKey> keys;
  for (const auto& [name, value] : request.query) {
    if (name == "includefield")
      TRY_VOID(parse_include(value, out));
    else if (name == "limit" || name == "offset")
      TRY_VOID(parse_paging(name, value, rules, out));
    else if (!find_switch(name))
      TRY_VOID(parse_match(name, value, options, keys, out));
  }
  auto plan = mappers::dicom::plan_keys(level, keys, rules.path_of_tag, /*combine_date_time=*/true);
  if (!plan) return named_as_given(request, std::move(plan).error());
  out.plan = std::move(*plan);
  add_path_keys(request, out);
  return out;
}

}  // namespace gateway::dicomweb
