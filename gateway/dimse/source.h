// DimseSource: a PACS as a RemoteSource: C-ECHO, C-FIND, C-GET or C-MOVE, C-STORE (PS3.4 annexes A, B, C).
//
// Study Root model. Every answer is converted from its own character set. Objects are fetched at exactly the
// level asked. Idle associations are kept for a short while and used again. Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gateway/dimse/peer.h"
#include "gateway/model/source_port.h"

namespace gateway::dimse {

class AssociationPool;
class MoveInbox;

struct DimseSourceOptions {
  std::string name;  // of the configuration
  DimsePeer peer;
  std::string our_ae_title = "EHDSGATEWAY";
  enum class Retrieve : std::uint8_t { Get, Move } retrieve = Retrieve::Get;
  // Where the peer sends objects to on C-MOVE: our server's title, as the peer has it configured.
  std::string move_destination;
  std::string query_character_set = "ISO_IR 192";  // of keys that are not plain ASCII; or "ISO_IR 100"
  std::size_t max_associations = 4;                // at once; further calls wait for one
  std::chrono::milliseconds keep_idle{5'000};      // 0: an association a call
  DimseTls tls_files;
  DimseLimits limits;
};

class DimseSource final : public model::RemoteSource {
 public:
  // `inbox` is that of the server which receives what C-MOVE asks for; null with C-GET. It must outlive the
  // source.
  explicit DimseSource(DimseSourceOptions options, MoveInbox* inbox = nullptr);
  ~DimseSource() override;
  const std::string& name() const override { return options_.name; }
  std::string kind() const override { return "dimse"; }
  Result<void> check() override;
  Result<model::RemoteQueryReport> find(const model::RemoteQuery& query,
                                        const std::function<bool(std::string json)>& use) override;
  Result<model::RemoteFetchReport> fetch(const model::RemoteId& id, const TakeObject& take) override;
  Result<model::RemoteFetchReport> metadata(const model::RemoteId& id,
                                            const std::function<bool(std::string json)>& use) override;
  Result<std::vector<model::RemoteStoreOutcome>> store(
      std::span<const std::shared_ptr<const ByteSource>> objects) override;
  void stop() override;

 private:
  Result<model::RemoteFetchReport> fetch_by_get(const model::RemoteId& id, const TakeObject& take);
  Result<model::RemoteFetchReport> fetch_by_move(const model::RemoteId& id, const TakeObject& take);
  std::vector<std::string> classes_below(const model::RemoteId& id);

  DimseSourceOptions options_;
  MoveInbox* inbox_;
  std::unique_ptr<AssociationPool> pool_;
};

}  // namespace gateway::dimse
