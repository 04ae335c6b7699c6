#include "gateway/base/json_text.h"

#include <array>
#include <charconv>
#include <cstdint>

#include "gateway/base/text.h"

namespace gateway {
namespace {

// Bytes that a JSON string can hold as they are; all others need a look.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (unsigned c = 0x20; c < 0x80; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

void append_escape(std::string& out, char c) {
  static constexpr char kDigits[] = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  out += "\\u00";
  out += kDigits[static_cast<std::uint8_t>(c) >> 4];
  out += kDigits[static_cast<std::uint8_t>(c) & 15];
}

// Appends one multi-byte sequence, or U+FFFD for one bad byte; returns the bytes consumed.
std::size_t append_multibyte(std::string& out, std::string_view rest) {
  for (std::size_t length = 2; length <= 4 && length <= rest.size(); ++length) {
    if (!is_utf8(rest.substr(0, length))) continue;
    out += rest.substr(0, length);
    return length;
  }
  out += "\xEF\xBF\xBD";
  return 1;
}

// An open list or map of the walk.
struct Frame {
  const Value* node;
  std::size_t next;
};

void append_scalar(std::string& out, const Value& value) {
  if (const auto* text = value.as_string()) return append_json_string(out, *text);
  if (const auto* number = value.as_int()) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, *number).ptr;
    out.append(digits, end);
  } else if (const auto* decimal = value.as_decimal()) {
    out += decimal->text;
  } else if (const auto* flag = value.as_bool()) {
    out += *flag ? "true" : "false";
  } else {
    out += "null";
  }
}

void new_line(std::string& out, bool pretty, std::size_t depth) {
  if (!pretty) return;
  out += '\n';
  out.append(depth * 2, ' ');
}

void write_tree(std::string& out, const Value& root, bool pretty) {
  std::vector<Frame> open;
  const Value* node = &root;
  for (;;) {
    const auto* list = node->as_list();
    const auto* map = node->as_map();
    if (list || map) {
      out += list ? '[' : '{';
      open.push_back({node, 0});
    } else {
      append_scalar(out, *node);
    }
    // Go up over everything that is complete, then to the next child.
    for (;;) {
      if (open.empty()) return;
      Frame& top = open.back();
      const auto* items = top.node->as_list();
      const auto* members = top.node->as_map();
      const std::size_t size = items ? items->size() : members->size();
      if (top.next == size) {
        if (size) new_line(out, pretty, open.size() - 1);
        out += items ? ']' : '}';
        open.pop_back();
        continue;
      }
      if (top.next) out += ',';
      new_line(out, pretty, open.size());
      if (items) {
        node = &(*items)[top.next++];
      } else {
        const auto& [key, value] = (*members)[top.next++];
        append_json_string(out, key);
        out += pretty ? ": " : ":";
        node = &value;
      }
      break;
    }
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<std::uint8_t>(text[i]);
    if (kPlain[c]) {
      ++i;
      continue;
    }
    out.append(text, start, i - start);
    if (c < 0x80) {
      append_escape(out, text[i]);
      ++i;
    } else {
      i += append_multibyte(out, text.substr(i));
    }
    start = i;
  }
  out.append(text, start, text.size() - start);
  out += '"';
}

void append_json(std::string& out, const Value& value) { write_tree(out, value, false); }

std::string to_json(const Value& value, bool pretty) {
  std::string out;
  write_tree(out, value, pretty);
  return out;
}

}  // namespace gateway
