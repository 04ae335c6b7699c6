// AuditTrail: an AuditEvent for each request, kept with the resources and so searched like them.
//
// Events are queued and written in groups, one commit each, by a thread of its own. The queue is bounded:
// when it is full a request first waits a little, then is refused (503), so that no disclosure goes without
// its event. A group that cannot be written stays queued and is tried again. Thread-safe; the door and the
// clock must outlive it.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

#include "gateway/base/clock.h"
#include "gateway/fhir/audit_event.h"
#include "gateway/fhir/resources.h"

namespace gateway::fhir {

struct AuditOptions {
  std::string software_version;
  std::size_t max_queue = 20'000;
  std::size_t max_bytes = 64 << 20;  // of the requests in the queue
  std::size_t group = 256;           // events of one commit
  std::int64_t wait_ms = 2'000;      // for room in the queue
  std::int64_t gather_ms = 200;      // that events wait for company
};

class AuditTrail {
 public:
  AuditTrail(const Resources& resources, AuditOptions options, const Clock& clock)
      : resources_(resources), options_(std::move(options)), clock_(clock) {}
  ~AuditTrail() { stop(); }

  void start();
  // Writes what is queued, then ends the thread. What cannot be written by then is logged, with its number.
  void stop();

  // Keeps a place for the event of a request. Error: Overloaded when there is none for a while.
  Result<void> admit();
  // Takes the place that was kept. `recorded_us` is set here.
  void record(AuditFacts facts);
  // One more event of a request that has its place: an entry of a transaction.
  void add(AuditFacts facts);
  // Writes all that is queued now. Errors: those of the store; what was not written stays.
  Result<void> flush();
  std::size_t queued() const;

 private:
  void run();
  Result<std::size_t> write_group();

  const Resources& resources_;
  const AuditOptions options_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<AuditFacts> queue_;
  std::size_t bytes_ = 0;   // of what is in it
  std::size_t places_ = 0;  // kept, not yet taken
  bool stopping_ = false;
  std::mutex writing_;  // one writer at a time
  std::thread thread_;
};

}  // namespace gateway::fhir
