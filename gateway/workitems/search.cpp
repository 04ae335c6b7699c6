#include "gateway/workitems/search.h"

#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "gateway/workitems/attributes.h"
#include "gateway/workitems/requirements.h"

namespace gateway::workitems {
namespace {

constexpr codec::JsonLimits kLimits{64u << 20, 128};

Error bad(const std::string& name, std::string why) {
  return fail(ErrorCode::InvalidParameter, std::move(why), name);
}

Result<void> read_switch(const std::string& name, const std::string& value, bool& on) {
  if (value != "true" && value != "false") return bad(name, "must be true or false");
  on = value == "true";
  return {};
}

// Section 8.3.4: they hold for all keys, wherever they stand.
Result<mappers::dicom::MatchOptions> read_options(const http::Request& request) {
  mappers::dicom::MatchOptions options;
  for (const auto& [name, value] : request.query) {
    if (name == "fuzzymatching") TRY_VOID(read_switch(name, value, options.fuzzy));
    if (name == "emptyvaluematching") TRY_VOID(read_switch(name, value, options.empty_value));
    if (name == "multiplevaluematching") TRY_VOID(read_switch(name, value, options.multiple_value));
  }
  return options;
}

Result<void> read_include(const std::string& value, SearchRequest& search) {
  for (const std::string_view part : split(value, ',')) {
    const std::string_view name = trim(part);
    if (name == "all") search.include_all = true;
    if (name.empty() || name == "all") continue;
    const auto path = TRY(mappers::dicom::parse_tag_path(name));
    if (!path) return bad("includefield", "no such attribute: " + std::string(name));
    search.include.insert(path->front().value());
  }
  return {};
}

Result<void> read_number(const std::string& name, const std::string& value, std::uint64_t& number) {
  const auto parsed = parse_number<std::uint64_t>(value);
  if (!parsed) return bad(name, "not a non-negative whole number");
  number = *parsed;
  return {};
}

Value chosen(const Value& item, const SearchRequest& search) {
  Value::Map kept;
  for (const auto& [key, content] : *item.as_map()) {
    const auto tag = mappers::dicom::parse_tag(key);
    const bool wanted =
        search.include_all || (tag && (is_returned(tag->value()) || search.include.contains(tag->value())));
    if (wanted) kept.emplace_back(key, content);
  }
  return kept;
}

}  // namespace

Result<SearchRequest> parse_search(const http::Request& request, std::uint32_t max_results) {
  SearchRequest search;
  search.limit = max_results;
  const auto options = TRY(read_options(request));
  for (const auto& [name, value] : request.query) {
    if (name == "includefield") {
      TRY_VOID(read_include(value, search));
    } else if (name == "limit") {
      TRY_VOID(read_number(name, value, search.limit));
    } else if (name == "offset") {
      TRY_VOID(read_number(name, value, search.offset));
    } else {
      const std::size_t before = search.keys.size();
      TRY_VOID(add_key(search.keys, name, value, options));
      // Section 11.9.2: what was matched on is part of the result.
      if (search.keys.size() > before) search.include.insert(search.keys.back().path.front().value());
    }
  }
  return search;
}

Result<SearchResult> run_search(const model::WorkitemStore& store, const SearchRequest& search,
                                std::uint32_t max_results) {
  SearchResult result;
  std::uint64_t matched = 0;
  const std::uint64_t limit = std::min<std::uint64_t>(search.limit, max_results);
  const bool own_limit = search.limit >= max_results;
  if (limit == 0) return result;
  TRY_VOID(store.scan(narrowed(search.keys), [&](const model::Workitem& item) {
    if (!matches_all(item.data, search.keys) || matched++ < search.offset) return true;
    if (result.items.size() == limit) return ++result.more, true;
    const auto data = codec::parse_json(item.data, kLimits);
    if (data.ok() && data->as_map()) result.items.push_back(chosen(*data, search));
    return result.items.size() < limit || own_limit;
  }));
  return result;
}

}  // namespace gateway::workitems
