// RemoteSource: another system that holds images (a DIMSE PACS, another DICOMweb server) and is asked by this
// gateway. Implemented in gateway/dimse and gateway/sources; used by gateway/sources.
//
// Thread-safe: every call opens or borrows its own connection and has a deadline. A peer that cannot be
// reached or refuses is an error that names it (BadGateway, GatewayTimeout), never an empty answer.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/bytes.h"
#include "gateway/model/fields.h"

namespace gateway::model {

// A matching key as DICOM states it (PS3.4 C.2.2.2): UID lists with backslashes, ranges "a-b", '*' and '?'.
struct RemoteKey {
  std::uint32_t tag = 0;  // 0xGGGGEEEE
  std::string value;      // UTF-8; empty: only asks for the attribute
};

struct RemoteQuery {
  Level level = Level::Study;  // Study, Series or Instance
  std::vector<RemoteKey> keys;
  std::uint64_t limit = 0;  // 0: none. No more answers than these are moved: C-CANCEL, or limit=
};

struct RemoteQueryReport {
  bool cut = false;                   // the limit ended it
  std::vector<std::string> warnings;  // e.g. optional keys that the peer did not match (C-FIND status FF01)
};

// A study, a series of it, or an instance of that. Empty: everything below.
struct RemoteId {
  std::string study_uid, series_uid, instance_uid;
  bool operator==(const RemoteId&) const = default;
};

struct RemoteFetchReport {
  std::uint64_t received = 0;
  std::uint64_t failed = 0;           // sub-operations that the peer could not do
  std::vector<std::string> problems;  // their reasons
};

// What a source says about identifiers is true within its own walls only: this makes it unambiguous here.
// Applied to what is indexed and answered; the bytes of objects stay as their source gives them.
struct RemoteIdentity {
  std::string patient_issuer;    // (0010,0021) where the source gives none
  std::string patient_prefix;    // in front of every (0010,0020)
  std::string accession_issuer;  // (0008,0051) where the source gives none: its local namespace
  bool operator==(const RemoteIdentity&) const = default;
};

// What became of one object that was sent to a peer. 0x0000 success, 0xBxxx warning, else failure.
struct RemoteStoreOutcome {
  std::uint16_t dicom_status = 0;
  std::string message;
};

class RemoteSource {
 public:
  virtual ~RemoteSource() = default;
  virtual const std::string& name() const = 0;  // of the configuration; unique
  virtual std::string kind() const = 0;         // "dimse" or "dicomweb"
  // The service root under which others know it ("https://pacs/dicomweb"); empty: it has none.
  virtual std::string address() const { return {}; }
  // C-ECHO, or the smallest search.
  virtual Result<void> check() = 0;
  // Each answer is one DICOM JSON object, compact, keys ascending, without slots; `use` returns false to
  // stop.
  virtual Result<RemoteQueryReport> find(const RemoteQuery& query,
                                         const std::function<bool(std::string json)>& use) = 0;
  // Part 10 bytes of each object below `id`, as they arrive; large ones lie in a spool file. An error of
  // `take` ends the transfer.
  using TakeObject = std::function<Result<void>(std::shared_ptr<const ByteSource> object)>;
  virtual Result<RemoteFetchReport> fetch(const RemoteId& id, const TakeObject& take) = 0;
  // Metadata of each instance below `id` as DICOM JSON, without moving pixel data. Error NotSupported: this
  // peer gives none, so the objects are needed (DIMSE).
  virtual Result<RemoteFetchReport> metadata(const RemoteId& id,
                                             const std::function<bool(std::string json)>& use) = 0;
  // Sends objects (C-STORE, STOW-RS); an outcome for each, in order.
  virtual Result<std::vector<RemoteStoreOutcome>> store(
      std::span<const std::shared_ptr<const ByteSource>> objects) = 0;
  // The gateway ends: what is under way, and all that is asked from now on, ends soon, with an error.
  virtual void stop() {}
};

}  // namespace gateway::model
