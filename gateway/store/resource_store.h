// The resources in the same SQLite file as the index (model/resource_port.h). Thread-safe. Owns nothing.
#pragma once

#include "gateway/base/clock.h"
#include "gateway/model/resource_port.h"
#include "gateway/store/connections.h"

namespace gateway::store {

class ResourceStore final : public model::ResourceStore {
 public:
  ResourceStore(Connections& connections, const Clock& clock) : connections_(connections), clock_(clock) {}
  Result<std::int64_t> commit(std::span<const model::ResourceWrite> writes,
                              std::optional<std::int64_t> if_state,
                              std::span<const model::RecordChange> records) override;
  Result<std::optional<std::string>> describer_of(const std::string& study_uid) const override;
  Result<std::optional<std::string>> described_by(const std::string& resource) const override;
  Result<std::vector<std::string>> undescribed(std::uint32_t limit) const override;
  Result<std::int64_t> state() const override;
  Result<std::optional<model::StoredResource>> read(const std::string& type,
                                                    const std::string& id) const override;
  Result<std::optional<model::StoredResource>> vread(const std::string& type, const std::string& id,
                                                     std::int64_t version) const override;
  Result<model::HistoryPage> history(const model::HistoryQuery& query) const override;
  Result<std::vector<model::ResourceHit>> find(const model::ResourceQuery& query) const override;
  Result<std::uint64_t> count(const model::ResourceQuery& query) const override;
  Result<model::LoadedResources> load(std::span<const std::int64_t> rows,
                                      std::size_t most_bytes) const override;
  Result<std::vector<model::SearchValue>> values(std::span<const std::int64_t> rows,
                                                 const std::string& parameter) const override;
  Result<std::int64_t> last_row() const override;
  Result<std::vector<std::pair<std::string, std::uint64_t>>> types() const override;

 private:
  Connections& connections_;
  const Clock& clock_;
};

}  // namespace gateway::store
