#include <algorithm>
#include <array>

#include "gateway/base/text.h"
#include "gateway/fhirpath/functions.h"
#include "gateway/fhirpath/letters.h"

namespace gateway::fhirpath {
namespace {

using Text = std::optional<std::string>;

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string to_base64(std::string_view bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j)
      group = group << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0u);
    for (std::size_t j = 0; j < 4; ++j)
      out += i + j <= bytes.size() ? kBase64[group >> (18 - 6 * j) & 63] : '=';
  }
  return out;
}

Text from_base64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string out;
  std::uint32_t group = 0;
  int bits = 0;
  for (const char c : text) {
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
    const auto value = kBase64.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    group = group << 6 | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out += static_cast<char>(group >> bits & 0xFF);
  }
  return bits < 6 && is_utf8(out) ? Text(out) : std::nullopt;
}

Text from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    unsigned byte = 0;
    const auto end = std::from_chars(text.data() + i, text.data() + i + 2, byte, 16).ptr;
    if (end != text.data() + i + 2) return std::nullopt;
    out += static_cast<char>(byte);
  }
  return is_utf8(out) ? Text(out) : std::nullopt;
}

// The URL-safe alphabet, which has '-' and '_' for the last two.
std::string swapped(std::string text, std::string_view from, std::string_view to) {
  for (char& c : text)
    if (const auto found = from.find(c); found != std::string_view::npos) c = to[found];
  return text;
}

bool is_url_base64(std::string_view format) { return format == "urlbase64" || format == "base64url"; }

bool run_encode(const Call& call) {
  Text text, format;
  if (!call.input_text(text) || !call.text_argument(0, format)) return false;
  if (!text || !format) return true;
  if (*format == "hex") return call.answer_text(hex(*text));
  if (*format == "base64") return call.answer_text(to_base64(*text));
  return !is_url_base64(*format) || call.answer_text(swapped(to_base64(*text), "+/", "-_"));
}

bool run_decode(const Call& call) {
  Text text, format;
  if (!call.input_text(text) || !call.text_argument(0, format)) return false;
  if (!text || !format) return true;
  Text decoded;
  if (*format == "hex") {
    decoded = from_hex(*text);
  } else if (*format == "base64") {
    decoded = from_base64(*text);
  } else if (is_url_base64(*format)) {
    decoded = from_base64(swapped(*text, "-_", "+/"));
  } else {
    return true;
  }
  return decoded ? call.answer_text(std::move(*decoded)) : call.refuse("not a text in " + *format);
}

struct Escape {
  std::string_view plain, written;
};
constexpr std::array kHtml = {Escape{"&", "&amp;"}, Escape{"<", "&lt;"}, Escape{">", "&gt;"},
                              Escape{"\"", "&quot;"}, Escape{"'", "&#39;"}};
constexpr std::array kJson = {Escape{"\"", "\\\""}, Escape{"\\", "\\\\"}, Escape{"\b", "\\b"},
                              Escape{"\f", "\\f"},  Escape{"\n", "\\n"},  Escape{"\r", "\\r"},
                              Escape{"\t", "\\t"}};

template <class Table>
std::string escaped(std::string_view text, const Table& table, bool json) {
  std::string out;
  for (const char c : text) {
    const auto row =
        std::find_if(table.begin(), table.end(), [&](const Escape& e) { return e.plain[0] == c; });
    if (row != table.end()) {
      out += row->written;
    } else if (json && static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00" + hex({&c, 1});
    } else {
      out += c;
    }
  }
  return out;
}

// "\u00fc", also as a pair; moves `at` behind it.
bool take_code(std::string_view text, std::size_t& at, std::string& out) {
  const auto unit = [&](std::size_t from) -> std::optional<char32_t> {
    std::uint32_t code = 0;
    if (text.substr(from, 2) != "\\u" || from + 6 > text.size()) return std::nullopt;
    const auto end = std::from_chars(text.data() + from + 2, text.data() + from + 6, code, 16).ptr;
    return end == text.data() + from + 6 ? std::optional<char32_t>(code) : std::nullopt;
  };
  auto code = unit(at);
  if (!code) return false;
  at += 6;
  if (*code >= 0xD800 && *code < 0xE000) {
    const auto low = *code < 0xDC00 ? unit(at) : std::nullopt;
    const bool pair = low && *low >= 0xDC00 && *low < 0xE000;
    if (pair) at += 6;
    code = pair ? 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00) : U'\uFFFD';
  }
  append_utf8(out, *code);
  return true;
}

template <class Table>
std::string unescaped(std::string_view text, const Table& table, bool json) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto row = std::find_if(table.begin(), table.end(),
                                  [&](const Escape& e) { return text.substr(at).starts_with(e.written); });
    if (row != table.end()) {
      out += row->plain;
      at += row->written.size();
    } else if (json && text.substr(at, 2) == "\\/") {
      out += '/';
      at += 2;
    } else if (!json || !take_code(text, at, out)) {
      out += text[at++];
    }
  }
  return out;
}

bool run_escape(const Call& call) {
  Text text, target;
  if (!call.input_text(text) || !call.text_argument(0, target)) return false;
  if (!text || !target) return true;
  if (*target == "html") return call.answer_text(escaped(*text, kHtml, false));
  return *target != "json" || call.answer_text(escaped(*text, kJson, true));
}

bool run_unescape(const Call& call) {
  Text text, target;
  if (!call.input_text(text) || !call.text_argument(0, target)) return false;
  if (!text || !target) return true;
  if (*target == "html") return call.answer_text(unescaped(*text, kHtml, false));
  return *target != "json" || call.answer_text(unescaped(*text, kJson, true));
}

constexpr Function kFunctions[] = {
    {"decode", 1, 1, run_decode},
    {"encode", 1, 1, run_encode},
    {"escape", 1, 1, run_escape},
    {"unescape", 1, 1, run_unescape},
};

}  // namespace

std::span<const Function> coding_functions() { return kFunctions; }

}  // namespace gateway::fhirpath
