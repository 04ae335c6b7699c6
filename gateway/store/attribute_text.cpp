#include "gateway/store/attribute_text.h"

#include <charconv>

namespace gateway::store {
namespace {
constexpr std::size_t kWidth = 10;
}

std::string attribute_text(const Attributes& attributes) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  text.reserve(attributes.size() * kWidth);
  for (const auto& [tag, vr] : attributes) {
    for (int shift = 28; shift >= 0; shift -= 4) text += kDigits[(tag >> shift) & 0xF];
    for (std::size_t i = 0; i < 2; ++i) text += i < vr.size() ? vr[i] : ' ';
  }
  return text;
}

Attributes parse_attribute_text(std::string_view text) {
  Attributes attributes;
  attributes.reserve(text.size() / kWidth);
  for (std::size_t at = 0; at + kWidth <= text.size(); at += kWidth) {
    std::uint32_t tag = 0;
    std::from_chars(text.data() + at, text.data() + at + 8, tag, 16);
    attributes.emplace_back(tag, text.substr(at + 8, 2));
  }
  return attributes;
}

}  // namespace gateway::store
