// Who talks to whom over DIMSE, and how long anybody waits: the options that server and source share.
//
// Plain values, filled from the configuration.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "gateway/base/nameless_file.h"

namespace gateway::dimse {

// Another application entity.
struct DimsePeer {
  std::string ae_title;
  std::string host;  // a name or an address; for incoming associations empty means any
  std::uint16_t port = 104;
  bool tls = false;
};

// PEM files for secure transport connections (PS3.15 annex B). Without a certificate a client shows none;
// without CA certificates nobody is trusted.
struct DimseTls {
  std::string certificate_file, key_file, ca_file;
  bool check_peer = true;  // refuse peers whose certificate the CA did not sign
};

struct DimseLimits {
  std::chrono::milliseconds connect{10'000};
  std::chrono::milliseconds associate{
      15'000};  // ARTIM: until the peer has asked for, or answered to, an association
  std::chrono::milliseconds message{60'000};  // until the next part of a message, or the answer to one
  std::chrono::milliseconds idle{300'000};    // between messages, server side
  std::uint32_t max_pdu = 131'072;            // bytes that we are ready to receive at once: 4096 to 131072
  std::uint64_t spool_above = 1u << 20;       // larger objects lie in a file while they arrive
  std::uint64_t max_object = 1ull << 40;
  std::uint32_t max_identifier = 1u << 20;  // bytes of a query, or of an answer to one
  std::string spool_folder;                 // empty: that of the system
  std::function<DiskRoom(int)> room = disk_room;
};

}  // namespace gateway::dimse
