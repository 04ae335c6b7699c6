// for_each_object: the objects of a JSON array, one at a time, so that an answer of any length needs memory
// for one of them. The text comes from another system: its objects are bounded in size and number, and read
// strictly. Thread-safe: no shared state.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "gateway/base/bytes.h"
#include "gateway/base/value.h"

namespace gateway::sources {

struct ArrayLimits {
  std::size_t object_bytes = 32 << 20;
  std::uint64_t objects = 5'000'000;
};

// `use` gets the text of each object, unread, and returns false to stop. Errors: InvalidBody, BodyTooLarge,
// those of `use`.
Result<void> for_each_object(const ByteSource& source,
                             const std::function<Result<bool>(std::string_view object)>& use,
                             const ArrayLimits& limits = {});

// A DICOM JSON object (PS3.18 F.2) of another system, checked: tags as keys, each once, ascending. Error:
// InvalidBody.
Result<Value> read_answer(std::string_view object);

}  // namespace gateway::sources
