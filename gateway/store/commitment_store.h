// Results of storage commitment requests, in the same database as the index. Thread-safe. Owns nothing.
#pragma once

#include "gateway/base/clock.h"
#include "gateway/model/commitment_port.h"
#include "gateway/store/connections.h"

namespace gateway::store {

class CommitmentStore final : public model::CommitmentStore {
 public:
  CommitmentStore(Connections& connections, const Clock& clock) : connections_(connections), clock_(clock) {}
  Result<void> keep(const std::string& transaction_uid, const std::string& result) override;
  Result<std::string> result(const std::string& transaction_uid) const override;

 private:
  Connections& connections_;
  const Clock& clock_;
};

}  // namespace gateway::store
