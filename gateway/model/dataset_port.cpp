#include "gateway/model/dataset_port.h"

#include <array>
#include <map>

namespace gateway::model {

std::string_view name_of(DatasetState state) {
  static constexpr std::array<std::string_view, 4> kNames = {"draft", "validated", "published", "withdrawn"};
  return kNames[static_cast<std::size_t>(state)];
}

std::string_view name_of(DatasetAct act) {
  static constexpr std::array<std::string_view, 6> kNames = {"defined",   "validated", "refused",
                                                             "published", "withdrawn", "checked"};
  return kNames[static_cast<std::size_t>(act)];
}

std::vector<ListedDataset> published_after(const std::vector<DatasetEvent>& events) {
  std::map<std::string_view, ListedDataset> seen;
  for (const DatasetEvent& event : events) {
    ListedDataset& row = seen[event.id];
    if (event.act == DatasetAct::Defined) row.version = event.version, row.changed_us = event.at_us;
    if (event.act == DatasetAct::Published) row.published_us = row.changed_us = event.at_us;
    if (event.act == DatasetAct::Withdrawn) row.published_us = 0;
  }
  std::vector<ListedDataset> rows;
  for (auto& [id, row] : seen) {
    if (row.published_us == 0) continue;
    row.id = id;
    rows.push_back(std::move(row));
  }
  return rows;
}

Result<void> ExpectedRow::check(const DatasetRow* row, const std::string& id) const {
  const bool same = (!version || *version == (row ? row->version : 0)) &&
                    (!published || *published == (row && row->published_us != 0));
  if (same) return {};
  return fail(ErrorCode::Conflict, "the data set was changed by somebody else meanwhile: try again", id);
}

}  // namespace gateway::model
