// The seam between DCMTK's upper layer and a Line of ours. Internal to association.cpp.
//
// DCMTK accepts connections one at a time and reads each association request in the accepting thread: one
// silent client then keeps everybody else out (measured with storescp 3.6.7: the next client waits until
// ARTIM). So connections are accepted by the server and handed over one by one, through DCMTK's global for
// inherited sockets, which is ours only until the transport has been made.
#pragma once

#include <memory>
#include <mutex>

#include "gateway/dimse/line.h"
#include "gateway/dimse/secure_layer.h"

struct T_ASC_Network;

namespace gateway::dimse {

// Once a process: DCMTK neither logs on its own nor looks up names of peers.
void prepare_dcmtk();

class Transport {
 public:
  explicit Transport(const SecureLayer* secure);
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  // The network to ask for an association with; `seconds` is DCMTK's own limit. nullptr: no memory.
  T_ASC_Network* for_request(int seconds);
  // The network on which the association of `line` will be received, in this thread and at once.
  T_ASC_Network* for_receive(std::shared_ptr<Line> line, int seconds);
  // To be called behind the receiving.
  void received();
  // Set as soon as DCMTK has a connection.
  std::shared_ptr<Line> line() const { return line_; }
  std::chrono::milliseconds limit{15'000};  // for a new connection until the association is there
  Lines* lines = nullptr;                   // gets the line as soon as it is there

 private:
  class Layer;
  T_ASC_Network* open(bool acceptor, int seconds);
  std::unique_ptr<Layer> layer_;
  std::shared_ptr<Line> line_;
  std::unique_lock<std::mutex> handing_over_;
  T_ASC_Network* network_ = nullptr;
};

}  // namespace gateway::dimse
