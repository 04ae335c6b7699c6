// RemoteBlobs: a blob store that also has what lies in other systems: opening such an object fetches this one
// object, through a cache, once for all who want it at the same time.
//
// Everything else goes to the store below. Who opens waits no longer than the source may take; what comes
// later lies in the cache then. Thread-safe. Store, cache and sources must outlive it. Errors of open(): Gone
// when the source does not have the object any more; BadGateway or GatewayTimeout, with its name, when it
// fails, sends something else, or is late; Overloaded when too much waits for it.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/model/ports.h"
#include "gateway/sources/crew.h"
#include "gateway/sources/disk_cache.h"
#include "gateway/sources/flights.h"
#include "gateway/sources/remote_ref.h"
#include "gateway/sources/sources.h"

namespace gateway::sources {

class RemoteBlobs final : public model::BlobStore {
 public:
  RemoteBlobs(model::BlobStore& store, DiskCache& cache, const Sources& sources)
      : store_(store), cache_(cache), sources_(sources) {}

  Result<model::BlobRef> append(std::span<const ByteSpan> pieces) override { return store_.append(pieces); }
  Result<model::BlobRef> import(const ByteSource& source, Sha256Digest& digest) override {
    return store_.import(source, digest);
  }
  Result<std::optional<model::BlobRef>> adopt(const model::BlobView& range, Sha256Digest& digest) override {
    return store_.adopt(range, digest);
  }
  Result<void> sync() override { return store_.sync(); }
  Result<void> sync_by_commit() override { return store_.sync_by_commit(); }
  Result<model::BlobView> open(const model::BlobRef& ref) const override;
  Result<std::string> read(const model::BlobRef& ref) const override;
  // A series of which all the objects are wanted and none is here comes in one request.
  void prefetch(std::span<const model::BlobRef> refs) const override;
  Result<std::uint64_t> length(const model::BlobRef& ref) const override;

  // Keeps an object that was fetched for another reason, a harvest say, unless others would have to go for
  // it. Error: Overloaded, Internal when the disk does not take it.
  void keep_if_room(const model::BlobRef& ref, const ByteSource& object) const;

 private:
  class Landing;
  class SeriesFlight;
  using Wanted = std::map<std::string, std::string>;  // instance UID, key of the cache
  void fly(const Source& source, const RemoteRef& remote, const std::string& key,
           const std::shared_ptr<Flights::Flight>& flight) const;
  Result<model::BlobView> fetch_one(const Source& source, const RemoteRef& remote,
                                    const std::string& key) const;
  void fetch_series(const Source& source, const model::RemoteId& series, Wanted wanted) const;
  Crew& crew_of(const Source& source) const;

  model::BlobStore& store_;
  DiskCache& cache_;
  const Sources& sources_;
  mutable Flights flights_;
  mutable std::mutex mutex_;
  mutable std::map<const Source*, std::unique_ptr<Crew>> crews_;  // last: they use all the others
};

// The SOP Instance UID of an object, of which no more than the header is read. Error: as the reader's.
Result<std::string> instance_uid_of(const ByteSource& object);

}  // namespace gateway::sources
