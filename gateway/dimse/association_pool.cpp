#include "gateway/dimse/association_pool.h"

#include <system_error>

#include "mappers/dicom/transfer_syntax.h"

namespace gateway::dimse {
namespace {

namespace ts = mappers::dicom::transfer_syntax;

std::vector<ProposedContext> query_contexts() {
  const std::vector<std::string> native = {std::string(ts::kExplicitLittle),
                                           std::string(ts::kImplicitLittle)};
  return {{0, std::string(sop_class::kVerification), native, false},
          {0, std::string(sop_class::kStudyRootFind), native, false}};
}

}  // namespace

void AssociationPool::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  moved_.notify_all();
  lines_.hang_up();
}

AssociationPool::~AssociationPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  moved_.notify_all();
  if (reaper_.joinable()) reaper_.join();
  for (Idle& idle : idle_) idle.association->release();
  idle_.clear();  // before the keys of TLS that they use
}

AssociationPool::Lease::~Lease() {
  if (association_) pool_->give_back(std::move(association_), reusable_);
}

void AssociationPool::Lease::abandon() {
  if (!association_) return;
  association_->abort();
  pool_->give_back(nullptr, false);
  association_.reset();
}

Result<void> AssociationPool::take_place() {
  std::unique_lock lock(mutex_);
  const bool free = moved_.wait_for(lock, options_.limits.message,
                                    [&] { return in_use_ < options_.max_associations || stopping_; });
  if (stopping_)
    return fail(ErrorCode::BadGateway, "the DICOM node " + options_.peer.ae_title + " was not waited for");
  if (!free)
    return fail(ErrorCode::GatewayTimeout,
                "all associations with the DICOM node " + options_.peer.ae_title + " are in use");
  ++in_use_;
  return {};
}

void AssociationPool::give_back(std::unique_ptr<Association> association, bool reusable) {
  if (association && !reusable) {
    association->release();
    association.reset();
  }
  {
    const std::lock_guard lock(mutex_);
    --in_use_;
    if (association) {
      idle_.push_back({std::move(association), Clock::now() + options_.keep_idle});
      try {
        if (!reaper_.joinable()) reaper_ = std::thread([this] { reap(); });
      } catch (const std::system_error&) {  // no more threads: the peer will end what is idle
      }
    }
  }
  moved_.notify_all();
}

// Releases what nobody came back for.
void AssociationPool::reap() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (idle_.empty()) {
      moved_.wait(lock);
      continue;
    }
    const auto until = idle_.front().until;
    if (Clock::now() < until) {
      moved_.wait_until(lock, until);
      continue;
    }
    const std::unique_ptr<Association> old = std::move(idle_.front().association);
    idle_.pop_front();
    lock.unlock();
    old->release();
    lock.lock();
  }
}

std::unique_ptr<Association> AssociationPool::take_idle() {
  for (;;) {
    std::unique_ptr<Association> association;
    {
      const std::lock_guard lock(mutex_);
      if (idle_.empty()) return nullptr;
      association = std::move(idle_.back().association);
      idle_.pop_back();
    }
    if (!association->something_waits()) return association;  // else the peer has ended it
  }
}

Result<std::unique_ptr<Association>> AssociationPool::open(std::span<const ProposedContext> contexts) {
  {
    const std::lock_guard lock(mutex_);
    if (options_.peer.tls && !secure_)
      secure_ = TRY(SecureLayer::load(options_.tls_files, SecureLayer::Side::Client));
  }
  return Association::request(options_.peer, options_.our_ae_title, contexts, options_.limits, secure_.get(),
                              &lines_);
}

Result<AssociationPool::Lease> AssociationPool::for_queries() {
  TRY_VOID(take_place());
  const bool keep = options_.keep_idle.count() > 0;
  if (auto idle = take_idle()) return Lease(*this, std::move(idle), keep, true);
  const auto contexts = query_contexts();
  auto made = open(contexts);
  if (made) return Lease(*this, std::move(*made), keep, false);
  give_back(nullptr, false);
  return std::move(made).error();
}

Result<AssociationPool::Lease> AssociationPool::with(std::span<const ProposedContext> contexts) {
  TRY_VOID(take_place());
  auto made = open(contexts);
  if (made) return Lease(*this, std::move(*made), false, false);
  give_back(nullptr, false);
  return std::move(made).error();
}

}  // namespace gateway::dimse
