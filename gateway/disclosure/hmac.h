// HMAC-SHA-256 (RFC 2104) over gateway::Sha256. Pure; thread-safe.
#pragma once

#include <string_view>

#include "gateway/base/ids.h"

namespace gateway::disclosure {

Sha256Digest hmac_sha256(std::string_view key, std::string_view message);

}  // namespace gateway::disclosure
