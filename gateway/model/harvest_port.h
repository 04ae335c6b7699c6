// HarvestStore: how far the harvest of each source has come, so that it goes on there after any end.
//
// What is kept is text of the harvest (gateway/sources), opaque here. Implemented in gateway/store.
// Thread-safe; what a call wrote is durable when it returns. Errors: StoreBusy, StoreFailed.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/base/result.h"

namespace gateway::model {

class HarvestStore {
 public:
  virtual ~HarvestStore() = default;
  // Empty when this source was never harvested.
  virtual Result<std::string> state(std::string_view source) const = 0;
  virtual Result<void> set_state(std::string_view source, std::string_view state) = 0;
  // What a study looked like when all of it was taken: while it looks the same, there is nothing to take.
  virtual Result<std::optional<std::string>> mark(std::string_view source,
                                                  std::string_view study_uid) const = 0;
  virtual Result<void> set_mark(std::string_view source, std::string_view study_uid,
                                std::string_view mark) = 0;
};

}  // namespace gateway::model
