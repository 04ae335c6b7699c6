#include "gateway/pixel/jpeg2000_header.h"

namespace gateway::pixel {
namespace {

constexpr std::string_view kStart{"\xFF\x4F\xFF\x51", 4};  // SOC, SIZ
constexpr std::size_t kMostBoxBytes = 64 << 10;
constexpr std::size_t kFixedPart = 42;  // of SOC and SIZ, up to the components

std::uint64_t number_at(std::string_view text, std::size_t at, std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value = value << 8 | static_cast<unsigned char>(text[at + i]);
  return value;
}

std::uint64_t tiles_along(std::uint64_t end, std::uint64_t origin, std::uint64_t size) {
  return (end - origin + size - 1) / size;
}

bool read_components(StreamFacts& facts, std::string_view text) {
  if (facts.components == 0 || facts.components > (text.size() - kFixedPart) / 3) return false;
  const std::uint64_t depth = number_at(text, kFixedPart, 1);
  for (std::size_t i = 1; i < facts.components; ++i)
    if (number_at(text, kFixedPart + 3 * i, 1) != depth) return false;
  facts.precision = static_cast<std::uint32_t>((depth & 0x7F) + 1);
  facts.is_signed = (depth & 0x80) != 0;
  return true;
}

}  // namespace

std::optional<Jpeg2000Header> read_jpeg2000_header(ByteSpan bytes) {
  const std::size_t start = as_text(bytes).substr(0, kMostBoxBytes).find(kStart);
  if (start == std::string_view::npos) return std::nullopt;
  Jpeg2000Header header;
  header.code_stream = bytes.subspan(start);
  const std::string_view text = as_text(header.code_stream);
  if (text.size() < kFixedPart) return std::nullopt;
  const auto field = [&](std::size_t i) { return number_at(text, 8 + 4 * i, 4); };
  const std::uint64_t right = field(0), bottom = field(1), left = field(2), top = field(3);
  const std::uint64_t tile_width = field(4), tile_height = field(5), tile_left = field(6),
                      tile_top = field(7);
  if (right <= left || bottom <= top || tile_width == 0 || tile_height == 0 || tile_left > left ||
      tile_top > top)
    return std::nullopt;
  header.facts.columns = static_cast<std::uint32_t>(right - left);
  header.facts.rows = static_cast<std::uint32_t>(bottom - top);
  header.facts.components = static_cast<std::uint32_t>(number_at(text, 40, 2));
  header.tiles = tiles_along(right, tile_left, tile_width) * tiles_along(bottom, tile_top, tile_height);
  if (!read_components(header.facts, text)) return std::nullopt;
  return header;
}

}  // namespace gateway::pixel
