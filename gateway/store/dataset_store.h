// Data set definitions with their history, and the figures over their images, in the same SQLite file as the
// index. Thread-safe. Owns nothing.
#pragma once

#include "gateway/base/clock.h"
#include "gateway/model/dataset_port.h"
#include "gateway/store/connections.h"

namespace gateway::store {

class DatasetStore final : public model::DatasetStore {
 public:
  DatasetStore(Connections& connections, const Clock& clock) : connections_(connections), clock_(clock) {}
  Result<model::DatasetRow> define(const std::string& id, const std::string& definition,
                                   const std::string& actor = {},
                                   const model::ExpectedRow& expected = {}) override;
  Result<void> publish(const std::string& id, bool published, const std::string& actor = {},
                       const std::string& note = {}, const model::ExpectedRow& expected = {}) override;
  Result<void> record(const std::string& id, std::int64_t version, model::DatasetAct act,
                      const std::string& actor = {}, const std::string& note = {}) override;
  Result<std::vector<model::DatasetRow>> datasets() const override;
  Result<model::DatasetRow> dataset(const std::string& id) const override;
  Result<std::vector<model::DatasetEvent>> history(const std::string& id) const override;
  Result<model::DatasetVersion> version(const std::string& id, std::int64_t n) const override;
  Result<std::int64_t> revision() const override;
  Result<std::vector<model::ListedDataset>> published_at(std::int64_t revision) const override;
  Result<model::SelectionStatistics> statistics(const std::vector<model::Match>& matches) const override;
  Result<model::QualityFigures> quality(const std::vector<model::Match>& matches) const override;

 private:
  Connections& connections_;
  const Clock& clock_;
};

}  // namespace gateway::store
