// SearchRequest: the parameters of a search, sorted into criteria and directives (FHIR R4 search 3.1.1).
//
// Unknown parameters are ignored and leave no trace in `used`, or are refused when the client wants it strict
// (3.1.1.3.1). Modifiers that a parameter does not have are always refused, as the standard asks, and so are
// parameters that would change the meaning of the whole (_filter, _text, ...). Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/definitions/json_form.h"
#include "gateway/definitions/search_parameter.h"

namespace gateway::fhir {

using QueryPairs = std::vector<std::pair<std::string, std::string>>;

// One parameter with a value. All criteria must hold; the alternatives in a value are joined by or.
struct Criterion {
  const definitions::SearchParameter* parameter = nullptr;  // null: _has
  std::string name;                                         // as the client wrote it
  std::string modifier;  // "not", "identifier", "Patient" of subject:Patient
  std::string chain;     // "name" of subject:Patient.name; "Observation:patient:code" of _has
  std::string value;     // not yet split, escapes still there
};

struct SortItem {
  const definitions::SearchParameter* parameter = nullptr;
  bool descending = false;
};

// Source:parameter[:target]; "*" as source or parameter is any.
struct Include {
  std::string source, parameter, target;
  bool reverse = false;
  bool iterate = false;
};

enum class Total : std::uint8_t { None, Estimate, Accurate };

struct SearchRequest {
  std::string path;                // "https://host/fhir/Patient": what is searched, for the links
  std::vector<std::string> types;  // empty: all
  std::vector<Criterion> criteria;
  std::vector<SortItem> sort;
  std::vector<Include> includes;
  definitions::Subset subset;
  std::uint32_t count = 0;
  bool count_only = false;  // _summary=count or _count=0
  Total total = Total::Accurate;
  std::string page;  // the token of one of our links; empty: the first page
  QueryPairs used;   // what was understood, but for the page: for the links
};

struct SearchDefaults {
  std::uint32_t count = 20;
  std::uint32_t max_count = 1000;
  bool strict = false;
};

// Bounds of one request; beyond them it is refused.
inline constexpr std::size_t kMaxParameters = 100;
inline constexpr std::size_t kMaxAlternatives = 400;
inline constexpr std::size_t kMaxValueBytes = 64 << 10;
inline constexpr unsigned kMaxChain = 5;
inline constexpr std::size_t kMaxIncludes = 20;
inline constexpr std::size_t kMaxSortKeys = 8;

// `type` is empty for a search over all types, which _type may narrow. Errors: InvalidParameter naming the
// parameter.
Result<SearchRequest> parse_search(std::string_view type, const QueryPairs& pairs,
                                   const SearchDefaults& defaults,
                                   const definitions::SearchParameters& parameters);

// The parameter of a type by its code or another spelling of it that guides use ("based-on" for "basedon");
// nullptr if there is none that can be searched.
const definitions::SearchParameter* find_parameter(const definitions::SearchParameters& parameters,
                                                   std::string_view type, std::string_view code);
// Other spellings that are served, by code.
std::vector<std::string_view> other_spellings(std::string_view code);

// name[:modifier][.chain] with a value, for resources of `type`. Nothing: there is no such parameter.
Result<std::optional<Criterion>> parse_criterion(std::string_view type, const std::string& name,
                                                 const std::string& value,
                                                 const definitions::SearchParameters& parameters);

inline constexpr std::string_view kPageParameter = "_page";  // only in our own links
// "<path>?..." of the page with this token.
std::string page_link(const SearchRequest& request, std::string_view page);

}  // namespace gateway::fhir
