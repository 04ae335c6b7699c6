// Ingest: the port through which faces hand in DICOM objects (STOW-RS, folders, later C-STORE and
// harvesting).
//
// An item is read, checked, mapped, rendered and indexed; its answer says what became of it. A batch costs
// one durable write, so callers hand in as many items at once as they have. Implemented in gateway/ingest.
// Thread-safe: several callers may ingest at once.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/bytes.h"
#include "gateway/model/ports.h"
#include "gateway/model/source_port.h"

namespace gateway::model {

// An object that stays where it is, in another system: what is indexed is where to ask for it.
struct RemoteContent {
  BlobRef content;              // Kind Remote; its length is filled from the object, when that is at hand
  RemoteIdentity identity;      // how its identifiers read here
  bool json_only = false;       // `source` holds the DICOM JSON of the object, not the object itself
  std::string transfer_syntax;  // with json_only: as the other system says, or empty
  std::string ae_title;         // (0008,0054) of its search results; empty: they do not say where it lies
};

// One object to take in.
struct IngestItem {
  std::string label;                         // how messages name it: a file name, "part 3"
  std::shared_ptr<const ByteSource> source;  // the Part 10 bytes; may lie in memory or in a file
  std::string external_path;       // absolute path to index in place; empty: copy into the blob store
  std::int64_t modified_us = 0;    // of the external file
  std::string required_study_uid;  // when set, an object of another study is Refused (InvalidParameter)
  // The source is this range of an unnamed file that nobody writes to: the blob store may take it over.
  std::optional<BlobView> spooled = {};
  // When set, the bytes are not kept. A known instance is Identical then, wherever it lies, unless both
  // digests are known and differ.
  std::shared_ptr<const RemoteContent> remote = nullptr;
};

// What became of one item. The UIDs are filled as far as they could be read, also for refused items.
struct ItemOutcome {
  enum class Kind : std::uint8_t {
    Stored,     // indexed now
    Identical,  // the same object was there already; nothing changed
    Conflict,   // another object with this SOP Instance UID is there; the first one stays
    Refused,    // not an acceptable DICOM instance; `error` says why
    Skipped,    // not looked at: unchanged since it was indexed, or nothing to index; `error` says which
  };
  std::string label;
  Kind kind = Kind::Refused;
  std::optional<Error> error;  // set for Conflict and Refused, and for Skipped with a reason
  std::string study_uid;
  std::string series_uid;
  std::string sop_class_uid;
  std::string sop_instance_uid;
  std::vector<std::string> findings;  // irregularities that did not prevent indexing
};

constexpr std::string_view name_of(ItemOutcome::Kind kind) {
  constexpr std::string_view kNames[] = {"stored", "identical", "conflict", "refused", "skipped"};
  return kNames[static_cast<std::size_t>(kind)];
}

class Ingest {
 public:
  virtual ~Ingest() = default;
  // One batch: all accepted items are durable and visible when this returns. The outcomes are in the order of
  // the items. Error (StoreBusy, StoreFailed): nothing of the batch is promised; handing it in again is safe.
  virtual Result<std::vector<ItemOutcome>> ingest(std::span<const IngestItem> items) = 0;
};

}  // namespace gateway::model
