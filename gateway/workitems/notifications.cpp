#include "gateway/workitems/notifications.h"

#include "gateway/base/log.h"

namespace gateway::workitems {

class Notifications::Connection final : public http::WebSocketHandler {
 public:
  Connection(std::shared_ptr<State> state, std::string aetitle)
      : state_(std::move(state)), aetitle_(std::move(aetitle)) {}

  void opened(const std::shared_ptr<http::WebSocket>& socket) override {
    std::shared_ptr<http::WebSocket> oldest;
    {
      const std::lock_guard lock(state_->mutex);
      Sockets& sockets = state_->open[aetitle_];
      if (sockets.size() >= kMaxConnections) {
        oldest = sockets.front();
        sockets.erase(sockets.begin());
      }
      sockets.push_back(socket);
    }
    if (oldest) oldest->close(http::close_code::kPolicyViolation, "too many connections of this subscriber");
    log::info("notification connection opened", {{"aetitle", aetitle_}});
  }

  // The connection is one-way: what a user agent says is no part of the protocol.
  void message(const std::shared_ptr<http::WebSocket>&, std::string_view) override {}

  void closed(const std::shared_ptr<http::WebSocket>& socket, std::uint16_t code) override {
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->open.find(aetitle_);
    if (found == state_->open.end()) return;
    std::erase(found->second, socket);
    if (found->second.empty()) state_->open.erase(found);
    log::info("notification connection closed", {{"aetitle", aetitle_}, {"code", code}});
  }

 private:
  const std::shared_ptr<State> state_;
  const std::string aetitle_;
};

std::shared_ptr<http::WebSocketHandler> Notifications::handler_for(const std::string& aetitle) {
  return std::make_shared<Connection>(state_, aetitle);
}

std::size_t Notifications::send(const std::string& aetitle, std::string_view text) const {
  Sockets sockets;
  {
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->open.find(aetitle);
    if (found == state_->open.end()) return 0;
    sockets = found->second;
  }
  std::size_t count = 0;
  for (const auto& socket : sockets) count += socket->send(text);
  return count;
}

bool Notifications::is_connected(const std::string& aetitle) const {
  const std::lock_guard lock(state_->mutex);
  return state_->open.contains(aetitle);
}

}  // namespace gateway::workitems
