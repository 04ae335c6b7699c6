// Taker: takes what a source has below a study, series or instance into the index, through the one way of
// ingest. The bytes stay where they are.
//
// From metadata when the source gives them (and is configured so), else from the objects, which go into the
// cache as long as that has room. Thread-safe; ingest and blobs must outlive it.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "gateway/model/ingest_port.h"
#include "gateway/sources/remote_blobs.h"
#include "gateway/sources/sources.h"

namespace gateway::sources {

struct TakeReport {
  std::uint64_t fresh = 0;      // indexed now
  std::uint64_t known = 0;      // there already
  std::uint64_t conflicts = 0;  // another object with that UID is here
  std::uint64_t refused = 0;    // not acceptable as an instance
  std::uint64_t failed = 0;     // that the source could not send
  std::string problem;          // the last one
};

class Taker {
 public:
  Taker(model::Ingest& ingest, const RemoteBlobs& blobs) : ingest_(ingest), blobs_(blobs) {}
  // Errors: NotFound, Gone, BadGateway, GatewayTimeout with the source's name; those of the ingest.
  Result<TakeReport> take(const Source& source, const model::RemoteId& id);

 private:
  class Batch;
  Result<void> take_metadata(const Source& source, const model::RemoteId& id, Batch& batch);
  Result<void> take_objects(const Source& source, const model::RemoteId& id, Batch& batch);
  std::map<std::string, std::string> syntaxes(const Source& source, const model::RemoteId& id);

  model::Ingest& ingest_;
  const RemoteBlobs& blobs_;
  std::mutex mutex_;
  std::map<std::string, bool, std::less<>> tells_syntaxes_;  // by source, once it is known
};

}  // namespace gateway::sources
