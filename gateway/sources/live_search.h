// ask_source: the answers of one source to a query, as rows of the image index.
//
// No more is moved than `wanted` rows need; what the source cannot be asked in one question is asked study by
// study, with a bound. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "gateway/model/ports.h"
#include "gateway/sources/live_query.h"
#include "gateway/sources/sources.h"

namespace gateway::sources {

struct LiveAnswer {
  std::vector<model::SearchRow> rows;  // in the order of the source, each UID once
  bool complete = false;               // it has no others
  std::vector<std::string> warnings;
};

// `stop`: nobody waits for the answer any more. Errors: BadGateway, GatewayTimeout with the source's name.
Result<LiveAnswer> ask_source(const Source& source, const LiveQuery& query, std::uint64_t wanted,
                              const std::atomic<bool>& stop);

}  // namespace gateway::sources
