// How many connections each peer address may hold at once: one client alone cannot use up all of them. A slot
// is the place of one connection and goes back with it. Thread-safe; outlives its slots.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace gateway::http {

class PeerLimit {
 public:
  struct GiveBack {
    PeerLimit* limit = nullptr;
    void operator()(const std::string* peer) const {
      limit->leave(*peer);
      delete peer;
    }
  };
  using Slot = std::unique_ptr<const std::string, GiveBack>;

  explicit PeerLimit(std::uint32_t most) : most_(most) {}
  Slot take(const std::string& peer);  // null at the limit

 private:
  void leave(const std::string& peer);

  const std::uint32_t most_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::uint32_t> open_;
};

}  // namespace gateway::http
