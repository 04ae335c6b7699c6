// The first thing a new user reads: addresses to open and three commands to try.
#pragma once

#include <string>
#include <vector>

namespace gateway::app {

// `addresses` as the server gives them; the first is the plain listener.
std::string tour(const std::vector<std::string>& addresses,
                 const std::vector<std::string>& published_datasets);

}  // namespace gateway::app
