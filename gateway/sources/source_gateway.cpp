#include "gateway/sources/source_gateway.h"

#include <algorithm>

namespace gateway::sources {

Result<std::unique_ptr<SourceGateway>> SourceGateway::open(const SourceGatewayOptions& options,
                                                           model::BlobStore& store, const Clock& clock,
                                                           Metrics& metrics) {
  auto cache = TRY(DiskCache::open(options.cache_folder, options.cache_bytes));
  return std::unique_ptr<SourceGateway>(new SourceGateway(std::move(cache), store, clock, metrics));
}

Result<void> SourceGateway::add(std::unique_ptr<model::RemoteSource> source, const SourceOptions& options) {
  const auto& all = sources_.all();
  if (options.store &&
      std::any_of(all.begin(), all.end(), [](const auto& one) { return one->options.store; }))
    return fail(ErrorCode::ConfigInvalid, "only one source can keep what is stored here", source->name());
  return sources_.add(std::move(source), options);
}

void SourceGateway::connect(model::ImageIndex& index, model::Ingest& ingest, model::HarvestStore& harvests,
                            TagOfPath tag_of_path) {
  taker_ = std::make_unique<Taker>(ingest, blobs_);
  live_ = std::make_unique<LiveSources>(sources_, std::move(tag_of_path), clock_);
  index_ = std::make_unique<LiveIndex>(index, blobs_, *live_, *taker_, clock_);
  ingest_ = &ingest;
  for (const auto& source : sources_.all()) {
    if (!source->options.store) continue;
    forwarding_ = std::make_unique<ForwardingIngest>(ingest, index, blobs_, *source);
    ingest_ = forwarding_.get();
  }
  jobs_ = std::make_unique<HarvestJobs>(sources_, *taker_, harvests, clock_);
}

void SourceGateway::stop() {
  jobs_->stop();
  sources_.stop();
}

}  // namespace gateway::sources
