// Internal to the reader of JSON-LD: the canonical text of a JSON literal (RFC 8785), so that equal values
// are equal literals. A pure function. Error: InvalidBody for a number that no double holds.
#pragma once

#include <string>

#include "gateway/base/result.h"
#include "gateway/base/value.h"

namespace gateway::codec {

Result<std::string> canonical_json(const Value& value);

}  // namespace gateway::codec
