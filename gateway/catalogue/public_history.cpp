#include "gateway/catalogue/public_history.h"

#include <iterator>
#include <optional>

namespace gateway::catalogue {

std::vector<model::DatasetEvent> public_events(const std::vector<model::DatasetEvent>& events) {
  using model::DatasetAct;
  std::vector<model::DatasetEvent> seen;
  std::optional<model::DatasetEvent> draft;  // the last definition that nobody has seen
  bool visible = false;
  for (model::DatasetEvent event : events) {
    event.actor.clear();
    event.note.clear();
    if (event.act == DatasetAct::Defined && !visible) draft = event;
    if (event.act == DatasetAct::Published) {
      if (draft) seen.push_back(*draft);
      draft.reset();
      visible = true;
    }
    const bool told = event.act == DatasetAct::Published || event.act == DatasetAct::Withdrawn ||
                      (visible && (event.act == DatasetAct::Defined || event.act == DatasetAct::Checked));
    if (event.act == DatasetAct::Withdrawn) visible = false;
    if (told) seen.push_back(std::move(event));
  }
  return seen;
}

std::set<std::int64_t> public_versions(const std::vector<model::DatasetEvent>& public_events) {
  std::set<std::int64_t> versions;
  for (const auto& event : public_events)
    if (event.act == model::DatasetAct::Defined) versions.insert(event.version);
  return versions;
}

std::int64_t version_before(const std::set<std::int64_t>& versions, std::int64_t version) {
  const auto at = versions.lower_bound(version);
  return at == versions.begin() ? version : *std::prev(at);
}

}  // namespace gateway::catalogue
