#include "mappers/dicom/json_decode_values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

#include "gateway/base/text.h"
#include "mappers/dicom/byte_order.h"
#include "mappers/dicom/tag.h"

namespace mappers::dicom {
namespace {

using gateway::ErrorCode;
using gateway::Result;
using gateway::Value;

gateway::Error wrong(std::string what, std::string_view where) {
  return gateway::fail(ErrorCode::InvalidBody, std::move(what), std::string(where));
}

std::string of_vr(VR vr) { return " of VR " + std::string(name(vr)); }

template <class Number>
void append_little(std::string& out, Number number) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  out.append(bytes, sizeof bytes);
}

// The text of a value that may be a string or a number.
std::optional<std::string> text_of(const Value& value) {
  if (const std::string* text = value.as_string()) return *text;
  if (const std::int64_t* number = value.as_int()) return std::to_string(*number);
  if (const gateway::Decimal* number = value.as_decimal()) return number->text;
  return std::nullopt;
}

// "12", "-3", also "12.0" and "1E3" where they are whole.
template <class Integer>
std::optional<Integer> whole_number(std::string_view text) {
  text = gateway::trim(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  if (const auto number = gateway::parse_number<Integer>(text)) return number;
  const auto real = gateway::parse_number<double>(text);
  if (!real || *real != std::trunc(*real) || std::abs(*real) > 9007199254740992.0) return std::nullopt;
  const auto wide = static_cast<std::int64_t>(*real);
  if (std::is_unsigned_v<Integer> && wide < 0) return std::nullopt;
  const auto number = static_cast<Integer>(wide);
  if (static_cast<std::int64_t>(number) != wide) return std::nullopt;
  return number;
}

template <class Integer>
Result<void> append_integer(std::string& out, VR vr, const Value& value, std::string_view where) {
  const auto text = text_of(value);
  const auto number = text ? whole_number<Integer>(*text) : std::nullopt;
  if (!number) return wrong("a value" + of_vr(vr) + " is not a whole number of its range", where);
  append_little(out, *number);
  return {};
}

std::optional<double> real_number(std::string_view text) {
  text = gateway::trim(text);
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  const bool negative = text.starts_with('-');
  const std::string_view size = text.substr(negative || text.starts_with('+') ? 1 : 0);
  if (size == "Infinity" || size == "inf" || size == "INF") return negative ? -HUGE_VAL : HUGE_VAL;
  if (size.empty() || !((size[0] >= '0' && size[0] <= '9') || size[0] == '.')) return std::nullopt;
  return gateway::parse_number<double>(negative ? text : size);
}

template <class Real>
Result<void> append_real(std::string& out, VR vr, const Value& value, std::string_view where) {
  const auto text = text_of(value);
  const auto number = text ? real_number(*text) : std::nullopt;
  if (!number) return wrong("a value" + of_vr(vr) + " is not a number", where);
  const auto narrow = static_cast<Real>(*number);
  if (std::isinf(narrow) != std::isinf(*number))
    return wrong("a value" + of_vr(vr) + " is out of range", where);
  append_little(out, narrow);
  return {};
}

Result<void> append_tag(std::string& out, const Value& value, std::string_view where) {
  const std::string* text = value.as_string();
  const auto tag = text ? parse_tag(*text) : std::nullopt;
  if (!tag) return wrong("a value of VR AT is not eight hexadecimal digits", where);
  append_little(out, tag->group);
  append_little(out, tag->element);
  return {};
}

Result<void> append_unit_of(std::string& out, VR vr, const Value& value, std::string_view where) {
  switch (vr) {
    case VR::AT:
      return append_tag(out, value, where);
    case VR::US:
      return append_integer<std::uint16_t>(out, vr, value, where);
    case VR::SS:
      return append_integer<std::int16_t>(out, vr, value, where);
    case VR::UL:
      return append_integer<std::uint32_t>(out, vr, value, where);
    case VR::SL:
      return append_integer<std::int32_t>(out, vr, value, where);
    case VR::UV:
      return append_integer<std::uint64_t>(out, vr, value, where);
    case VR::SV:
      return append_integer<std::int64_t>(out, vr, value, where);
    case VR::FL:
      return append_real<float>(out, vr, value, where);
    default:
      return append_real<double>(out, vr, value, where);
  }
}

// A backslash or '=' inside would become a border between values or groups.
Result<void> append_plain(std::string& out, std::string_view text, std::string_view forbidden, VR vr,
                          std::string_view where) {
  if (text.find_first_of(forbidden) != std::string_view::npos)
    return wrong("a value" + of_vr(vr) + " holds a backslash or another delimiter", where);
  out += text;
  return {};
}

// PS3.18 section F.2.2. A plain string is taken for the alphabetic group.
Result<void> append_person_name(std::string& out, const Value& value, std::string_view where) {
  if (const std::string* text = value.as_string()) return append_plain(out, *text, "\\", VR::PN, where);
  const Value::Map* groups = value.as_map();
  if (!groups) return wrong("a person name is no object", where);
  static constexpr std::array<std::string_view, 3> kGroups = {"Alphabetic", "Ideographic", "Phonetic"};
  for (const auto& [group, text] : *groups)
    if (std::find(kGroups.begin(), kGroups.end(), group) == kGroups.end() || !text.as_string())
      return wrong("a person name holds more than texts of its three groups", where);
  std::string name;
  std::size_t filled = 0;
  for (const std::string_view group : kGroups) {
    TRY(append_plain(name, value.text(group), "\\=", VR::PN, where));
    if (!value.text(group).empty()) filled = name.size();
    name += '=';
  }
  out += std::string_view(name).substr(0, filled);
  return {};
}

Result<void> append_text(std::string& out, VR vr, const Value& value, std::string_view where) {
  if (value.is_null()) return {};
  if (vr == VR::PN) return append_person_name(out, value, where);
  const std::string* text = value.as_string();
  if (text) return append_plain(out, *text, traits(vr).several ? "\\" : "", vr, where);
  if (traits(vr).kind != VrKind::Number) return wrong("a value" + of_vr(vr) + " is no text", where);
  const auto digits = text_of(value);
  if (!digits) return wrong("a value" + of_vr(vr) + " is neither number nor text", where);
  out += *digits;
  return {};
}

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

}  // namespace

Result<void> append_values(std::string& out, VR vr, const Value::List& values, std::string_view where) {
  switch (traits(vr).kind) {
    case VrKind::Binary:
    case VrKind::Items:
      return wrong("an element" + of_vr(vr) + " has no such values", where);
    case VrKind::Ascii:
    case VrKind::Text:
    case VrKind::Number:
      if (values.size() > 1 && !traits(vr).several)
        return wrong("an element" + of_vr(vr) + " has one value only", where);
      for (std::size_t i = 0; i < values.size(); ++i) {
        if (i) out += '\\';
        TRY(append_text(out, vr, values[i], where));
      }
      return {};
    default:
      for (const Value& value : values) TRY(append_unit_of(out, vr, value, where));
      return {};
  }
}

Result<void> append_from_base64(std::string& out, std::string_view text, std::string_view where) {
  std::uint32_t bits = 0;
  std::size_t digits = 0, pads = 0;
  for (const char c : text) {
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
    if (c == '=') {
      ++pads;
      continue;
    }
    const int digit = base64_digit(c);
    if (digit < 0 || pads) return wrong("InlineBinary is no base64 text", where);
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    if (++digits % 4) continue;
    for (const int shift : {16, 8, 0}) out += static_cast<char>(bits >> shift & 0xFF);
  }
  const std::size_t rest = digits % 4;
  if (rest == 1 || (pads && (rest + pads) % 4) || pads > 2)
    return wrong("InlineBinary is no base64 text", where);
  if (rest == 2) out += static_cast<char>(bits >> 4 & 0xFF);
  if (rest == 3)
    for (const int shift : {10, 2}) out += static_cast<char>(bits >> shift & 0xFF);
  return {};
}

}  // namespace mappers::dicom
