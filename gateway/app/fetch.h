// One document of a URL that a command line names, read into memory.
//
// Bounded in size and time. Errors: those of http::HttpClient; BadGateway when the answer is not 200.
#pragma once

#include <string>
#include <string_view>

#include "gateway/base/result.h"

namespace gateway::app {

struct Fetched {
  std::string text;
  std::string content_type;
};

bool is_url(std::string_view path);
Result<Fetched> fetch(const std::string& url, const std::string& accept);

}  // namespace gateway::app
