#include "gateway/codec/uri.h"

#include <algorithm>

#include "gateway/base/text.h"

namespace gateway::codec {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool is_plain(std::string_view text, Plus plus) {
  return std::all_of(text.begin(), text.end(),
                     [plus](char c) { return c != '%' && c > 0 && !(c == '+' && plus == Plus::Space); });
}

// RFC 3986 section 2.3
bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

Result<void> check_segment(std::string_view segment) {
  if (segment == "." || segment == "..") return fail(ErrorCode::InvalidParameter, "a path has a dot segment");
  const bool bad = std::any_of(segment.begin(), segment.end(), [](char c) {
    return c == '/' || c == '\\' || c == 0x7F || (c >= 0 && c < 0x20);
  });
  if (bad)
    return fail(ErrorCode::InvalidParameter,
                "a path segment decodes to a slash, backslash or control character");
  return {};
}

}  // namespace

Result<std::string> percent_decode(std::string_view text, Plus plus) {
  if (is_plain(text, plus)) return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+' && plus == Plus::Space) c = ' ';
    if (c == '%') {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0)
        return fail(ErrorCode::InvalidParameter, "a percent escape is not followed by two hexadecimal digits",
                    "offset " + std::to_string(i));
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (c == '\0') return fail(ErrorCode::InvalidParameter, "a NUL character is not allowed in a URI");
    out.push_back(c);
  }
  if (!is_utf8(out)) return fail(ErrorCode::InvalidParameter, "the decoded bytes of a URI are not UTF-8");
  return out;
}

std::string percent_encode(std::string_view text, std::string_view keep) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c) || keep.find(c) != std::string_view::npos) {
      out.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.push_back('%');
    out.push_back(kHex[byte >> 4]);
    out.push_back(kHex[byte & 15]);
  }
  return out;
}

Result<QueryPairs> parse_query(std::string_view query, Plus plus) {
  QueryPairs pairs;
  while (!query.empty()) {
    const auto end = query.find('&');
    const std::string_view part = query.substr(0, end);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    if (part.empty()) continue;
    const auto equals = part.find('=');
    std::string name = TRY(percent_decode(part.substr(0, equals), plus));
    std::string value;
    if (equals != std::string_view::npos) value = TRY(percent_decode(part.substr(equals + 1), plus));
    pairs.emplace_back(std::move(name), std::move(value));
  }
  return pairs;
}

std::string write_query(const QueryPairs& pairs) {
  std::string out;
  for (const auto& [name, value] : pairs) {
    if (!out.empty()) out.push_back('&');
    out += percent_encode(name, ":,/") + '=' + percent_encode(value, ":,/");
  }
  return out;
}

Result<std::string> decode_path(std::string_view path) {
  if (path.empty() || path.front() != '/')
    return fail(ErrorCode::InvalidParameter, "a path has to start with a slash");
  std::string out;
  out.reserve(path.size());
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto end = path.find('/');
    const std::string segment = TRY(percent_decode(path.substr(0, end)));
    TRY(check_segment(segment));
    out.push_back('/');
    out += segment;
    path.remove_prefix(end == std::string_view::npos ? path.size() : end);
  }
  return out;
}

}  // namespace gateway::codec
