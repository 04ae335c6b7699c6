// The blob log: bytes of small blobs that travel in the transaction that indexes them, so that a small object
// costs one sync instead of two.
//
// The bytes are in their segment as well, written but not synced; a loss of power may take them from there.
// Then the log has them, and replay_log() puts them back when the store is opened. Rows go as soon as their
// segment has been synced. Segments belong to one process each, and replaying writes what is there already:
// several processes do not disturb each other. Free functions; as thread-safe as the Database.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gateway/store/database.h"
#include "gateway/store/disk.h"

namespace gateway::store {

struct LoggedBytes {
  std::string segment;
  std::uint64_t offset = 0;
  std::string bytes;
};

// What one transaction does to the log.
struct LogPlan {
  std::vector<LoggedBytes> add;
  std::vector<std::string> forget;  // segments whose rows of earlier transactions are not needed any more
  std::uint64_t writes = 0;         // how far the blob store is durable with this transaction
};

Result<void> write_log(Database& database, const LogPlan& plan);

// Puts what the log holds into the segments in `folder`, durably, and empties it. Error: StoreFailed.
Result<void> replay_log(Database& database, const std::string& folder, const Disk& disk);

}  // namespace gateway::store
