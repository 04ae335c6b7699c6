// Any bytes: the JSON reader answers or refuses, and what it answers stays within the limits.
#include "gateway/codec/json.h"

#include <cstdlib>

#include "gateway/base/json_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto value = gateway::codec::parse_json(text);
  if (!value.ok()) return 0;
  // Written and read again it is the same tree.
  const auto again = gateway::codec::parse_json(gateway::to_json(*value));
  if (!again.ok() || !(*again == *value)) std::abort();
  return 0;
}
