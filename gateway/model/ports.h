// The ports of the imaging core: what faces and ingest may ask of storage, without knowing what stores.
//
// Implementations are in gateway/store; tests have fakes in tests/support. Every member may be called from
// several threads at once unless it says otherwise. Errors: StoreBusy (try again), StoreFailed, and what is
// named below.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/bytes.h"
#include "gateway/base/ids.h"
#include "gateway/model/quality.h"
#include "gateway/model/query.h"
#include "gateway/model/records.h"
#include "gateway/model/statistics.h"

namespace gateway::model {

// Where bytes lie. Plain data, stored with the index row.
struct BlobRef {
  enum class Kind : std::uint8_t {
    None,      // nothing
    Segment,   // part of an append-only file of the blob store; `name` is the segment
    File,      // one file of the blob store, for large objects; `name` is its digest
    External,  // a file of the data holder, indexed in place; `name` is its absolute path
    Remote,    // held by another system (source_port.h); `name` as remote_ref() writes it
  };
  Kind kind = Kind::None;
  std::string name;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;      // Remote: 0 when nobody has seen the object yet; open() tells
  std::int64_t modified_us = 0;  // External: its time of change when indexed; another one now means Gone
  bool operator==(const BlobRef&) const = default;
};

// An opened blob: a range of a file.
struct BlobView {
  std::shared_ptr<const FileHandle> file;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

class BlobStore {
 public:
  virtual ~BlobStore() = default;
  // Appends the pieces as one blob. It is durable only after the next sync() has succeeded.
  virtual Result<BlobRef> append(std::span<const ByteSpan> pieces) = 0;
  // Copies a source of any size with constant memory; fills `digest`. Small ones go where append() puts them.
  // Durable after the next sync().
  virtual Result<BlobRef> import(const ByteSource& source, Sha256Digest& digest) = 0;
  // Takes over a range of a complete, unnamed file (the spool of a request body) without copying it; fills
  // `digest`. Nothing when this cannot be done: then import() it. Durable after the next sync().
  virtual Result<std::optional<BlobRef>> adopt(const BlobView& range, Sha256Digest& digest) {
    static_cast<void>(range), static_cast<void>(digest);
    return std::optional<BlobRef>();
  }
  // Makes everything appended, imported and adopted before the call durable (fdatasync). Calls are combined.
  virtual Result<void> sync() = 0;
  // The same for blobs of entries that are committed next, to the index of the same store: they are durable
  // with that commit, at less cost when they are small.
  virtual Result<void> sync_by_commit() { return sync(); }
  // Opens a blob for reading. Errors: NotFound for a reference to nothing; StoreFailed when the store lost
  // what it acknowledged; Gone when an external file changed or vanished, or another system has the object
  // no more; BadGateway or GatewayTimeout when that system fails.
  virtual Result<BlobView> open(const BlobRef& ref) const = 0;
  // Tells that all of these will be opened soon, so that those of other systems come in few requests. Returns
  // when they are here or known to be on their way; open() reports what went wrong with each.
  virtual void prefetch(std::span<const BlobRef> refs) const { static_cast<void>(refs); }
  // The length of a blob, which another system may have to tell. Errors: as open.
  virtual Result<std::uint64_t> length(const BlobRef& ref) const { return ref.length; }
  // Reads a whole small blob. Errors: as open.
  virtual Result<std::string> read(const BlobRef& ref) const = 0;
};

// Places in rendered JSON that the DICOMweb face fills per request. A raw control byte cannot occur in JSON
// text, so they need no escaping.
namespace slot {
inline constexpr char kServiceRoot = '\x01';        // http://host/dicomweb
inline constexpr char kModalities = '\x02';         // content of the Value array of (0008,0061): "CT","PT"
inline constexpr char kNumberOfSeries = '\x03';     // (0020,1206)
inline constexpr char kNumberOfInstances = '\x04';  // (0020,1208) of a study, (0020,1209) of a series
}  // namespace slot

// JSON results with slots, as mappers::dicom renders them.
struct JsonTemplates {
  std::string study;
  std::string series;
  std::string instance;
};

// Which attributes an object has: tags with VR, and a stable hash to intern it by.
struct AttributeInventory {
  std::uint64_t hash = 0;
  std::vector<std::pair<std::uint32_t, std::string>> attributes;  // tag as 0xGGGGEEEE, VR
};

// One SOP instance, ready to be indexed.
struct IndexEntry {
  ImagingObject object;
  JsonTemplates json;
  AttributeInventory inventory;
  BlobRef content;   // the Part 10 object
  BlobRef metadata;  // its DICOM JSON, with slot 0x01
  BlobRef frames;    // where its frames lie (mappers/dicom/frame_table.h); None: not an image
  std::optional<Sha256Digest> digest;  // of the content; absent for files indexed in place
  // The caller compared the bytes of `content` with those of the known instance (ImageIndex::find_instance)
  // and they are the same. Without it, an object whose digest is not known on both sides is another one.
  bool same_content_verified = false;
  std::vector<ObjectDefect> defects;       // what reading the object showed
  std::optional<std::uint64_t> pixel_key;  // the same for the same stored pixels; absent: not known
};

// What the index knows of one SOP instance, so that an ingest can tell a copy from another object.
struct KnownInstance {
  std::optional<Sha256Digest> digest;  // absent for files indexed in place
  BlobRef content;
  std::string study_uid, series_uid;
};

enum class CommitOutcome : std::uint8_t {
  Stored,     // new; or in place of a file that was indexed there and is no longer what it was
  Identical,  // the same object is there already; nothing changed
  Conflict,   // another object with this SOP Instance UID is there; the first one stays
};

// A row of a search answer. The JSON still has its slots; counts and modalities are current.
struct SearchRow {
  std::string json;
  std::string study_uid;
  std::string series_uid;               // levels series and instance
  std::string instance_uid;             // level instance
  std::vector<std::string> modalities;  // level study, sorted
  std::uint64_t series_count = 0;       // level study
  std::uint64_t instance_count = 0;     // levels study and series
  BlobRef metadata;  // of the first instance below (study, series) or of the instance itself
};

// What there is to say about a search answer beside its rows.
struct SearchNotes {
  std::vector<std::string> warnings;  // for people: a source that did not answer, keys that it ignored
  bool cut = false;                   // there are more rows than `limit`, and count() cannot tell how many
};

// Where one instance lies.
struct InstanceLocation {
  std::string study_uid;
  std::string series_uid;
  std::string instance_uid;
  std::string sop_class_uid;
  std::string transfer_syntax_uid;
  BlobRef content;
  BlobRef metadata;
  BlobRef frames;  // None: not known, the object itself has to be asked
};

// Canonical records with what the index knows beside them.
struct SubjectRow {
  std::int64_t id = 0;  // of the index; stable, never reused
  std::string key;      // stable over re-indexing: issuer and patient id, hashed (32 hex digits)
  Subject subject;
  std::int64_t version = 1;  // grows with every change
  std::int64_t updated_us = 0;
};
struct SeriesRow {
  Series series;
  std::uint64_t instance_count = 0;
  std::vector<Instance> instances;  // filled on request, ordered by number, then UID
};
struct StudyRow {
  std::int64_t id = 0;
  Study study;
  SubjectRow subject;
  std::vector<std::string> modalities;
  std::vector<SeriesRow> series;  // filled on request, ordered by number, then UID
  std::uint64_t series_count = 0;
  std::uint64_t instance_count = 0;
  std::int64_t version = 1;
  std::int64_t updated_us = 0;
};

enum class Depth : std::uint8_t { Study, Series, Instances };

struct IndexTotals {
  std::uint64_t subjects = 0, studies = 0, series = 0, instances = 0, bytes = 0;
};

class ImageIndex {
 public:
  virtual ~ImageIndex() = default;
  // One durable transaction over all entries, in order; an outcome for each. All or nothing on error.
  // The blobs of the entries must be durable already, or announced by BlobStore::sync_by_commit().
  // An object whose UID is known is Identical when both digests are known and equal, when it is the same
  // unchanged external file, or when `same_content_verified` says so; else a Conflict. An external object
  // replaces one whose file is gone or changed, in the same study and series.
  virtual Result<std::vector<CommitOutcome>> commit(std::span<const IndexEntry> entries) = 0;
  // The location of an external file that is indexed already and unchanged (same size and time): skip it.
  virtual Result<bool> has_external(const std::string& path, std::uint64_t length,
                                    std::int64_t modified_us) const = 0;
  // Other objects with the UIDs of stored instances were refused before they came to commit(): the quality
  // label counts them. All or nothing; the version of the index stays. An unknown UID does nothing. Indexes
  // that judge no quality do nothing either.
  virtual Result<void> note_conflicts(std::span<const std::string> sop_instance_uids) {
    static_cast<void>(sop_instance_uids);
    return {};
  }
  // The instance with this SOP Instance UID, or nothing. What it says may be superseded by a commit that runs
  // at the same time: commit() decides, and judges by the same rules.
  virtual Result<std::optional<KnownInstance>> find_instance(std::string_view sop_instance_uid) const = 0;
  // QIDO rows in a stable order. `query.level` must not be Subject. `notes`, unless null, is added to.
  virtual Result<std::vector<SearchRow>> search(const Query& query, SearchNotes* notes = nullptr) const = 0;
  // Whether search() and count() match Query::others. An index of records does not: who asks tests the rows.
  virtual bool matches_others() const { return false; }
  // Instances below a study, series or instance (empty UID: all), ordered by series, number, UID. `use`
  // returns false to stop early. An unknown parent gives no call. `notes`, unless null, is added to: there
  // may be more than what is given. With it, objects of a described study (described_port.h) that nobody
  // lists are NotFound with where they are said to be.
  virtual Result<void> locate(std::string_view study_uid, std::string_view series_uid,
                              std::string_view instance_uid,
                              const std::function<bool(const InstanceLocation&)>& use,
                              SearchNotes* notes = nullptr) const = 0;
  virtual Result<std::vector<StudyRow>> studies(const Query& query, Depth depth) const = 0;
  virtual Result<std::vector<SubjectRow>> subjects(const Query& query) const = 0;
  // Number of rows of `query.level` that match; limit and offset do not count.
  virtual Result<std::uint64_t> count(const Query& query) const = 0;
  virtual Result<IndexTotals> totals() const = 0;
  // Grows with every commit that changed something: the key of caches over the index.
  virtual Result<std::int64_t> version() const = 0;
};

}  // namespace gateway::model
