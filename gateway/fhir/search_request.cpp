#include "gateway/fhir/search_request.h"

#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/codec/uri.h"

namespace gateway::fhir {
namespace {

constexpr std::string_view kOffset = "_offset";  // only in our own links

Error refuse(std::string why, std::string_view parameter) {
  return fail(ErrorCode::InvalidParameter, std::move(why), std::string(parameter));
}

bool is_one_of(std::string_view value, std::initializer_list<std::string_view> all) {
  return std::find(all.begin(), all.end(), value) != all.end();
}

class Parser {
 public:
  Parser(ResourceType type, const SearchDefaults& defaults) : defaults_(defaults) {
    request_.type = type;
    request_.count = defaults.count;
  }

  Result<void> take(const std::string& name, const std::string& value) {
    if (value.empty()) return {};  // no value, no condition (3.1.1.1)
    if (TRY(directive(name, value))) return {};
    return criterion(name, value);
  }

  SearchRequest finish() && { return std::move(request_); }

 private:
  Result<void> unknown(const std::string& name) const {
    if (!defaults_.strict) return {};
    return refuse("this server does not know the parameter", name);
  }

  void use(const std::string& name, const std::string& value) { request_.used.emplace_back(name, value); }

  // True when `name` is a directive rather than a criterion.
  Result<bool> directive(const std::string& name, const std::string& value);
  Result<void> take_count(const std::string& value);
  Result<void> take_offset(const std::string& value);
  Result<void> take_summary(const std::string& value);
  Result<void> take_total(const std::string& value);
  Result<void> take_include(const std::string& value);
  Result<void> criterion(const std::string& name, const std::string& value);

  const SearchDefaults& defaults_;
  SearchRequest request_;
};

Result<bool> Parser::directive(const std::string& name, const std::string& value) {
  if (name == "_count")
    TRY_VOID(take_count(value));
  else if (name == kOffset)
    TRY_VOID(take_offset(value));
  else if (name == "_summary")
    TRY_VOID(take_summary(value));
  else if (name == "_total")
    TRY_VOID(take_total(value));
  else if (name == "_include")
    TRY_VOID(take_include(value));
  else if (name == "_format" || name == "_pretty")
    use(name, value);  // looked at where the answer is written
  else
    return false;
  return true;
}

// A page may be smaller than asked for (3.1.1.5.2), and 0 asks for the total only.
Result<void> Parser::take_count(const std::string& value) {
  const auto count = parse_number<std::uint32_t>(value);
  if (!count) return refuse("the value is not a number of matches", "_count");
  request_.count = std::min(*count, defaults_.max_count);
  if (*count == 0) request_.count_only = true;
  use("_count", std::to_string(request_.count));
  return {};
}

Result<void> Parser::take_offset(const std::string& value) {
  const auto offset = parse_number<std::uint64_t>(value);
  if (!offset || *offset > INT64_MAX) return refuse("the value is not a position in the matches", kOffset);
  request_.offset = *offset;
  return {};
}

Result<void> Parser::take_summary(const std::string& value) {
  if (!is_one_of(value, {"true", "text", "data", "count", "false"}))
    return refuse("no such summary", "_summary");
  if (value != "count" && value != "false") return unknown("_summary=" + value);
  if (value == "count") request_.count_only = true;
  use("_summary", value);
  return {};
}

Result<void> Parser::take_total(const std::string& value) {
  if (!is_one_of(value, {"none", "estimate", "accurate"})) return refuse("no such kind of total", "_total");
  request_.with_total = value != "none";
  use("_total", value);
  return {};
}

Result<void> Parser::take_include(const std::string& value) {
  const auto known = search_includes(request_.type);
  // Source:parameter:target names the target as well (3.1.1.5.4)
  std::string path = value;
  if (path.ends_with(":Patient")) path.resize(path.size() - 8);
  if (path.ends_with(":Endpoint")) path.resize(path.size() - 9);
  if (std::find(known.begin(), known.end(), path) == known.end()) return unknown("_include=" + value);
  const bool endpoint = path.ends_with(":endpoint");
  if (value == path || value.ends_with(endpoint ? ":Endpoint" : ":Patient"))
    (endpoint ? request_.include_endpoint : request_.include_patient) = true;
  use("_include", value);
  return {};
}

// name[:modifier][.chain]
Result<void> Parser::criterion(const std::string& name, const std::string& value) {
  Criterion criterion;
  const auto name_end = name.find_first_of(":.");
  criterion.parameter = find_parameter(request_.type, name.substr(0, name_end));
  if (!criterion.parameter) return unknown(name);
  std::string rest = name_end == std::string::npos ? "" : name.substr(name_end);
  if (const auto dot = rest.find('.'); dot != std::string::npos) {
    criterion.chain = rest.substr(dot + 1);
    rest.resize(dot);
  }
  if (rest.starts_with(':')) criterion.modifier = rest.substr(1);
  const bool patient = is_one_of(criterion.parameter->name, {"patient", "subject"});
  const bool order = criterion.parameter->name == "basedon";
  const bool modifier_known = criterion.modifier.empty() || (patient && criterion.modifier == "Patient") ||
                              (order && criterion.modifier == "identifier");
  const bool chain_known = criterion.chain.empty() || (patient && criterion.chain == "identifier");
  const bool empty_part = name.ends_with(':') || name.ends_with('.');
  if (!modifier_known || !chain_known || empty_part)
    return refuse("the modifier or chain is not supported", name);
  criterion.value = value;
  request_.criteria.push_back(std::move(criterion));
  use(name, value);
  return {};
}

}  // namespace

Result<SearchRequest> parse_search(ResourceType type, const QueryPairs& pairs,
                                   const SearchDefaults& defaults) {
  Parser parser(type, defaults);
  for (const auto& [name, value] : pairs) TRY_VOID(parser.take(name, value));
  return std::move(parser).finish();
}

std::string page_link(const SearchRequest& request, std::string_view path, std::uint64_t offset) {
  QueryPairs pairs = request.used;
  if (offset) pairs.emplace_back(kOffset, std::to_string(offset));
  std::string link(path);
  if (!pairs.empty()) link += "?" + codec::write_query(pairs);
  return link;
}

}  // namespace gateway::fhir
