// ForwardingIngest: objects that are stored here are sent to the source that is configured to keep them
// (C-STORE, STOW-RS) and indexed as its own.
//
// What the source does not take is Refused, with what it said; nothing is kept here instead. Objects that are
// no DICOM, and those that are known already, are not sent. Thread-safe; all it is given must outlive it.
#pragma once

#include <string>
#include <vector>

#include "gateway/model/ingest_port.h"
#include "gateway/sources/remote_blobs.h"
#include "gateway/sources/sources.h"

namespace gateway::sources {

class ForwardingIngest final : public model::Ingest {
 public:
  ForwardingIngest(model::Ingest& ingest, const model::ImageIndex& index, const RemoteBlobs& blobs,
                   const Source& keeper)
      : ingest_(ingest), index_(index), blobs_(blobs), keeper_(keeper) {}
  Result<std::vector<model::ItemOutcome>> ingest(std::span<const model::IngestItem> items) override;

 private:
  struct Sending;
  Result<std::vector<Sending>> choose(std::span<const model::IngestItem> items) const;
  Result<void> send(std::vector<Sending>& sendings);
  Result<std::shared_ptr<const model::RemoteContent>> content_of(const Sending& sending) const;
  static model::ItemOutcome refused(const model::IngestItem& item, const Sending& sending);

  model::Ingest& ingest_;
  const model::ImageIndex& index_;
  const RemoteBlobs& blobs_;
  const Source& keeper_;
};

}  // namespace gateway::sources
