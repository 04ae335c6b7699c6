#include "gateway/codec/rdf_iri.h"

#include <algorithm>

#include "gateway/base/text.h"

namespace gateway::codec {
namespace {

bool alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool scheme_char(char c) { return alpha(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'; }

// RFC 3986 section 3; scheme with its colon, authority with its slashes, query with its question mark.
struct Parts {
  std::string_view scheme, authority, path, query, fragment;
};

std::string_view cut(std::string_view& text, std::string_view stops) {
  const auto part = text.substr(0, text.find_first_of(stops));
  text.remove_prefix(part.size());
  return part;
}

Parts parts_of(std::string_view text) {
  Parts parts;
  if (has_scheme(text)) {
    parts.scheme = text.substr(0, text.find(':') + 1);
    text.remove_prefix(parts.scheme.size());
  }
  if (text.starts_with("//")) {
    const auto end = std::min(text.find_first_of("/?#", 2), text.size());
    parts.authority = text.substr(0, end);
    text.remove_prefix(end);
  }
  parts.path = cut(text, "?#");
  parts.query = cut(text, "#");
  parts.fragment = text;
  return parts;
}

// Section 5.2.4.
std::string without_dots(std::string_view path) {
  std::string out;
  const auto drop_last = [&out] { out.resize(out.rfind('/') == std::string::npos ? 0 : out.rfind('/')); };
  while (!path.empty()) {
    if (path.starts_with("../")) {
      path.remove_prefix(3);
    } else if (path.starts_with("./") || path.starts_with("/./")) {
      path.remove_prefix(2);
    } else if (path == "/.") {
      path = "/";
    } else if (path.starts_with("/../")) {
      path.remove_prefix(3);
      drop_last();
    } else if (path == "/..") {
      path = "/";
      drop_last();
    } else if (path == "." || path == "..") {
      break;
    } else {
      const auto end = std::min(path.find('/', 1), path.size());
      out += path.substr(0, end);
      path.remove_prefix(end);
    }
  }
  return out;
}

// Section 5.2.3.
std::string merged(const Parts& base, std::string_view path) {
  if (!base.authority.empty() && base.path.empty()) return "/" + std::string(path);
  return std::string(base.path.substr(0, base.path.rfind('/') + 1)) + std::string(path);
}

std::string joined(std::string_view scheme, std::string_view authority, std::string_view path,
                   std::string_view query, std::string_view fragment) {
  std::string out;
  out.reserve(scheme.size() + authority.size() + path.size() + query.size() + fragment.size());
  return out.append(scheme).append(authority).append(path).append(query).append(fragment);
}

}  // namespace

std::string too_long_iri(std::string_view iri) {
  return "an IRI is longer than " + std::to_string(kLongestIri) +
         " bytes: " + std::string(iri.substr(0, 100));
}

bool has_scheme(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !alpha(text[0])) return false;
  return std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), scheme_char);
}

bool is_whole_iri(std::string_view text) {
  return has_scheme(text) && std::none_of(text.begin(), text.end(), outside_iri);
}

bool is_language_tag(std::string_view text) {
  bool first = true;
  for (const std::string_view part : split(text, '-')) {
    const auto fits = [first](char c) { return alpha(c) || (!first && c >= '0' && c <= '9'); };
    if (part.empty() || !std::all_of(part.begin(), part.end(), fits)) return false;
    first = false;
  }
  return true;
}

// Section 5.2.2, strict.
std::string resolve_iri(std::string_view base, std::string_view reference) {
  if (base.empty() || has_scheme(reference)) return std::string(reference);
  const Parts from = parts_of(base), to = parts_of(reference);
  if (!to.authority.empty())
    return joined(from.scheme, to.authority, without_dots(to.path), to.query, to.fragment);
  if (to.path.empty())
    return joined(from.scheme, from.authority, from.path, to.query.empty() ? from.query : to.query,
                  to.fragment);
  const std::string path = to.path[0] == '/' ? std::string(to.path) : merged(from, to.path);
  return joined(from.scheme, from.authority, without_dots(path), to.query, to.fragment);
}

}  // namespace gateway::codec
