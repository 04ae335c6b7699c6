// Files of the data holder that are indexed in place: they count only as long as size and time of change
// stay. Free functions; thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "gateway/model/ports.h"

namespace gateway::store {

// The key under which the index finds a path; different paths may share one.
std::int64_t external_key(const std::string& path);
bool is_unchanged(const model::BlobRef& external);
// Error: Gone.
Result<std::shared_ptr<const FileHandle>> open_external(const model::BlobRef& external);

}  // namespace gateway::store
