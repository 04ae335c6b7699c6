// AssociationPool: associations with one peer, so many at once and no more; those for queries are kept for a
// short while, since asking for one costs more than a query.
//
// Thread-safe. A Lease is used by one thread and gives back on destruction.
#pragma once

#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <thread>

#include "gateway/dimse/association.h"
#include "gateway/dimse/line.h"
#include "gateway/dimse/secure_layer.h"
#include "gateway/dimse/source.h"

namespace gateway::dimse {

class AssociationPool {
 public:
  explicit AssociationPool(const DimseSourceOptions& options) : options_(options) {}
  ~AssociationPool();

  class Lease {
   public:
    Lease(AssociationPool& pool, std::unique_ptr<Association> association, bool reusable, bool used)
        : pool_(&pool), association_(std::move(association)), reusable_(reusable), used_(used) {}
    Lease(Lease&& other) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Association& operator*() const { return *association_; }
    Association* operator->() const { return association_.get(); }
    // It has served before: the peer may end it at any moment.
    bool used() const { return used_; }
    // It is broken, or in a state that only an abort ends.
    void abandon();

   private:
    AssociationPool* pool_;
    std::unique_ptr<Association> association_;
    bool reusable_;
    bool used_;
  };

  // Verification and C-FIND. Errors: as Association::request; GatewayTimeout when none becomes free.
  Result<Lease> for_queries();
  // With contexts of the caller's choice; ends with the lease.
  Result<Lease> with(std::span<const ProposedContext> contexts);
  // Hangs up whatever is under way; there are no leases from now on.
  void stop();

 private:
  using Clock = std::chrono::steady_clock;
  struct Idle {
    std::unique_ptr<Association> association;
    Clock::time_point until;
  };
  Result<void> take_place();
  void give_back(std::unique_ptr<Association> association, bool reusable);
  Result<std::unique_ptr<Association>> open(std::span<const ProposedContext> contexts);
  std::unique_ptr<Association> take_idle();
  void reap();

  const DimseSourceOptions& options_;
  std::mutex mutex_;
  std::condition_variable moved_;
  std::size_t in_use_ = 0;
  std::list<Idle> idle_;
  Lines lines_;
  std::unique_ptr<SecureLayer> secure_;
  std::thread reaper_;
  bool stopping_ = false;
};

}  // namespace gateway::dimse
