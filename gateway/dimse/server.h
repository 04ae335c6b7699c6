// DimseServer: the gateway as a DICOM node: C-ECHO, C-STORE, C-FIND, C-MOVE, C-GET and storage commitment
// over the same index as DICOMweb (PS3.4 annexes A, B, C and J; PS3.7; PS3.8).
//
// One thread an association, at most `max_associations` of them; who comes in addition is rejected with
// "local limit exceeded". An object is acknowledged when it is durable, never before. start() and stop() are
// called from one thread; everything handed in must outlive the server.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gateway/base/metrics.h"
#include "gateway/dimse/peer.h"
#include "gateway/model/ingest_port.h"
#include "gateway/model/ports.h"
#include "gateway/pixel/pixel_service.h"
#include "mappers/dicom/query_keys.h"

namespace gateway::dimse {

class MoveInbox;

struct DimseServerOptions {
  std::string host = "0.0.0.0";
  std::uint16_t port = 104;  // 0: any free one
  std::string ae_title = "EHDSGATEWAY";
  bool check_called_title = true;  // refuse associations that call somebody else
  // Who may call us, by title and, where given, address; empty: anybody.
  std::vector<DimsePeer> callers;
  std::vector<DimsePeer> destinations;  // of C-MOVE and of commitment reports
  bool accept_storage = true;
  bool accept_private_classes = true;  // SOP classes that are not of the standard are storage classes
  std::size_t max_associations = 64;
  bool tls = false;
  DimseTls tls_files;  // also for associations to destinations
  DimseLimits limits;
};

class DimseServer {
 public:
  struct Parts {
    model::Ingest& ingest;
    model::ImageIndex& index;
    model::BlobStore& blobs;
    Metrics& metrics;
    mappers::dicom::PathOfTag path_of_tag;  // of the mapping table, for C-FIND
    MoveInbox* inbox = nullptr;             // objects that sources of ours asked for by C-MOVE go there
    pixel::PixelService* pixels = nullptr;  // decodes for peers that take native pixels only; null: they fail
  };
  DimseServer(DimseServerOptions options, const Parts& parts);
  ~DimseServer();  // stops
  DimseServer(const DimseServer&) = delete;
  DimseServer& operator=(const DimseServer&) = delete;

  // Errors: ConfigInvalid (files of TLS, titles), StoreBusy (the port is taken).
  Result<void> start();
  // Ends all associations and waits for their threads.
  void stop();
  std::uint16_t port() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gateway::dimse
