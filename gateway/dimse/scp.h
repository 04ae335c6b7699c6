// Scp: what the server does on one association, from its request to its end. Internal to the server.
//
// One object per association, used by its thread only; what it shares with others is const or thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gateway/base/metrics.h"
#include "gateway/dimse/association.h"
#include "gateway/dimse/outgoing.h"
#include "gateway/dimse/server.h"

namespace gateway::dimse {

// What all associations of a server have in common.
struct ScpShared {
  const DimseServerOptions& options;
  const DimseServer::Parts& parts;
  const SecureLayer* client_tls = nullptr;  // for associations that we open
  Counter& stored;
  Counter& refused;
};

// The identifier of a query or retrieve, read.
struct Identifier;

// An object that a C-GET or C-MOVE asked for.
struct Selected {
  ObjectKind kind;
  std::string instance_uid;
  model::BlobRef content;
};

// How many sub-operations are in each state (PS3.7 section 9.1.3.1).
struct SubOperations {
  std::uint64_t remaining = 0, completed = 0, failed = 0, warning = 0;
  std::vector<std::string> failed_uids;
  void count(const StoreAnswer& answer, const std::string& uid);
  void write(CommandSet& response, bool with_remaining) const;
  std::uint16_t status() const;
};

class Scp {
 public:
  Scp(const ScpShared& shared, Association& association) : shared_(shared), association_(association) {}
  // Negotiates and serves until the peer is done. Error: why it ended otherwise.
  Result<void> run();

 private:
  Result<void> negotiate();
  Result<void> serve(const Incoming& request);
  Result<void> refuse(const Incoming& request, std::uint16_t status, const std::string& comment);
  Result<void> answer(const Incoming& request, std::uint16_t status, const std::string& comment = {});
  // Reads away the data set of a request that is not understood.
  Result<void> skip_data(const Incoming& request);

  Result<void> store(const Incoming& request);
  Result<void> keep(const Incoming& request, std::shared_ptr<const ByteSource> object);
  std::optional<Result<void>> offer_to_inbox(const CommandSet& command,
                                             const std::shared_ptr<const ByteSource>& object);
  Result<void> find(const Incoming& request);
  Result<void> find_rows(const Incoming& request, const Identifier& identifier);
  Result<void> find_patients(const Incoming& request, const Identifier& identifier);
  Result<void> count_related(const model::SubjectRow& row, const Identifier& identifier, Value& match) const;
  Result<bool> send_match(const Incoming& request, const Identifier& identifier, const Value& match);
  Result<Value> match_of_row(const model::SearchRow& row, const Identifier& identifier) const;
  Result<void> retrieve(const Incoming& request, bool move);
  Result<Outgoing> open_for(const Association& outbound, const Selected& selected) const;
  Result<void> send_selected(const Incoming& request, std::span<const Selected> selected,
                             Association& outbound, const Originator* originator);
  Result<void> send_outcome(const Incoming& request, const SubOperations& counts, bool cancel);
  Result<void> commit(const Incoming& request);
  // The peer took back its request `message_id` (PS3.7 section 9.3.2.3).
  Result<bool> cancelled(std::uint16_t message_id);
  Result<Identifier> read_identifier(const Incoming& request);

  const ScpShared& shared_;
  Association& association_;
  bool released_ = false;
  std::uint16_t pending_status_ = status::kPending;  // of the C-FIND that is being answered
  unsigned answers_ = 0;
};

}  // namespace gateway::dimse
