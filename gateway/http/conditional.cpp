#include "gateway/http/conditional.h"

#include "gateway/base/text.h"

namespace gateway::http {
namespace {

std::string_view opaque(std::string_view tag) { return tag.starts_with("W/") ? tag.substr(2) : tag; }

}  // namespace

// RFC 9110 section 13.1.2. Tags may hold commas, so they are walked quote by quote.
bool not_modified(const Request& request, std::string_view etag) {
  if (request.method != Method::Get && request.method != Method::Head) return false;
  const std::string wanted = request.headers.joined("If-None-Match");
  std::string_view rest = trim(wanted);
  if (rest == "*") return true;
  while (!rest.empty()) {
    const auto open = rest.find('"');
    const auto close = open == std::string_view::npos ? open : rest.find('"', open + 1);
    if (close == std::string_view::npos) return false;
    if (rest.substr(open, close - open + 1) == opaque(etag)) return true;
    rest.remove_prefix(close + 1);
  }
  return false;
}

}  // namespace gateway::http
