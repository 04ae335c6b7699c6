#include "gateway/ingest/batch.h"

#include "gateway/ingest/prepare.h"

namespace gateway::ingest {
namespace {

using model::BlobRef;
using model::CommitOutcome;
using model::ItemOutcome;

// Where the object itself lies: left in its place, or copied.
Result<void> place_content(const model::IngestItem& item, model::BlobStore& blobs, model::IndexEntry& entry) {
  if (!item.external_path.empty()) {
    entry.content =
        BlobRef{BlobRef::Kind::External, item.external_path, 0, item.source->size(), item.modified_us};
    return {};
  }
  Sha256Digest digest;
  entry.content = TRY(blobs.import(*item.source, digest));
  entry.digest = digest;
  return {};
}

void settle(ItemOutcome& outcome, CommitOutcome committed) {
  switch (committed) {
    case CommitOutcome::Stored:
      outcome.kind = ItemOutcome::Kind::Stored;
      return;
    case CommitOutcome::Identical:
      outcome.kind = ItemOutcome::Kind::Identical;
      return;
    case CommitOutcome::Conflict:
      break;
  }
  outcome.kind = ItemOutcome::Kind::Conflict;
  outcome.error =
      fail(ErrorCode::InstanceConflict, "another object with this SOP Instance UID is stored already");
}

}  // namespace

Result<void> Batch::add(const model::IngestItem& item) {
  Prepared prepared = prepare(item, table_);
  if (prepared.accepted()) {
    const ByteSpan metadata = as_bytes(prepared.metadata);
    prepared.entry.metadata = TRY(blobs_.append({&metadata, 1}));
    TRY(place_content(item, blobs_, prepared.entry));
    bytes_ += item.source->size();
    places_.push_back(outcomes_.size());
    entries_.push_back(std::move(prepared.entry));
  }
  outcomes_.push_back(std::move(prepared.outcome));
  return {};
}

Result<std::vector<ItemOutcome>> Batch::finish() {
  if (!entries_.empty()) {
    TRY(blobs_.sync());
    const auto committed = TRY(index_.commit(entries_));
    for (std::size_t i = 0; i < committed.size(); ++i) settle(outcomes_[places_[i]], committed[i]);
  }
  return std::move(outcomes_);
}

}  // namespace gateway::ingest
