#include "gateway/fhir/audit_event_trail.h"

#include "gateway/base/ids.h"
#include "gateway/base/json_text.h"
#include "gateway/base/log.h"
#include "gateway/fhir/write_set.h"

namespace gateway::fhir {

void AuditTrail::start() {
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
}

void AuditTrail::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  const auto done = flush();
  if (!done) log::error("audit events not written", {{"events", queued()}, {"reason", done.error().text()}});
}

Result<void> AuditTrail::admit() {
  std::unique_lock lock(mutex_);
  const auto room = [&] {
    return queue_.size() + places_ < options_.max_queue && bytes_ < options_.max_bytes;
  };
  if (!changed_.wait_for(lock, std::chrono::milliseconds(options_.wait_ms), room))
    return fail(ErrorCode::Overloaded, "the audit trail cannot take the request");
  ++places_;
  return {};
}

void AuditTrail::record(AuditFacts facts) {
  add(std::move(facts));
  const std::lock_guard lock(mutex_);
  --places_;
}

void AuditTrail::add(AuditFacts facts) {
  facts.recorded_us = clock_.utc_us();
  const std::lock_guard lock(mutex_);
  bytes_ += facts.target.size();
  queue_.push_back(std::move(facts));
  if (queue_.size() >= options_.group) changed_.notify_all();
}

std::size_t AuditTrail::queued() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

Result<std::size_t> AuditTrail::write_group() {
  std::vector<AuditFacts> group;
  {
    const std::lock_guard lock(mutex_);
    const std::size_t count = std::min(options_.group, queue_.size());
    group.assign(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
  }
  if (group.empty()) return std::size_t{0};
  std::vector<model::ResourceWrite> writes;
  const std::int64_t now = clock_.utc_us() / 1000 * 1000;
  for (const AuditFacts& facts : group) {
    const std::string id = make_uuid7(now);
    const Value event = stamped(audit_event(facts, options_.software_version), id, 1, now);
    writes.push_back(TRY(resources_.make_write("AuditEvent", id, 0, now, "POST", to_json(event), event,
                                               {facts.base, {}}, model::kAuditOrigin)));
  }
  TRY(resources_.store()->commit(writes));
  {
    const std::lock_guard lock(mutex_);
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(group.size()));
    for (const AuditFacts& facts : group) bytes_ -= facts.target.size();
  }
  changed_.notify_all();
  return group.size();
}

Result<void> AuditTrail::flush() {
  const std::lock_guard lock(writing_);
  while (TRY(write_group()) > 0) {
  }
  return {};
}

void AuditTrail::run() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, std::chrono::milliseconds(options_.gather_ms),
                        [&] { return stopping_ || queue_.size() >= options_.group; });
      if (stopping_) return;
    }
    const auto done = flush();
    if (done) continue;
    log::warning("audit events wait", {{"events", queued()}, {"reason", done.error().text()}});
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(1), [&] { return stopping_; });
  }
}

}  // namespace gateway::fhir
