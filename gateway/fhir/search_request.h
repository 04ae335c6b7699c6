// SearchRequest: the parameters of a search, sorted into criteria and directives (FHIR R4 search 3.1.1).
//
// Unknown parameters are ignored and leave no trace in `used`, or are refused with "Prefer: handling=strict"
// (3.1.1.3.1). Modifiers and chains that are not supported are always refused, as the standard asks. Pure
// functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/fhir/search_parameters.h"

namespace gateway::fhir {

using QueryPairs = std::vector<std::pair<std::string, std::string>>;

// One parameter with a value. All criteria must hold; the alternatives in a value are joined by or.
struct Criterion {
  const SearchParameter* parameter = nullptr;
  std::string modifier;  // "identifier" of basedon:identifier; "Patient" of patient:Patient
  std::string chain;     // "identifier" of patient.identifier
  std::string value;     // not yet split, escapes still there
};

struct SearchRequest {
  ResourceType type = ResourceType::ImagingStudy;
  std::vector<Criterion> criteria;
  std::uint32_t count = 0;
  std::uint64_t offset = 0;
  bool count_only = false;  // _summary=count or _count=0
  bool with_total = true;   // not _total=none
  bool include_patient = false;
  bool include_endpoint = false;
  QueryPairs used;  // what was understood, but for the offset: for the links
};

struct SearchDefaults {
  std::uint32_t count = 20;
  std::uint32_t max_count = 1000;
  bool strict = false;
};

// Errors: InvalidParameter naming the parameter.
Result<SearchRequest> parse_search(ResourceType type, const QueryPairs& pairs,
                                   const SearchDefaults& defaults);

// "<path>?..." of the page at `offset`.
std::string page_link(const SearchRequest& request, std::string_view path, std::uint64_t offset);

}  // namespace gateway::fhir
