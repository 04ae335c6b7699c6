#include "gateway/codec/media_type.h"

#include <algorithm>

#include "gateway/base/text.h"

namespace gateway::codec {
namespace {

constexpr std::size_t kMaxParameters = 32;

bool is_tchar(char c) {
  if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) return true;
  return c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_control(char c) { return c == 0x7F || (c >= 0 && c < 0x20 && c != '\t'); }

// quoted-string (RFC 9110 section 5.6.4)
Result<std::string> unquote(std::string_view text) {
  if (text.empty() || text.front() != '"') {
    const bool bad =
        std::any_of(text.begin(), text.end(), [](char c) { return c == '"' || c == ' ' || is_control(c); });
    if (bad) return fail(ErrorCode::InvalidParameter, "a parameter of a media type has to be quoted");
    return std::string(text);
  }
  std::string out;
  std::size_t i = 1;
  for (; i < text.size() && text[i] != '"'; ++i) {
    if (text[i] == '\\' && ++i == text.size()) break;
    if (is_control(text[i]))
      return fail(ErrorCode::InvalidParameter, "a control character in a quoted string");
    out.push_back(text[i]);
  }
  if (i + 1 != text.size())
    return fail(ErrorCode::InvalidParameter, "a quoted string does not end where it should");
  return out;
}

Result<void> add_parameter(MediaType& media, std::string_view text) {
  const auto equals = text.find('=');
  const std::string_view name = trim(text.substr(0, equals));
  if (equals == std::string_view::npos || !is_token(name))
    return fail(ErrorCode::InvalidParameter, "a parameter of a media type has no name or value");
  if (media.parameters.size() == kMaxParameters)
    return fail(ErrorCode::InvalidParameter, "a media type has too many parameters");
  std::string key = lower(name);
  const auto same = [&key](const auto& parameter) { return parameter.first == key; };
  if (std::any_of(media.parameters.begin(), media.parameters.end(), same))
    return fail(ErrorCode::InvalidParameter, "a media type has a parameter twice", key);
  std::string value = TRY(unquote(trim(text.substr(equals + 1))));
  media.parameters.emplace_back(std::move(key), std::move(value));
  return {};
}

}  // namespace

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_tchar);
}

std::string_view MediaType::parameter(std::string_view name) const {
  for (const auto& [key, value] : parameters)
    if (key == name) return value;
  return {};
}

Result<std::vector<std::string_view>> split_quoted(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  bool quoted = false;
  std::size_t start = 0;
  const auto take = [&](std::size_t end) {
    if (const auto part = trim(text.substr(start, end - start)); !part.empty()) parts.push_back(part);
    start = end + 1;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && text[i] == separator) {
      take(i);
    }
  }
  if (quoted) return fail(ErrorCode::InvalidParameter, "a quoted string has no end");
  take(text.size());
  return parts;
}

Result<MediaType> parse_media_type(std::string_view text) {
  const auto parts = TRY(split_quoted(text, ';'));
  if (parts.empty()) return fail(ErrorCode::InvalidParameter, "a media type is empty");
  const auto slash = parts[0].find('/');
  if (slash == std::string_view::npos || !is_token(parts[0].substr(0, slash)) ||
      !is_token(parts[0].substr(slash + 1)))
    return fail(ErrorCode::InvalidParameter, "a media type is not of the form type/subtype",
                std::string(parts[0]));
  MediaType media{lower(parts[0]), {}};
  for (std::size_t i = 1; i < parts.size(); ++i) TRY(add_parameter(media, parts[i]));
  return media;
}

}  // namespace gateway::codec
