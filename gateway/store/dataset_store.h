// Data set definitions and the figures over their images, in the same SQLite file as the index.
// Thread-safe. Owns nothing.
#pragma once

#include "gateway/base/clock.h"
#include "gateway/model/ports.h"
#include "gateway/store/connections.h"

namespace gateway::store {

class DatasetStore final : public model::DatasetStore {
 public:
  DatasetStore(Connections& connections, const Clock& clock) : connections_(connections), clock_(clock) {}
  Result<model::DatasetRow> define(const std::string& id, const std::string& definition) override;
  Result<void> publish(const std::string& id, bool published) override;
  Result<std::vector<model::DatasetRow>> datasets() const override;
  Result<model::DatasetRow> dataset(const std::string& id) const override;
  Result<model::SelectionStatistics> statistics(const std::vector<model::Match>& matches) const override;

 private:
  Connections& connections_;
  const Clock& clock_;
};

}  // namespace gateway::store
