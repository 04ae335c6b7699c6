// Systems: what this gateway has to do with other imaging systems: the sources behind it, as configured, and
// its own DIMSE listener.
//
// Gives the index, blobs and ingest that the faces of images work with: those of the store, with the sources
// behind them. It refers to the Parts and the codecs; thread-safe after open().
#pragma once

#include <memory>
#include <string>

#include "gateway/app/parts.h"
#include "gateway/dimse/move_inbox.h"
#include "gateway/dimse/server.h"
#include "gateway/pixel/pixel_service.h"
#include "gateway/sources/source_gateway.h"

namespace gateway::app {

class Systems {
 public:
  // Errors: ConfigInvalid, StoreFailed (the cache).
  static Result<std::unique_ptr<Systems>> open(Parts& parts, pixel::PixelService& pixels);
  Result<void> start();
  void stop();

  model::ImageIndex& index() { return sources_->index(); }
  model::BlobStore& blobs() { return sources_->blobs(); }
  model::Ingest& ingest() { return sources_->ingest(); }
  sources::SourceGateway& sources() { return *sources_; }
  std::string dimse_address() const;

 private:
  Systems(Parts& parts, pixel::PixelService& pixels) : parts_(parts), pixels_(pixels) {}
  Result<void> open_sources();
  Result<void> add_source(const SourceConfig& source);
  void open_dimse();

  Parts& parts_;
  pixel::PixelService& pixels_;
  std::unique_ptr<ingest::Ingestor> ingestor_;  // over blobs that may lie in sources
  dimse::MoveInbox inbox_;
  std::unique_ptr<sources::SourceGateway> sources_;
  std::unique_ptr<dimse::DimseServer> server_;  // null: not configured
};

}  // namespace gateway::app
