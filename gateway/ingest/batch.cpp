#include "gateway/ingest/batch.h"

#include <array>

#include "gateway/base/log.h"
#include "gateway/ingest/prepare.h"

namespace gateway::ingest {
namespace {

using model::BlobRef;
using model::CommitOutcome;
using model::ItemOutcome;

constexpr std::size_t kBlock = 256 << 10;

Result<Sha256Digest> digest_of(const ByteSource& source) {
  Sha256 hash;
  std::vector<std::byte> block(kBlock);
  for (std::uint64_t at = 0; at < source.size();) {
    const std::size_t got = TRY(source.read_at(at, block));
    if (got == 0) return fail(ErrorCode::TruncatedBody, "the object ended while it was read");
    hash.update(std::span(block).first(got));
    at += got;
  }
  return hash.finish();
}

Result<Sha256Digest> digest_of(const model::BlobView& view) {
  const FileSource file(view.file, view.offset + view.length);
  return digest_of(SliceSource(file, view.offset, view.length));
}

bool is_gone(const Error& error) {
  return error.code == ErrorCode::Gone || error.code == ErrorCode::NotFound;
}

// Is this the object that is there already? Nothing when that is a file in place that changed or vanished.
Result<std::optional<bool>> is_same(const ByteSource& source, const BlobRef& content,
                                    const std::optional<Sha256Digest>& digest,
                                    const model::BlobStore& blobs) {
  const bool in_place = content.kind == BlobRef::Kind::External;
  if (digest && !in_place)
    return std::optional(source.size() == content.length && TRY(digest_of(source)) == *digest);
  const auto view = blobs.open(content);
  if (!view.ok() && in_place && is_gone(view.error())) return std::optional<bool>();
  if (!view.ok()) return view.error();
  if (view->length != source.size()) return std::optional(false);
  return std::optional(TRY(digest_of(*view)) == TRY(digest_of(source)));
}

// Where the object itself lies: left in its place, or copied.
Result<void> place_content(const model::IngestItem& item, model::BlobStore& blobs, model::IndexEntry& entry) {
  if (item.remote) {
    entry.content = item.remote->content;
    if (item.remote->json_only) return {};
    entry.content.length = item.source->size();
    entry.digest = TRY(digest_of(*item.source));
    return {};
  }
  if (!item.external_path.empty()) {
    entry.content =
        BlobRef{BlobRef::Kind::External, item.external_path, 0, item.source->size(), item.modified_us};
    return {};
  }
  Sha256Digest digest;
  if (item.spooled) {
    if (auto adopted = TRY(blobs.adopt(*item.spooled, digest))) {
      entry.content = std::move(*adopted);
      entry.digest = digest;
      return {};
    }
  }
  entry.content = TRY(blobs.import(*item.source, digest));
  entry.digest = digest;
  return {};
}

// An object of another system is not fetched to be compared: what was indexed first stays.
Result<CommitOutcome> meet_remote(const model::IngestItem& item, const std::optional<Sha256Digest>& digest) {
  if (!digest || item.remote->json_only) return CommitOutcome::Identical;
  return TRY(digest_of(*item.source)) == *digest ? CommitOutcome::Identical : CommitOutcome::Conflict;
}

// Metadata and frame table are written in one go.
Result<void> place_texts(Prepared& prepared, model::BlobStore& blobs) {
  const std::array pieces = {as_bytes(prepared.metadata), as_bytes(prepared.frames)};
  const BlobRef both = TRY(blobs.append(pieces));
  BlobRef& metadata = prepared.entry.metadata = both;
  metadata.length = prepared.metadata.size();
  if (prepared.frames.empty()) return {};
  BlobRef& frames = prepared.entry.frames = both;
  frames.offset += metadata.length;
  frames.length = prepared.frames.size();
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
    if (!item.remote) bytes_ += item.source->size();
    if (!TRY(add_known(item, prepared))) TRY(add_new(item, prepared));
  }
  outcomes_.push_back(std::move(prepared.outcome));
  return {};
}

// An object that is there already takes no space: repeating a request must not fill the disk. False when it
// is not there, or when this file may take the place of one that changed or vanished: commit() decides.
Result<bool> Batch::add_known(const model::IngestItem& item, Prepared& prepared) {
  const std::string& uid = prepared.entry.object.instance.uid;
  if (const auto earlier = pending_.find(uid); earlier != pending_.end())
    return add_repeated(item, entries_[earlier->second], prepared);
  const auto known = TRY(index_.find_instance(uid));
  if (!known) return false;
  if (item.remote) {
    settle(prepared.outcome, TRY(meet_remote(item, known->digest)));
    return true;
  }
  const auto same = TRY(is_same(*item.source, known->content, known->digest, blobs_));
  if (!same && !item.external_path.empty()) return false;
  settle(prepared.outcome, same.value_or(false) ? CommitOutcome::Identical : CommitOutcome::Conflict);
  if (!same.value_or(false)) conflicts_.push_back(uid);
  return true;
}

// The same instance twice in one batch: what becomes of the second depends on how the first is judged.
Result<bool> Batch::add_repeated(const model::IngestItem& item, const model::IndexEntry& earlier,
                                 Prepared& prepared) {
  if (item.remote) {
    settle(prepared.outcome, TRY(meet_remote(item, earlier.digest)));
    return true;
  }
  const auto same = TRY(is_same(*item.source, earlier.content, earlier.digest, blobs_));
  if (!same) return false;
  if (*same) {
    model::IndexEntry again = earlier;
    again.same_content_verified = true;
    take(std::move(again));
  } else {
    settle(prepared.outcome, CommitOutcome::Conflict);
    conflicts_.push_back(prepared.entry.object.instance.uid);
  }
  return true;
}

Result<void> Batch::add_new(const model::IngestItem& item, Prepared& prepared) {
  TRY(place_texts(prepared, blobs_));
  TRY(place_content(item, blobs_, prepared.entry));
  pending_.emplace(prepared.entry.object.instance.uid, entries_.size());
  take(std::move(prepared.entry));
  return {};
}

void Batch::take(model::IndexEntry entry) {
  places_.push_back(outcomes_.size());
  entries_.push_back(std::move(entry));
}

// For the quality label only: what became of the objects stands already, whether or not this is written.
void Batch::note_conflicts() const {
  if (conflicts_.empty()) return;
  if (const auto noted = index_.note_conflicts(conflicts_); !noted)
    log::warning("refused objects are missing from the quality label",
                 {{"objects", conflicts_.size()}, {"error", noted.error().text()}});
}

Result<std::vector<ItemOutcome>> Batch::finish() {
  if (!entries_.empty()) {
    TRY(blobs_.sync_by_commit());
    const auto committed = TRY(index_.commit(entries_));
    for (std::size_t i = 0; i < committed.size(); ++i) settle(outcomes_[places_[i]], committed[i]);
  }
  note_conflicts();
  return std::move(outcomes_);
}

}  // namespace gateway::ingest
