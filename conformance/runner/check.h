// What a step expects, held against an answer. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "conformance/runner/case_file.h"
#include "conformance/runner/wire.h"
#include "gateway/base/value.h"

namespace conformance {

// Nothing when it holds, else what was got instead. `step` has its names replaced. Not for Closed and
// NoSecondResponse, which need the connection.
std::optional<std::string> check(const ExpectStep& step, const Reading& reading);

// RFC 6901; "/" and the empty pointer are the whole document here. Null when nothing is there.
const gateway::Value* find_pointer(const gateway::Value& document, std::string_view pointer);

// The value a let step takes out of an answer. Error: NotFound saying what is missing.
gateway::Result<std::string> extract(const LetStep& step, const Reading& reading);

}  // namespace conformance
