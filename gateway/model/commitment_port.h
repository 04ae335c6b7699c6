// CommitmentStore: results of storage commitment requests (PS3.18 chapter 13), by their transaction UID.
//
// Implemented in gateway/store. Thread-safe. Errors: StoreBusy, StoreFailed, and what is named below.
#pragma once

#include <string>

#include "gateway/base/result.h"

namespace gateway::model {

class CommitmentStore {
 public:
  virtual ~CommitmentStore() = default;
  // Keeps a result durably, for 90 days. Error: Conflict when the transaction UID is in use.
  virtual Result<void> keep(const std::string& transaction_uid, const std::string& result) = 0;
  // Error: NotFound.
  virtual Result<std::string> result(const std::string& transaction_uid) const = 0;
};

}  // namespace gateway::model
