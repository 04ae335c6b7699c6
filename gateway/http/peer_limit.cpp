#include "gateway/http/peer_limit.h"

namespace gateway::http {

PeerLimit::Slot PeerLimit::take(const std::string& peer) {
  Slot slot(nullptr, GiveBack{this});
  auto name = std::make_unique<const std::string>(peer);
  const std::lock_guard lock(mutex_);
  std::uint32_t& open = open_[peer];
  if (open < most_) {
    ++open;
    slot.reset(name.release());
  } else if (open == 0) {
    open_.erase(peer);
  }
  return slot;
}

void PeerLimit::leave(const std::string& peer) {
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(peer);
  if (found != open_.end() && --found->second == 0) open_.erase(found);
}

}  // namespace gateway::http
