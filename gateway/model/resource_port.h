// Resources kept as they are: versions of FHIR resources that clients sent or that other parts derived, with
// their history and the values by which they are found (FHIR R4 http 3.1.0, search 3.1.1).
//
// The texts are opaque here: compact JSON with meta.versionId and meta.lastUpdated inside. Versions of an
// instance count 1, 2, 3, ...; a deletion is a version without text. Members may be called from several
// threads at once. Errors: StoreBusy, StoreFailed, and what is named below.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gateway/model/described_port.h"
#include "gateway/model/resource_query.h"

namespace gateway::model {

struct StoredResource {
  std::int64_t row = 0;  // of the store: grows with every new instance, never changes
  std::string type;      // "Patient"
  std::string id;
  std::int64_t version = 0;
  std::int64_t updated_us = 0;
  bool deleted = false;
  std::string
      method;  // POST, PUT, PATCH or DELETE: how this version came to be (Bundle.entry.request.method)
  std::string origin;  // empty: a client; else what it was derived from, "sop:1.2.3": read-only for clients
  std::string json;    // empty when deleted
};

// One version to add. Its number is `expected` + 1, which the text says, too.
struct ResourceWrite {
  std::string type;
  std::string id;
  std::int64_t expected = 0;  // the current version, also when that is a deletion; 0: there never was one
  std::int64_t updated_us = 0;
  bool deleted = false;
  std::string method;
  std::string origin;
  std::string json;
  std::vector<SearchValue> values;  // by which this version is found; none when deleted
};

// A piece of history, newest first (http 3.1.0.15).
struct HistoryQuery {
  std::string type;           // empty: all types
  std::string id;             // empty: all instances of the type
  std::int64_t since_us = 0;  // _since: versions made at this moment or later
  std::int64_t at_us = 0;     // _at: versions that were current at this moment; 0: no such condition
  std::uint32_t limit = 100;
  std::uint64_t offset = 0;
  std::int64_t up_to = 0;  // versions up to this HistoryPage::state only, so that pages stay; 0: all
  // Of texts: a page ends before the version that would exceed it, but for the first, so that it may have
  // fewer versions than `limit` before the end.
  std::size_t most_bytes = 32 << 20;
};
struct HistoryPage {
  std::vector<StoredResource> versions;
  std::uint64_t total = 0;
  std::int64_t state = 0;  // of all versions; give it as `up_to` to have the next page of the same
};

// What the gateway writes by itself, however often, is no change that clients decide by: it does not count in
// ResourceStore::state(). Of kSubscriptionsOrigin only the current version stays.
inline constexpr const char* kAuditOrigin = "audit";
inline constexpr const char* kSubscriptionsOrigin = "subscriptions";

struct LoadedResources {
  std::vector<StoredResource> resources;
  std::size_t examined = 0;  // rows, fewer than all when one more text would exceed the bound
};

class ResourceStore {
 public:
  virtual ~ResourceStore() = default;

  // One durable transaction over all writes, in order, and over the records that resources put into the image
  // index; all or nothing. `if_state`: only when nothing changed since state() said so. The state() after it.
  // Errors: Conflict with "Type/id" in `where` when the version is not the expected one, with an empty
  // `where` when the state changed, or a study has other records by now: read again, decide again.
  virtual Result<std::int64_t> commit(std::span<const ResourceWrite> writes,
                                      std::optional<std::int64_t> if_state = std::nullopt,
                                      std::span<const RecordChange> records = {}) = 0;
  // The resource that a study of the image index is described by; nothing when there is no such study, or
  // it is one of DICOM objects. And the study that a resource describes.
  virtual Result<std::optional<std::string>> describer_of(const std::string& study_uid) const = 0;
  virtual Result<std::optional<std::string>> described_by(const std::string& resource) const = 0;
  // ImagingStudy resources that came before this gateway made records of them: a RecordChange for each takes
  // it off the list. At most `limit`.
  virtual Result<std::vector<std::string>> undescribed(std::uint32_t limit) const = 0;
  // Grows with every commit but those of kAuditOrigin and kSubscriptionsOrigin: two equal ones say that
  // nothing else changed between.
  virtual Result<std::int64_t> state() const = 0;

  // The current version, which may be a deletion (410); nothing when there never was one (404).
  virtual Result<std::optional<StoredResource>> read(const std::string& type,
                                                     const std::string& id) const = 0;
  virtual Result<std::optional<StoredResource>> vread(const std::string& type, const std::string& id,
                                                      std::int64_t version) const = 0;
  virtual Result<HistoryPage> history(const HistoryQuery& query) const = 0;

  // The rows that match, in the order of `query.sort`, then of `row`; at most `query.limit`. Error of both:
  // InvalidParameter when the conditions compare more values than the store can at once.
  virtual Result<std::vector<ResourceHit>> find(const ResourceQuery& query) const = 0;
  virtual Result<std::uint64_t> count(const ResourceQuery& query) const = 0;
  // Current versions by row, in the order asked for; those deleted since are left out. Stops before the text
  // that would exceed `most_bytes`, but for the first one.
  virtual Result<LoadedResources> load(std::span<const std::int64_t> rows, std::size_t most_bytes) const = 0;
  // The values of one parameter of these rows, row by row. At most 10,000.
  virtual Result<std::vector<SearchValue>> values(std::span<const std::int64_t> rows,
                                                  const std::string& parameter) const = 0;
  // The newest row; 0: there is none.
  virtual Result<std::int64_t> last_row() const = 0;
  // Types of which there is a current version, with how many.
  virtual Result<std::vector<std::pair<std::string, std::uint64_t>>> types() const = 0;
};

}  // namespace gateway::model
