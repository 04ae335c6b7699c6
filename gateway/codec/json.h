// Reading JSON (RFC 8259) into a Value. Writing is in gateway/base/json_text.h.
//
// Strict: duplicate keys, invalid UTF-8, trailing text and anything beyond the limits are refused. Integers
// that fit 64 bits become integers, every other number keeps its text (Decimal). Thread-safe; the Value owns
// all it holds.
#pragma once

#include <cstddef>
#include <string_view>

#include "gateway/base/result.h"
#include "gateway/base/value.h"

namespace gateway::codec {

struct JsonLimits {
  std::size_t max_bytes = 64u << 20;
  unsigned max_depth = 64;  // nested lists and maps
};

// Error: InvalidBody ("byte N" in `where`), BodyTooLarge.
Result<Value> parse_json(std::string_view text, const JsonLimits& limits = {});

}  // namespace gateway::codec
