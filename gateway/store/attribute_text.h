// Attribute inventories as text: "00080005CS00080008CS...", ten characters an attribute. Free functions;
// thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gateway::store {

using Attributes = std::vector<std::pair<std::uint32_t, std::string>>;

std::string attribute_text(const Attributes& attributes);
Attributes parse_attribute_text(std::string_view text);

}  // namespace gateway::store
