// Blob references as text for a column: "kind offset length modified name". Free functions; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "gateway/model/ports.h"

namespace gateway::store {

std::string blob_ref_text(const model::BlobRef& ref);
model::BlobRef parse_blob_ref(std::string_view text);
// Names come from the index, but a path must never be built from anything else than what the store makes.
bool is_blob_name(std::string_view name);

}  // namespace gateway::store
