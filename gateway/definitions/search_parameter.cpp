#include "gateway/definitions/search_parameter.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "gateway/base/text.h"

namespace gateway::definitions {

namespace {

// FHIR R4 2.29: these are resources, yet no DomainResource.
constexpr std::array<std::string_view, 3> kPlainResources = {"Binary", "Bundle", "Parameters"};
constexpr std::array<std::string_view, 9> kTypeNames = {
    "number", "date", "string", "token", "reference", "composite", "quantity", "uri", "special"};

// What a resource type inherits search parameters from, itself first.
std::vector<std::string_view> lineage(std::string_view type) {
  if (type == "Resource") return {type};
  if (type == "DomainResource" || std::ranges::find(kPlainResources, type) != kPlainResources.end())
    return {type, "Resource"};
  return {type, "DomainResource", "Resource"};
}

// The alternatives of a union outside all parentheses, brackets and strings.
std::vector<std::string_view> alternatives(std::string_view expression) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  int depth = 0;
  bool quoted = false;
  for (std::size_t at = 0; at < expression.size(); ++at) {
    const char c = expression[at];
    if (c == '\'' && (at == 0 || expression[at - 1] != '\\')) quoted = !quoted;
    if (quoted) continue;
    if (c == '(' || c == '[') ++depth;
    if (c == ')' || c == ']') --depth;
    if (c != '|' || depth != 0) continue;
    parts.push_back(trim(expression.substr(begin, at - begin)));
    begin = at + 1;
  }
  parts.push_back(trim(expression.substr(begin)));
  return parts;
}

// The name with which an expression begins: "Patient" of "(Patient.name as X)".
std::string_view first_name(std::string_view expression) {
  const std::size_t begin = std::min(expression.find_first_not_of("( "), expression.size());
  std::size_t end = begin;
  while (end < expression.size() && std::isalnum(static_cast<unsigned char>(expression[end]))) ++end;
  return expression.substr(begin, end - begin);
}

}  // namespace

std::string_view name_of(SearchType type) { return kTypeNames[static_cast<std::size_t>(type)]; }

std::optional<SearchType> search_type(std::string_view name) {
  const auto found = std::ranges::find(kTypeNames, name);
  if (found == kTypeNames.end()) return std::nullopt;
  return static_cast<SearchType>(found - kTypeNames.begin());
}

std::string part_for(std::string_view expression, std::string_view base) {
  std::string part;
  for (const std::string_view alternative : alternatives(expression)) {
    const std::string_view name = first_name(alternative);
    const bool relative = !name.empty() && std::islower(static_cast<unsigned char>(name.front()));
    if (name != base && !relative) continue;
    if (!part.empty()) part += " | ";
    part += alternative;
  }
  return part;
}

std::string_view SearchParameter::expression(std::string_view resource_type) const {
  for (const std::string_view type : lineage(resource_type)) {
    const auto found = std::ranges::find(expressions, type, &std::pair<std::string, std::string>::first);
    if (found != expressions.end()) return found->second;
  }
  return {};
}

const SearchParameter* SearchParameters::find(std::string_view resource_type, std::string_view code) const {
  for (const std::string_view type : lineage(resource_type)) {
    const auto codes = by_type_.find(type);
    if (codes == by_type_.end()) continue;
    if (const auto found = codes->second.find(code); found != codes->second.end()) return found->second;
  }
  return nullptr;
}

const SearchParameter* SearchParameters::by_url(std::string_view canonical) const {
  const auto found = by_url_.find(canonical.substr(0, canonical.find('|')));
  return found == by_url_.end() ? nullptr : found->second;
}

std::vector<const SearchParameter*> SearchParameters::of(std::string_view resource_type) const {
  std::map<std::string_view, const SearchParameter*> all;
  for (const std::string_view type : lineage(resource_type))
    if (const auto codes = by_type_.find(type); codes != by_type_.end())
      all.insert(codes->second.begin(), codes->second.end());  // keeps the nearer one
  std::vector<const SearchParameter*> parameters;
  for (const auto& [code, parameter] : all) parameters.push_back(parameter);
  return parameters;
}

void SearchParameters::add(SearchParameter parameter) {
  all_.push_back(std::move(parameter));
  const SearchParameter& added = all_.back();
  by_url_.insert_or_assign(added.url, &added);
  for (const std::string& base : added.bases) by_type_[base].insert_or_assign(added.code, &added);
}

}  // namespace gateway::definitions
