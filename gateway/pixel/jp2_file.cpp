#include "gateway/pixel/jp2_file.h"

namespace gateway::pixel {
namespace {

constexpr std::uint32_t kSrgb = 16, kGrey = 17;  // EnumCS, table I.10

std::string number(std::uint32_t value) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
  return out;
}

std::string box(std::string_view type, std::string_view content) {
  return number(static_cast<std::uint32_t>(content.size() + 8)) + std::string(type) + std::string(content);
}

std::string color_specification(const Image& image, std::string_view icc_profile) {
  if (!icc_profile.empty()) return std::string("\x02\0\0", 3) + std::string(icc_profile);
  return std::string("\x01\0\0", 3) + number(image.channels == 3 ? kSrgb : kGrey);
}

}  // namespace

std::string jp2_file(std::string_view code_stream, const Image& image, std::string_view icc_profile) {
  std::string header = number(image.height) + number(image.width);
  header += '\0';
  header += static_cast<char>(image.channels);
  header.append("\x07\x07\0\0", 4);  // 8 bits, JPEG 2000, known color space, no rights
  return box("jP  ", "\r\n\x87\n") + box("ftyp", std::string("jp2 \0\0\0\0jp2 ", 12)) +
         box("jp2h", box("ihdr", header) + box("colr", color_specification(image, icc_profile))) +
         box("jp2c", code_stream);
}

}  // namespace gateway::pixel
