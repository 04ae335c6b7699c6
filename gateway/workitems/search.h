// Searching the worklist (PS3.18 section 11.9). Pure but for the store that is asked.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "gateway/http/message.h"
#include "gateway/model/workitem_port.h"
#include "gateway/workitems/filter.h"

namespace gateway::workitems {

struct SearchRequest {
  Keys keys;
  std::set<std::uint32_t> include;  // beside what every result has
  bool include_all = false;
  std::uint64_t offset = 0;
  std::uint64_t limit = 0;
};

// Errors: InvalidParameter naming the parameter.
Result<SearchRequest> parse_search(const http::Request& request, std::uint32_t max_results);

struct SearchResult {
  std::vector<Value> items;  // in the order of their creation
  std::uint64_t more = 0;    // that match and that our own limit left out
};
Result<SearchResult> run_search(const model::WorkitemStore& store, const SearchRequest& search,
                                std::uint32_t max_results);

}  // namespace gateway::workitems
