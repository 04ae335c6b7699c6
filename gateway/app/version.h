// The version of this build, from CMakeLists.txt.
#pragma once

#include <string_view>

namespace gateway::app {

inline constexpr std::string_view kVersion = GATEWAY_VERSION;

}  // namespace gateway::app
