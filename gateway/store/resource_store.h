// The resources in the same SQLite file as the index (model/resource_port.h). Thread-safe. Owns nothing.
#pragma once

#include "gateway/model/resource_port.h"
#include "gateway/store/connections.h"

namespace gateway::store {

class ResourceStore final : public model::ResourceStore {
 public:
  explicit ResourceStore(Connections& connections) : connections_(connections) {}
  Result<std::int64_t> commit(std::span<const model::ResourceWrite> writes,
                              std::optional<std::int64_t> if_state) override;
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
};

}  // namespace gateway::store
