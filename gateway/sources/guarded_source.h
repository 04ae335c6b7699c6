// GuardedSource: a source behind its breaker, with what it moved counted. Everything above asks sources
// through this.
//
// Thread-safe. Owns the source; clock and metrics must outlive it.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "gateway/base/metrics.h"
#include "gateway/model/source_port.h"
#include "gateway/sources/breaker.h"

namespace gateway::sources {

// What went over the line since the start.
struct Traffic {
  std::uint64_t calls = 0, failures = 0, answers = 0, objects = 0, object_bytes = 0;
};

class GuardedSource final : public model::RemoteSource {
 public:
  GuardedSource(std::unique_ptr<model::RemoteSource> source, const BreakerOptions& options,
                const Clock& clock, Metrics& metrics);
  const std::string& name() const override { return source_->name(); }
  std::string kind() const override { return source_->kind(); }
  std::string address() const override { return source_->address(); }
  Result<void> check() override;
  Result<model::RemoteQueryReport> find(const model::RemoteQuery& query,
                                        const std::function<bool(std::string json)>& use) override;
  Result<model::RemoteFetchReport> fetch(const model::RemoteId& id, const TakeObject& take) override;
  Result<model::RemoteFetchReport> metadata(const model::RemoteId& id,
                                            const std::function<bool(std::string json)>& use) override;
  Result<std::vector<model::RemoteStoreOutcome>> store(
      std::span<const std::shared_ptr<const ByteSource>> objects) override;
  void stop() override { source_->stop(); }
  // A call takes longer than those wait who want its outcome. It goes on, but counts as a failure now.
  void blame(const Error& error);

  BreakerView breaker() const { return breaker_.view(); }
  Traffic traffic() const;

 private:
  template <class Call>
  auto guard(const Call& call) -> decltype(call());

  const std::unique_ptr<model::RemoteSource> source_;
  Breaker breaker_;
  std::atomic<std::uint64_t> calls_ = 0, failures_ = 0, answers_ = 0, objects_ = 0, object_bytes_ = 0;
  Counter& failed_;
  Counter& moved_;
  Gauge& open_;
};

}  // namespace gateway::sources
