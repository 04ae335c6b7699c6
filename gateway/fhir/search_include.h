// What an answer includes beside its matches: _include and _revinclude, with :iterate and wild cards, over
// both planes (FHIR R4 search 3.1.1.5.4). One thread. Errors: those of index and store, and InvalidParameter.
#pragma once

#include <vector>

#include "gateway/fhir/search_page.h"

namespace gateway::fhir {

// Included resources of one answer, which have kMaxPageBytes together, and rounds of :iterate; what is beyond
// is left out and said.
inline constexpr std::size_t kMaxIncluded = 2000;
inline constexpr unsigned kMaxRounds = 5;

struct Included {
  std::vector<PageEntry> entries;  // each once, none of the matches
  bool cut = false;                // there is more than the bounds allow
};
Result<Included> find_included(SearchEngine& engine, const std::vector<Include>& includes,
                               const std::vector<PageEntry>& matches);

}  // namespace gateway::fhir
