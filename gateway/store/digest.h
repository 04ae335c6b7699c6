// A digest over the instances of a selection, from the digests of their bytes: two gateways that hold the
// same objects give the same one, whatever the order in which the objects came.
//
// Instance: SHA-256 of its Part 10 bytes, in hex. Series: SHA-256 over the lines of its instances in
// ascending order, each the hex digest and LF. Selection: SHA-256 over a line for each series, "<Study
// Instance UID> <Series Instance UID> <digest of the series>" and LF, in ascending order of the lines. An
// instance without a digest (indexed in place) leaves its series, and the selection, without one. Free
// functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/store/database.h"

namespace gateway::store {

// Empty: of some instance it is not known. Answered by the index instance_digest alone.
Result<std::string> series_digest(Database& database, std::int64_t series_id);

struct DigestedSeries {
  std::string study_uid, series_uid, digest;
};
std::string selection_digest(std::vector<DigestedSeries> series);

// Fills series.digest for the rows of an older schema.
Result<void> fill_digests(Database& database);

}  // namespace gateway::store
