#include "conformance/runner/text_template.h"

namespace conformance {
namespace {

using gateway::ErrorCode;
using gateway::fail;
using gateway::Result;

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Appends the character of an escape behind its backslash; returns how many characters it took, 0 when it is
// none.
std::size_t append_escape(std::string& out, std::string_view rest) {
  if (rest.empty()) return 0;
  switch (rest[0]) {
    case 'r':
      out += '\r';
      return 1;
    case 'n':
      out += '\n';
      return 1;
    case 't':
      out += '\t';
      return 1;
    case '\\':
      out += '\\';
      return 1;
    case '$':
      out += '$';
      return 1;
    case 'x':
      break;
    default:
      return 0;
  }
  if (rest.size() < 3 || digit_of(rest[1]) < 0 || digit_of(rest[2]) < 0) return 0;
  out += static_cast<char>(digit_of(rest[1]) * 16 + digit_of(rest[2]));
  return 3;
}

// Walks over the text; `lookup` gives the value of a name, or null when there is none.
template <class Lookup>
Result<std::string> walk(std::string_view text, Escapes escapes, Lookup lookup) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && escapes == Escapes::Replace) {
      const std::size_t took = append_escape(out, text.substr(i + 1));
      if (took == 0)
        return fail(ErrorCode::InvalidParameter, "no such escape: " + printable(text.substr(i, 4)));
      i += took;
    } else if (text.substr(i).starts_with("${")) {
      const auto end = text.find('}', i);
      if (end == std::string_view::npos) return fail(ErrorCode::InvalidParameter, "${ without }");
      const std::string_view name = text.substr(i + 2, end - i - 2);
      const std::string* value = lookup(name);
      if (!value) return fail(ErrorCode::InvalidParameter, "nothing is called ${" + printable(name) + "}");
      out += *value;
      i = end;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

Result<std::string> expand(std::string_view text, const Variables& variables, Escapes escapes) {
  return walk(text, escapes, [&](std::string_view name) -> const std::string* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : &found->second;
  });
}

Result<void> check_template(std::string_view text) {
  static const std::string kAnything;
  const auto checked = walk(text, Escapes::Replace, [](std::string_view) { return &kAnything; });
  if (!checked) return checked.error();
  return {};
}

std::string printable(std::string_view bytes, std::size_t limit) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes.substr(0, limit)) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (c == '\r')
      out += "\\r";
    else if (c == '\n')
      out += "\\n";
    else if (byte >= 0x20 && byte != 0x7F && byte < 0x80)
      out += c;
    else
      out += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  if (bytes.size() > limit) out += "...";
  return out;
}

}  // namespace conformance
