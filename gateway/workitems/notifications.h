// The open notification connections (PS3.18 section 8.10), by the AE title they are for. Thread-safe.
//
// Events go to connections that are open; for an entity without one they are not kept. PS3.4 CC.2.4.3 asks
// for no queue, and who comes back finds the present state by a search.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/http/websocket.h"

namespace gateway::workitems {

class Notifications {
 public:
  static constexpr std::size_t kMaxConnections = 16;  // of one entity; a further one closes the oldest

  // What a connection of this entity runs.
  std::shared_ptr<http::WebSocketHandler> handler_for(const std::string& aetitle);
  // To how many connections the text went.
  std::size_t send(const std::string& aetitle, std::string_view text) const;
  bool is_connected(const std::string& aetitle) const;

 private:
  using Sockets = std::vector<std::shared_ptr<http::WebSocket>>;
  // Shared with the connections, which may outlive this.
  struct State {
    mutable std::mutex mutex;
    std::map<std::string, Sockets, std::less<>> open;
  };
  class Connection;
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace gateway::workitems
