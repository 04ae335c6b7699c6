// One document of a URL that a command line names, read into memory.
//
// Bounded in size and time. Errors: those of http::HttpClient; BadGateway when the answer is not 200.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "gateway/base/result.h"

namespace gateway::app {

struct Fetched {
  std::string text;
  std::string content_type;
};

// "http://host:1/a/b?c#d" as its origin and what is asked of it (RFC 9110 section 7.1): no fragment, and a
// path also before a query that has none.
std::pair<std::string, std::string> split_url(const std::string& url);
bool is_url(std::string_view path);
Result<Fetched> fetch(const std::string& url, const std::string& accept);

}  // namespace gateway::app
