#include "gateway/fhir/search_request.h"

#include <algorithm>
#include <array>

#include "gateway/base/text.h"
#include "gateway/codec/uri.h"
#include "gateway/fhir/search_values.h"

namespace gateway::fhir {
namespace {

using definitions::SearchParameter;
using definitions::SearchParameters;
using definitions::SearchType;

Error refuse(std::string why, std::string_view parameter) {
  return fail(ErrorCode::InvalidParameter, std::move(why), std::string(parameter));
}

template <std::size_t N>
bool is_one_of(std::string_view value, const std::array<std::string_view, N>& all) {
  return std::find(all.begin(), all.end(), value) != all.end();
}

// Parameters that change what the whole search means, so that leaving them out would mislead.
constexpr std::array<std::string_view, 6> kRefused = {"_filter", "_text",          "_content",
                                                      "_list",   "_containedType", "_query"};

// Spellings of later releases and of guides (EU imaging names R5 codes with R4 definitions; MADO names
// "bodysite" what its definition calls "anatomical-region").
struct Spelling {
  std::string_view other, code;
};
constexpr std::array kSpellings = {
    Spelling{"based-on", "basedon"},           Spelling{"basedon", "based-on"},
    Spelling{"body-site", "bodysite"},         Spelling{"bodysite", "body-site"},
    Spelling{"bodysite", "anatomical-region"}, Spelling{"body-site", "anatomical-region"},
    Spelling{"anatomical-region", "bodysite"},
};

bool is_type_name(std::string_view text) { return !text.empty() && text[0] >= 'A' && text[0] <= 'Z'; }

// FHIR R4 3.1.1.4.2, the modifiers by type of parameter
bool has_modifier(SearchType type, std::string_view modifier) {
  constexpr std::array<std::string_view, 2> kString = {"exact", "contains"};
  constexpr std::array<std::string_view, 7> kToken = {"text",  "not",   "in",     "not-in",
                                                      "above", "below", "of-type"};
  constexpr std::array<std::string_view, 2> kUri = {"above", "below"};
  if (modifier.empty() || modifier == "missing") return true;
  if (type == SearchType::String) return is_one_of(modifier, kString);
  if (type == SearchType::Token) return is_one_of(modifier, kToken);
  if (type == SearchType::Uri) return is_one_of(modifier, kUri);
  return type == SearchType::Reference && (modifier == "identifier" || is_type_name(modifier));
}

// What the client wants of a parameter's whole value list.
class Parser {
 public:
  Parser(std::string_view type, const SearchDefaults& defaults, const SearchParameters& parameters)
      : type_(type), defaults_(defaults), parameters_(parameters) {
    if (!type.empty()) request_.types.emplace_back(type);
    request_.count = defaults.count;
  }

  Result<void> take(const std::string& name, const std::string& value) {
    if (value.size() > kMaxValueBytes) return refuse("the value is longer than this server reads", name);
    if (value.empty()) return {};  // no value, no condition (3.1.1.1)
    if (TRY(directive(name, value))) return {};
    return criterion(name, value);
  }
  Result<void> take_types(const std::string& value);

  SearchRequest finish() && { return std::move(request_); }

 private:
  using Taker = Result<void> (Parser::*)(const std::string& value);

  Result<void> unknown(const std::string& name) const {
    if (!defaults_.strict) return {};
    return refuse("this server does not know the parameter", name);
  }
  void use(std::string_view name, const std::string& value) { request_.used.emplace_back(name, value); }

  // True when `name` is a directive rather than a criterion.
  Result<bool> directive(const std::string& name, const std::string& value);
  Result<void> take_count(const std::string& value);
  Result<void> take_page(const std::string& value);
  Result<void> take_summary(const std::string& value);
  Result<void> take_elements(const std::string& value);
  Result<void> take_total(const std::string& value);
  Result<void> take_sort(const std::string& value);
  Result<void> take_contained(const std::string& value);
  Result<void> take_seen(const std::string&) { return {}; }
  Result<void> take_include(const std::string& name, const std::string& value);
  Result<void> criterion(const std::string& name, const std::string& value);

  std::string type_;
  const SearchDefaults& defaults_;
  const SearchParameters& parameters_;
  SearchRequest request_;
};

Result<bool> Parser::directive(const std::string& name, const std::string& value) {
  struct Directive {
    std::string_view name;
    Taker take;
  };
  constexpr std::array kDirectives = {
      Directive{"_count", &Parser::take_count},         Directive{kPageParameter, &Parser::take_page},
      Directive{"_summary", &Parser::take_summary},     Directive{"_elements", &Parser::take_elements},
      Directive{"_total", &Parser::take_total},         Directive{"_sort", &Parser::take_sort},
      Directive{"_contained", &Parser::take_contained}, Directive{"_type", &Parser::take_seen},
      Directive{"_format", &Parser::take_seen},         Directive{"_pretty", &Parser::take_seen}};
  if (is_one_of(name.substr(0, name.find(':')), kRefused))
    return refuse("this server does not have the parameter, and leaving it out would change the search",
                  name);
  if (name.starts_with("_include") || name.starts_with("_revinclude")) {
    TRY_VOID(take_include(name, value));
    return true;
  }
  const auto found = std::find_if(kDirectives.begin(), kDirectives.end(),
                                  [&](const Directive& each) { return each.name == name; });
  if (found == kDirectives.end() || (name == "_type" && !type_.empty())) return false;
  TRY_VOID((this->*found->take)(value));
  if (name == "_format" || name == "_pretty" || name == "_type") use(name, value);
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

Result<void> Parser::take_page(const std::string& value) {
  request_.page = value;
  return {};
}

// 3.1.1.5.8
Result<void> Parser::take_summary(const std::string& value) {
  const auto summary = definitions::summary_of(value);
  if (!summary) return refuse("no such summary", "_summary");
  request_.subset.summary = *summary;
  if (*summary == definitions::Summary::Count) request_.count_only = true;
  use("_summary", value);
  return {};
}

// 3.1.1.5.9
Result<void> Parser::take_elements(const std::string& value) {
  for (const auto element : split(value, ','))
    if (const auto name = trim(element); !name.empty()) request_.subset.elements.emplace_back(name);
  use("_elements", value);
  return {};
}

// 3.1.1.5.3
Result<void> Parser::take_total(const std::string& value) {
  if (value != "none" && value != "estimate" && value != "accurate")
    return refuse("no such kind of total", "_total");
  request_.total = value == "none" ? Total::None : value == "estimate" ? Total::Estimate : Total::Accurate;
  use("_total", value);
  return {};
}

// 3.1.1.5.1; a key that cannot be sorted by is no parameter of this server
Result<void> Parser::take_sort(const std::string& value) {
  std::string used;
  for (const auto part : split(value, ',')) {
    std::string_view code = trim(part);
    SortItem item;
    if (code.starts_with('-') || code.starts_with('+')) {
      item.descending = code[0] == '-';
      code.remove_prefix(1);
    }
    item.parameter = find_parameter(parameters_, type_.empty() ? "Resource" : type_, code);
    const bool sortable = item.parameter && item.parameter->type != SearchType::Composite &&
                          item.parameter->type != SearchType::Special;
    if (!sortable) {
      TRY_VOID(unknown("_sort=" + std::string(code)));
      continue;
    }
    if (request_.sort.size() >= kMaxSortKeys) return refuse("more keys than this server sorts by", "_sort");
    request_.sort.push_back(item);
    used += (used.empty() ? "" : ",") + std::string(trim(part));
  }
  if (!used.empty()) use("_sort", used);
  return {};
}

Result<void> Parser::take_contained(const std::string& value) {
  if (value != "false") return refuse("contained resources are not searched here", "_contained");
  use("_contained", value);
  return {};
}

// A search over all types is narrowed by _type (3.1.1.1)
Result<void> Parser::take_types(const std::string& value) {
  for (const auto part : split(value, ',')) {
    const std::string name(trim(part));
    if (!is_type_name(name) || name == "Resource" || parameters_.of(name).empty())
      return refuse("there is no such type of resource: " + name, "_type");
    request_.types.push_back(name);
  }
  return {};
}

// _include, _revinclude, each with :iterate (:recurse in older releases); Source:parameter:target (3.1.1.5.4)
Result<void> Parser::take_include(const std::string& name, const std::string& value) {
  const std::string_view modifier = std::string_view(name).substr(std::min(name.find(':'), name.size()));
  if (!modifier.empty() && modifier != ":iterate" && modifier != ":recurse")
    return refuse("the modifier is not supported", name);
  const std::string_view directive = std::string_view(name).substr(0, name.find(':'));
  if (directive != "_include" && directive != "_revinclude") return unknown(name);
  Include include;
  include.reverse = directive == "_revinclude";
  include.iterate = !modifier.empty();
  const auto parts = split(value, ':');
  include.source = std::string(parts[0]);
  include.parameter = parts.size() > 1 ? std::string(parts[1]) : "*";
  if (parts.size() > 2) include.target = std::string(parts[2]);
  if (include.parameter == "*" && parts.size() == 1 && include.source != "*")
    return refuse("the value is not Source:parameter", name);
  const bool wild = include.source == "*" || include.parameter == "*";
  const SearchParameter* parameter =
      wild ? nullptr : find_parameter(parameters_, include.source, include.parameter);
  if (!wild && (!parameter || parameter->type != SearchType::Reference)) return unknown(name + "=" + value);
  if (parameter) include.parameter = parameter->code;
  if (request_.includes.size() >= kMaxIncludes) return refuse("more includes than this server follows", name);
  request_.includes.push_back(std::move(include));
  use(name, value);
  return {};
}

Result<void> Parser::criterion(const std::string& name, const std::string& value) {
  // A parameter of a search over several types has to be one of each of them.
  const std::string first = !request_.types.empty() ? request_.types.front() : "Resource";
  auto criterion = TRY(parse_criterion(first, name, value, parameters_));
  for (std::size_t i = 1; criterion && i < request_.types.size(); ++i)
    if (auto other = TRY(parse_criterion(request_.types[i], name, value, parameters_)); !other)
      criterion.reset();
  if (!criterion) return unknown(name);
  if (split_unescaped(value, ',').size() > kMaxAlternatives)
    return refuse("the value has more than " + std::to_string(kMaxAlternatives) + " alternatives", name);
  if (request_.criteria.size() >= kMaxParameters)
    return refuse("more parameters than this server reads", name);
  request_.criteria.push_back(std::move(*criterion));
  use(name, value);
  return {};
}

// _has:Source:parameter:criterion (3.1.1.4.13)
Result<std::optional<Criterion>> parse_has(const std::string& name, const std::string& value) {
  const std::string_view rest = std::string_view(name).substr(std::string_view("_has").size());
  if (std::count(rest.begin(), rest.end(), ':') < 3)
    return refuse("the parameter is not _has:Type:reference:criterion", name);
  return std::optional(Criterion{nullptr, name, "", std::string(rest.substr(1)), value});
}

}  // namespace

std::vector<std::string_view> other_spellings(std::string_view code) {
  std::vector<std::string_view> others;
  for (const Spelling& spelling : kSpellings)
    if (spelling.code == code) others.push_back(spelling.other);
  return others;
}

const SearchParameter* find_parameter(const SearchParameters& parameters, std::string_view type,
                                      std::string_view code) {
  const SearchParameter* found = parameters.find(type, code);
  for (auto spelling = kSpellings.begin(); !found && spelling != kSpellings.end(); ++spelling)
    if (spelling->other == code) found = parameters.find(type, spelling->code);
  return found && found->type != SearchType::Special ? found : nullptr;
}

Result<std::optional<Criterion>> parse_criterion(std::string_view type, const std::string& name,
                                                 const std::string& value,
                                                 const SearchParameters& parameters) {
  if (name.starts_with("_has:")) return parse_has(name, value);
  Criterion criterion;
  const auto end = name.find_first_of(":.");
  criterion.parameter = find_parameter(parameters, type, std::string_view(name).substr(0, end));
  if (!criterion.parameter) return std::optional<Criterion>();
  std::string rest = end == std::string::npos ? "" : name.substr(end);
  if (const auto dot = rest.find('.'); dot != std::string::npos) {
    criterion.chain = rest.substr(dot + 1);
    rest.resize(dot);
  }
  if (rest.starts_with(':')) criterion.modifier = rest.substr(1);
  criterion.name = name;
  criterion.value = value;
  const bool reference = criterion.parameter->type == SearchType::Reference;
  const bool chain_fits = criterion.chain.empty() ||
                          (reference && (criterion.modifier.empty() || is_type_name(criterion.modifier)));
  const bool empty_part = name.ends_with(':') || name.ends_with('.');
  if (!has_modifier(criterion.parameter->type, criterion.modifier) || !chain_fits || empty_part)
    return refuse("the parameter has no such modifier or chain here", name);
  return std::optional(std::move(criterion));
}

Result<SearchRequest> parse_search(std::string_view type, const QueryPairs& pairs,
                                   const SearchDefaults& defaults, const SearchParameters& parameters) {
  if (pairs.size() > kMaxParameters)
    return fail(ErrorCode::InvalidParameter, "the search has more parameters than this server reads");
  Parser parser(type, defaults, parameters);
  if (type.empty())
    for (const auto& [name, value] : pairs)
      if (name == "_type" && !value.empty()) TRY_VOID(parser.take_types(value));
  for (const auto& [name, value] : pairs) TRY_VOID(parser.take(name, value));
  return std::move(parser).finish();
}

std::string page_link(const SearchRequest& request, std::string_view page) {
  QueryPairs pairs = request.used;
  if (!page.empty()) pairs.emplace_back(kPageParameter, page);
  std::string link = request.path;
  if (!pairs.empty()) link += "?" + codec::write_query(pairs);
  return link;
}

}  // namespace gateway::fhir
