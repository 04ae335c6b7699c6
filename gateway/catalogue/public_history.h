// What anybody may see of the past of a dataset: versions that were published, when it came and went. Drafts,
// refusals and names of people are the holder's own. Pure functions.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "gateway/model/dataset_port.h"

namespace gateway::catalogue {

std::vector<model::DatasetEvent> public_events(const std::vector<model::DatasetEvent>& events);
std::set<std::int64_t> public_versions(const std::vector<model::DatasetEvent>& public_events);
// The last one before `version`; `version` itself without one.
std::int64_t version_before(const std::set<std::int64_t>& versions, std::int64_t version);

}  // namespace gateway::catalogue
