// ingest_paths: files and folders of a data holder into the gateway, in place or by copy.
//
// Workers read, map and render batches in parallel; batches become durable in the order in which they are
// complete. Every file is accounted for: stored, or named with the reason why not. A run that was interrupted
// is simply started again: what is indexed and unchanged is passed over.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "gateway/ingest/ingest.h"

namespace gateway::ingest {

struct FolderOptions {
  bool copy = false;  // into the blob store; else indexed where they lie
  unsigned threads = 2;
  std::size_t batch = 256;  // files
  // From any worker, one call at a time. `total` is counted before the start.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

struct FolderReport {
  std::uint64_t files = 0;
  std::uint64_t stored = 0;
  std::uint64_t identical = 0;
  std::uint64_t conflicts = 0;
  std::uint64_t refused = 0;                                  // DICOM, but not acceptable; or not readable
  std::uint64_t skipped = 0;                                  // no DICOM instances: DICOMDIR and other files
  std::uint64_t unchanged = 0;                                // indexed before
  std::map<std::string, std::uint64_t, std::less<>> reasons;  // of conflicts, refused and skipped, by message
  std::uint64_t bytes = 0;                                    // of the accepted objects
  double seconds = 0;
};

// `each` is told every outcome, one call at a time; it may be empty. Error: of the store; what the report
// would have counted until then stays stored.
Result<FolderReport> ingest_paths(Ingestor& ingestor, const model::ImageIndex& index,
                                  const std::vector<std::string>& paths, const FolderOptions& options,
                                  const std::function<void(const model::ItemOutcome&)>& each = {});

}  // namespace gateway::ingest
