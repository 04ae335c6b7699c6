#include "gateway/http/target.h"

#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/codec/media_type.h"
#include "gateway/codec/uri.h"

namespace gateway::http {
namespace {

Error malformed(std::string what, std::string where = {}) {
  return fail(ErrorCode::MalformedRequest, std::move(what), std::move(where));
}

bool is_alnum(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_host(std::string_view host) {
  if (host.starts_with('[')) {  // IP-literal, RFC 3986 section 3.2.2
    if (host.size() < 4 || !host.ends_with(']')) return false;
    const std::string_view inside = host.substr(1, host.size() - 2);
    return std::all_of(inside.begin(), inside.end(),
                       [](char c) { return is_alnum(c) || c == ':' || c == '.'; });
  }
  return !host.empty() && host.size() <= 255 && std::all_of(host.begin(), host.end(), [](char c) {
    return is_alnum(c) || c == '-' || c == '.' || c == '_';
  });
}

bool is_port(std::string_view port) {
  if (port.empty()) return true;
  const auto number = parse_number<std::uint32_t>(port);
  return number && *number > 0 && *number <= 65535 && port[0] != '+';
}

// Exactly one Host field, and a sound one (RFC 9112 section 3.2); HTTP/1.0 may lack it.
Result<std::string> read_host(const Headers& headers, bool http10) {
  std::string_view host;
  int count = 0;
  for (const auto& [name, value] : headers.lines())
    if (iequals(name, "Host")) host = value, ++count;
  if (count == 0 && http10) return std::string();
  if (count != 1) return malformed("a request has exactly one Host field", "Host");
  if (!is_authority(host)) return malformed("the Host field is not host[:port]", "Host");
  return std::string(host);
}

// Characters that are never in a request target (RFC 3986 appendix A); "|", "{" and the like are tolerated in
// queries, where real clients of FHIR send them as they are.
Result<void> check_characters(std::string_view target) {
  const bool bad = std::any_of(target.begin(), target.end(),
                               [](char c) { return c <= 0x20 || c == 0x7F || c == '#' || c == '\\'; });
  if (bad) return malformed("the request target has a character that has to be percent-encoded");
  return {};
}

// absolute-form (RFC 9112 section 3.2.2): cuts scheme and authority off `rest`.
Result<std::string> cut_authority(std::string_view& rest) {
  const auto scheme_end = rest.find("://");
  const std::string scheme = lower(rest.substr(0, scheme_end));
  if (scheme_end == std::string_view::npos || (scheme != "http" && scheme != "https"))
    return malformed("the request target is neither a path nor an http URI");
  rest.remove_prefix(scheme_end + 3);
  const auto end = rest.find_first_of("/?");
  const std::string_view authority = rest.substr(0, end);
  if (!is_authority(authority)) return malformed("the request target has no sound authority");
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end);
  return std::string(authority);
}

Result<void> read_path_and_query(std::string_view text, Request& request) {
  const auto mark = text.find('?');
  const std::string_view path = text.substr(0, mark);
  auto decoded = codec::decode_path(path.empty() ? "/" : path);
  if (!decoded) return malformed(decoded.error().message, "path");
  request.path = std::move(decoded).value();
  if (mark == std::string_view::npos) return {};
  auto query = codec::parse_query(text.substr(mark + 1));
  if (!query) return malformed(query.error().message, "query");
  request.query = std::move(query).value();
  return {};
}

void take_forwarded_pair(std::string_view pair, PublicAddress& own) {
  const auto equals = pair.find('=');
  if (equals == std::string_view::npos) return;
  const std::string_view name = trim(pair.substr(0, equals));
  std::string_view value = trim(pair.substr(equals + 1));
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
    value = value.substr(1, value.size() - 2);
  const std::string scheme = lower(value);
  if (iequals(name, "proto") && (scheme == "http" || scheme == "https")) own.scheme = scheme;
  if (iequals(name, "host") && is_authority(value)) own.authority = value;
}

std::string first_of_list(std::string_view list) { return std::string(trim(list.substr(0, list.find(',')))); }

}  // namespace

bool is_authority(std::string_view text) {
  const auto bracket = text.rfind(']');
  const auto colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon == std::string_view::npos) return is_host(text);
  return is_host(text.substr(0, colon)) && is_port(text.substr(colon + 1));
}

Result<std::string> read_target(Request& request, bool http10) {
  std::string authority = TRY(read_host(request.headers, http10));
  TRY(check_characters(request.target));
  std::string_view rest = request.target;
  if (rest == "*") {
    if (request.method != Method::Options) return malformed("the target * belongs to OPTIONS");
    request.path = "*";
    return authority;
  }
  if (!rest.starts_with('/')) authority = TRY(cut_authority(rest));
  TRY(read_path_and_query(rest, request));
  return authority;
}

PublicAddress forwarded_address(const Headers& headers, PublicAddress own) {
  if (const auto forwarded = headers.get("Forwarded"); !forwarded.empty()) {
    const auto elements = codec::split_quoted(forwarded, ',');
    if (!elements || elements->empty()) return own;
    const auto pairs = codec::split_quoted((*elements)[0], ';');
    if (!pairs) return own;
    for (const auto pair : *pairs) take_forwarded_pair(pair, own);
    return own;
  }
  const std::string scheme = lower(first_of_list(headers.get("X-Forwarded-Proto")));
  if (scheme == "http" || scheme == "https") own.scheme = scheme;
  if (const std::string host = first_of_list(headers.get("X-Forwarded-Host")); is_authority(host))
    own.authority = host;
  return own;
}

}  // namespace gateway::http
