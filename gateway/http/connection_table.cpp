#include "gateway/http/connection_table.h"

namespace gateway::http {
namespace {

constexpr std::uint64_t kOwned = 1;
constexpr std::uint64_t kPending = 2;
constexpr int kGenerationShift = 8;

// A key is generation << 32 | slot; a ticket is generation << 8 | bits. No generation is 0, so keys of
// generation 0 are free for others. A free slot counts as owned: nobody can take it.
std::uint64_t ticket_of(std::uint64_t key) { return (key >> 32) << kGenerationShift; }
std::uint64_t free_ticket(std::uint64_t generation) {
  generation &= 0xFFFFFFFFu;
  return (generation ? generation : 1) << kGenerationShift | kOwned;
}

}  // namespace

ConnectionTable::ConnectionTable(std::size_t capacity) : slots_(capacity) {
  for (auto& each : slots_) each.ticket.store(free_ticket(1), std::memory_order_relaxed);
}

std::uint64_t ConnectionTable::insert(std::unique_ptr<Connection>& connection) {
  std::uint32_t index = 0;
  {
    const std::lock_guard lock(mutex_);
    if (!free_.empty()) {
      index = free_.back();
      free_.pop_back();
    } else if (used_.load(std::memory_order_relaxed) < slots_.size()) {
      index = static_cast<std::uint32_t>(used_.fetch_add(1, std::memory_order_release));
    } else {
      return 0;
    }
  }
  Slot& mine = slots_[index];
  mine.connection = std::move(connection);
  open_.fetch_add(1, std::memory_order_relaxed);
  return mine.ticket.load(std::memory_order_relaxed) >> kGenerationShift << 32 | index;
}

Connection* ConnectionTable::take(std::uint64_t key) {
  Slot& mine = slot(key);
  std::uint64_t ticket = mine.ticket.load(std::memory_order_acquire);
  for (;;) {
    if ((ticket & ~(kOwned | kPending)) != ticket_of(key)) return nullptr;
    const bool owned = ticket & kOwned;
    const std::uint64_t wanted = ticket | (owned ? kPending : kOwned);
    if (!mine.ticket.compare_exchange_weak(ticket, wanted, std::memory_order_acq_rel)) continue;
    return owned ? nullptr : mine.connection.get();
  }
}

bool ConnectionTable::park(std::uint64_t key) {
  Slot& mine = slot(key);
  mine.deadline_us.store(mine.connection->deadline_us(), std::memory_order_relaxed);
  std::uint64_t ticket = ticket_of(key) | kOwned;
  if (mine.ticket.compare_exchange_strong(ticket, ticket_of(key), std::memory_order_acq_rel)) return true;
  mine.ticket.store(ticket_of(key) | kOwned, std::memory_order_release);  // pending is taken up by the caller
  return false;
}

void ConnectionTable::erase(std::uint64_t key) {
  Slot& mine = slot(key);
  mine.connection.reset();
  mine.ticket.store(free_ticket((key >> 32) + 1), std::memory_order_release);
  open_.fetch_sub(1, std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  free_.push_back(static_cast<std::uint32_t>(key));
}

std::vector<std::uint64_t> ConnectionTable::parked(std::int64_t now_us) const {
  std::vector<std::uint64_t> keys;
  const std::size_t used = used_.load(std::memory_order_acquire);
  for (std::size_t i = 0; i < used; ++i) {
    const std::uint64_t ticket = slots_[i].ticket.load(std::memory_order_acquire);
    if (ticket & kOwned || slots_[i].deadline_us.load(std::memory_order_relaxed) > now_us) continue;
    keys.push_back(ticket >> kGenerationShift << 32 | i);
  }
  return keys;
}

}  // namespace gateway::http
