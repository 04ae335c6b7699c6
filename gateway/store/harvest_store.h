// The state of harvests over SQLite (gateway/model/harvest_port.h).
//
// Thread-safe. Owns nothing: connections and clock belong to the Store.
#pragma once

#include "gateway/base/clock.h"
#include "gateway/model/harvest_port.h"
#include "gateway/store/connections.h"

namespace gateway::store {

class HarvestStore final : public model::HarvestStore {
 public:
  HarvestStore(Connections& connections, const Clock& clock) : connections_(connections), clock_(clock) {}
  Result<std::string> state(std::string_view source) const override;
  Result<void> set_state(std::string_view source, std::string_view state) override;
  Result<std::optional<std::string>> mark(std::string_view source, std::string_view study_uid) const override;
  Result<void> set_mark(std::string_view source, std::string_view study_uid, std::string_view mark) override;

 private:
  Connections& connections_;
  const Clock& clock_;
};

}  // namespace gateway::store
