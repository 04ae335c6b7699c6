#include "mappers/dicom/json_values.h"

#include <charconv>
#include <cmath>

#include "gateway/base/json_text.h"
#include "gateway/base/text.h"
#include "mappers/dicom/byte_order.h"

namespace mappers::dicom {
namespace {

std::string_view take_digits(std::string_view& text) {
  std::size_t count = 0;
  while (count < text.size() && text[count] >= '0' && text[count] <= '9') ++count;
  const std::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

struct NumberParts {
  bool negative = false;
  std::string_view whole, fraction, exponent;  // the exponent with its sign
};

// PS3.5 Table 6.2-1, DS and IS, and what else is a number without doubt.
bool split_number(std::string_view text, NumberParts& parts) {
  if (text.starts_with('-') || text.starts_with('+')) {
    parts.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  parts.whole = take_digits(text);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    parts.fraction = take_digits(text);
  }
  if (parts.whole.empty() && parts.fraction.empty()) return false;
  if (!text.empty() && (text[0] == 'e' || text[0] == 'E')) {
    text.remove_prefix(1);
    std::string_view rest = text;
    if (rest.starts_with('-') || rest.starts_with('+')) rest.remove_prefix(1);
    const std::string_view digits = take_digits(rest);
    // Beyond a double, a JSON reader would make infinity of it.
    if (digits.empty() || digits.size() > 2) return false;
    parts.exponent = text.substr(0, text.size() - rest.size());
    text = rest;
  }
  return text.empty();
}

template <class Number>
void append_chars(std::string& out, Number number) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

template <class Real>
void append_real(std::string& out, Real value) {
  if (std::isnan(value)) {
    out += "\"NaN\"";
  } else if (std::isinf(value)) {
    out += value < 0 ? "\"-Infinity\"" : "\"Infinity\"";
  } else {
    append_chars(out, value);
  }
}

// Numbers beyond 2^53 lose digits in most JSON readers; PS3.18 allows strings for SV and UV.
template <class Integer>
void append_long(std::string& out, Integer value) {
  constexpr Integer kExact = Integer{1} << 53;
  bool exact = value <= kExact;
  if constexpr (std::is_signed_v<Integer>) exact = exact && value >= -kExact;
  if (!exact) out += '"';
  append_chars(out, value);
  if (!exact) out += '"';
}

}  // namespace

void append_number_text(std::string& out, std::string_view value) {
  NumberParts parts;
  if (!split_number(value, parts)) return gateway::append_json_string(out, value);
  if (parts.negative) out += '-';
  while (parts.whole.size() > 1 && parts.whole.front() == '0') parts.whole.remove_prefix(1);
  if (parts.whole.empty()) out += '0';
  out += parts.whole;
  if (!parts.fraction.empty()) {
    out += '.';
    out += parts.fraction;
  }
  if (!parts.exponent.empty()) {
    out += 'E';
    out += parts.exponent;
  }
}

void append_unit(std::string& out, const Element& element, std::size_t index) {
  switch (element.vr) {
    case VR::FL:
      return append_real(out, static_cast<float>(load_real(element, index)));
    case VR::FD:
      return append_real(out, load_real(element, index));
    case VR::SV:
      return append_long(out, load_signed(element, index));
    case VR::UV:
      return append_long(out, load_unit(element, index));
    case VR::SS:
    case VR::SL:
      return append_chars(out, load_signed(element, index));
    case VR::AT:
      out += '"';
      append_hex(out, load_tag(element.bytes.data() + index * 4, element.big_endian));
      out += '"';
      return;
    default:
      return append_chars(out, load_unit(element, index));
  }
}

void append_base64(std::string& out, const Element& element) {
  static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::size_t size = element.bytes.size();
  // In big endian order the byte at i stands at the mirrored place of its unit.
  const std::size_t flip =
      element.big_endian && size % traits(element.vr).unit == 0 ? traits(element.vr).unit - 1u : 0;
  const auto byte_at = [&](std::size_t i) {
    return i < size ? std::to_integer<std::uint32_t>(element.bytes[i ^ flip]) : 0u;
  };
  const std::size_t start = out.size();
  out.resize(start + (size + 2) / 3 * 4, '=');
  char* to = out.data() + start;
  for (std::size_t i = 0; i < size; i += 3) {
    const std::uint32_t group = byte_at(i) << 16 | byte_at(i + 1) << 8 | byte_at(i + 2);
    *to++ = kAlphabet[group >> 18];
    *to++ = kAlphabet[(group >> 12) & 63];
    if (i + 1 < size) *to = kAlphabet[(group >> 6) & 63];
    ++to;
    if (i + 2 < size) *to = kAlphabet[group & 63];
    ++to;
  }
}

}  // namespace mappers::dicom
