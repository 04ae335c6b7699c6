#include "gateway/pixel/jpeg_header.h"

namespace gateway::pixel {
namespace {

constexpr unsigned kStartOfImage = 0xD8, kStartOfScan = 0xDA, kEndOfImage = 0xD9;
constexpr unsigned kApp0 = 0xE0, kApp14 = 0xEE, kJpegLsFrame = 0xF7;

unsigned byte_at(std::string_view text, std::size_t i) { return static_cast<unsigned char>(text[i]); }
unsigned word_at(std::string_view text, std::size_t i) {
  return byte_at(text, i) << 8 | byte_at(text, i + 1);
}

// SOFn: C0 to CF but DHT, JPG and DAC.
bool is_frame_header(unsigned marker) {
  return marker == kJpegLsFrame ||
         (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC);
}

// Section B.2.2.
bool read_frame_header(JpegHeader& header, unsigned marker, std::string_view segment) {
  if (segment.size() < 6) return false;
  header.process = static_cast<std::uint8_t>(marker - 0xC0);
  header.facts.precision = byte_at(segment, 0);
  header.facts.rows = word_at(segment, 1);
  header.facts.columns = word_at(segment, 3);
  header.facts.components = byte_at(segment, 5);
  if (header.facts.components == 0 || segment.size() < 6 + 3 * std::size_t{header.facts.components})
    return false;
  for (std::size_t i = 0; i < header.ids.size() && i < header.facts.components; ++i)
    header.ids[i] = static_cast<std::uint8_t>(byte_at(segment, 6 + 3 * i));
  return true;
}

// Section B.2.3: Ss, Se, Ah and Al of a sequential scan are 0, 63, 0 and 0.
void read_scan_header(JpegHeader& header, std::string_view segment) {
  if (header.process > 1 || segment.size() < 4) return;
  header.odd_scan = segment.substr(segment.size() - 3) != std::string_view("\x00\x3F\x00", 3);
}

void read_application(JpegHeader& header, unsigned marker, std::string_view segment) {
  if (marker == kApp0 && segment.starts_with("JFIF")) header.jfif = true;
  if (marker == kApp14 && segment.starts_with("Adobe") && segment.size() >= 12)
    header.transform = static_cast<std::uint8_t>(byte_at(segment, 11));
}

}  // namespace

std::optional<JpegHeader> read_jpeg_header(ByteSpan bytes) {
  const std::string_view text = as_text(bytes);
  if (text.size() < 4 || byte_at(text, 0) != 0xFF || byte_at(text, 1) != kStartOfImage) return std::nullopt;
  JpegHeader header;
  bool found = false;
  for (std::size_t at = 2; at + 4 <= text.size();) {
    if (byte_at(text, at) != 0xFF) return std::nullopt;
    const unsigned marker = byte_at(text, at + 1);
    if (marker == 0xFF) {  // fill byte
      ++at;
      continue;
    }
    if (marker == kEndOfImage || marker == kStartOfImage) return std::nullopt;
    const std::size_t length = word_at(text, at + 2);
    if (length < 2 || length > text.size() - at - 2) return std::nullopt;
    const std::string_view segment = text.substr(at + 4, length - 2);
    if (is_frame_header(marker)) {
      if (found || !read_frame_header(header, marker, segment)) return std::nullopt;
      found = true;
    }
    if (marker == kStartOfScan) {
      read_scan_header(header, segment);
      return found ? std::optional(header) : std::nullopt;
    }
    read_application(header, marker, segment);
    at += 2 + length;
  }
  return std::nullopt;
}

bool is_ycbcr(const JpegHeader& header, std::string_view photometric) {
  if (header.facts.components != 3) return false;
  if (header.transform) return *header.transform == 1;
  if (header.jfif) return true;
  if (header.ids == std::array<std::uint8_t, 3>{'R', 'G', 'B'}) return false;
  return photometric != "RGB";
}

}  // namespace gateway::pixel
