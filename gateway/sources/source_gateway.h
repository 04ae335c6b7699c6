// SourceGateway: the gateway role in one piece: sources, cache, harvests and live searches over a store, as
// the same ports that the archive role has (model::ImageIndex, BlobStore and Ingest).
//
// Order of use: open(), add() for each source, connect(), start(). Then thread-safe. What it is given must
// outlive it.
#pragma once

#include <memory>
#include <string>

#include "gateway/sources/forwarding_ingest.h"
#include "gateway/sources/harvest_jobs.h"
#include "gateway/sources/live_index.h"

namespace gateway::sources {

struct SourceGatewayOptions {
  std::string cache_folder;
  std::uint64_t cache_bytes = 4ull << 30;
};

class SourceGateway {
 public:
  // Errors: StoreFailed when the cache cannot be opened.
  static Result<std::unique_ptr<SourceGateway>> open(const SourceGatewayOptions& options,
                                                     model::BlobStore& store, const Clock& clock,
                                                     Metrics& metrics);
  // Error: ConfigInvalid.
  Result<void> add(std::unique_ptr<model::RemoteSource> source, const SourceOptions& options);
  // For every face and for the ingest below: opens what lies in sources, too.
  model::BlobStore& blobs() { return blobs_; }

  // `ingest` has to work with blobs(). After the last add().
  void connect(model::ImageIndex& index, model::Ingest& ingest, model::HarvestStore& harvests,
               TagOfPath tag_of_path);
  // For DICOMweb and DIMSE: searches sources that are live. Faces over records take the index itself.
  model::ImageIndex& index() { return *index_; }
  // What is stored goes to the source that is to keep it, or into the store when there is none.
  model::Ingest& ingest() { return *ingest_; }
  // Begins the harvests.
  void start() { jobs_->start(); }
  // Before the end: no harvest goes on, and nobody waits for a source any more.
  void stop();

  const Sources& sources() const { return sources_; }
  const DiskCache& cache() const { return *cache_; }
  HarvestJobs& jobs() { return *jobs_; }

 private:
  SourceGateway(std::unique_ptr<DiskCache> cache, model::BlobStore& store, const Clock& clock,
                Metrics& metrics)
      : clock_(clock), sources_(clock, metrics), cache_(std::move(cache)), blobs_(store, *cache_, sources_) {}

  const Clock& clock_;
  Sources sources_;
  std::unique_ptr<DiskCache> cache_;
  RemoteBlobs blobs_;
  std::unique_ptr<Taker> taker_;
  std::unique_ptr<LiveSources> live_;
  std::unique_ptr<LiveIndex> index_;
  std::unique_ptr<ForwardingIngest> forwarding_;
  model::Ingest* ingest_ = nullptr;
  std::unique_ptr<HarvestJobs> jobs_;  // last: its threads use all the others
};

}  // namespace gateway::sources
