#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "gateway/pixel/image_writers.h"

namespace gateway::pixel {
namespace {

constexpr std::uint32_t kMaxSide = 65535;
constexpr unsigned kMinCodeSize = 8;

void put16(std::string& out, std::uint32_t value) {
  out += static_cast<char>(value);
  out += static_cast<char>(value >> 8);
}

// Codes of growing width, cut into blocks of at most 255 bytes (GIF89a appendix F).
class CodeWriter {
 public:
  explicit CodeWriter(std::string& out) : out_(out) {}
  void put(unsigned code, unsigned width) {
    bits_ |= code << count_;
    count_ += width;
    while (count_ >= 8) {
      push(static_cast<char>(bits_));
      bits_ >>= 8;
      count_ -= 8;
    }
  }
  void finish() {
    if (count_ > 0) push(static_cast<char>(bits_));
    flush();
    out_ += '\0';
  }

 private:
  void push(char byte) {
    block_[size_++] = byte;
    if (size_ == block_.size()) flush();
  }
  void flush() {
    if (size_ == 0) return;
    out_ += static_cast<char>(size_);
    out_.append(block_.data(), size_);
    size_ = 0;
  }
  std::string& out_;
  unsigned bits_ = 0, count_ = 0;
  std::array<char, 255> block_;
  std::size_t size_ = 0;
};

// LZW of 8-bit pixels (GIF89a appendix F). The dictionary is a tree in arrays: the children of a string hang
// in a list by their last pixel.
class Lzw {
 public:
  explicit Lzw(std::string& out) : codes_(out) {
    out += static_cast<char>(kMinCodeSize);
    clear();
  }
  void encode(std::string_view pixels) {
    unsigned current = static_cast<unsigned char>(pixels[0]);
    for (std::size_t i = 1; i < pixels.size(); ++i) {
      const auto pixel = static_cast<unsigned char>(pixels[i]);
      const unsigned next = child(current, pixel);
      if (next != 0) {
        current = next;
        continue;
      }
      codes_.put(current, width_);
      add(current, pixel);
      current = pixel;
    }
    codes_.put(current, width_);
    // The reader's table lags one entry behind and may widen its codes before the end code.
    if (used_ == (1u << width_) && width_ < 12) ++width_;
    codes_.put(kEnd, width_);
    codes_.finish();
  }

 private:
  static constexpr unsigned kClear = 256, kEnd = 257, kMost = 4096;

  void clear() {
    codes_.put(kClear, width_);
    std::fill(first_child_.begin(), first_child_.end(), std::uint16_t{0});
    used_ = kEnd + 1;
    width_ = kMinCodeSize + 1;
  }
  unsigned child(unsigned parent, unsigned char pixel) const {
    for (unsigned at = first_child_[parent]; at != 0; at = sibling_[at])
      if (last_[at] == pixel) return at;
    return 0;
  }
  void add(unsigned parent, unsigned char pixel) {
    if (used_ == kMost) return clear();
    if (used_ == (1u << width_)) ++width_;
    last_[used_] = pixel;
    sibling_[used_] = first_child_[parent];
    first_child_[parent] = static_cast<std::uint16_t>(used_);
    ++used_;
  }

  CodeWriter codes_;
  unsigned width_ = kMinCodeSize + 1;
  unsigned used_ = 0;
  std::array<std::uint16_t, kMost> first_child_{}, sibling_{};
  std::array<std::uint8_t, kMost> last_{};
};

struct Indexed {
  std::string palette;  // 256 * 3
  std::string pixels;   // an index each
};

Indexed index_grey(const Image& image) {
  Indexed out{{}, image.pixels};
  for (int i = 0; i < 256; ++i) out.palette.append(3, static_cast<char>(i));
  return out;
}

// False when the image has more than 256 colors.
bool index_exactly(const Image& image, Indexed& out) {
  std::unordered_map<std::uint32_t, std::uint8_t> seen;
  const std::uint8_t* pixel = image.row(0);
  out.pixels.reserve(image.pixels.size() / 3);
  for (std::size_t i = 0; i < image.pixels.size(); i += 3, pixel += 3) {
    const std::uint32_t color = pixel[0] << 16 | pixel[1] << 8 | pixel[2];
    const auto [place, is_new] = seen.try_emplace(color, static_cast<std::uint8_t>(seen.size()));
    if (is_new && seen.size() > 256) return false;
    if (is_new) out.palette.append(reinterpret_cast<const char*>(pixel), 3);
    out.pixels += static_cast<char>(place->second);
  }
  out.palette.resize(256 * 3);
  return true;
}

// 6 x 7 x 6 levels with an ordered dither of 4 x 4.
constexpr int kLevels[3] = {6, 7, 6};

std::uint8_t level_of(int value, int levels, int threshold) {
  const int scaled = value * (levels - 1) * 16 + 255 * threshold;
  return static_cast<std::uint8_t>(std::min(scaled / (255 * 16), levels - 1));
}

Indexed index_dithered(const Image& image) {
  static constexpr int kBayer[4][4] = {{0, 8, 2, 10}, {12, 4, 14, 6}, {3, 11, 1, 9}, {15, 7, 13, 5}};
  Indexed out;
  for (int r = 0; r < kLevels[0]; ++r)
    for (int g = 0; g < kLevels[1]; ++g)
      for (int b = 0; b < kLevels[2]; ++b) {
        out.palette += static_cast<char>(r * 255 / (kLevels[0] - 1));
        out.palette += static_cast<char>(g * 255 / (kLevels[1] - 1));
        out.palette += static_cast<char>(b * 255 / (kLevels[2] - 1));
      }
  out.palette.resize(256 * 3);
  out.pixels.reserve(image.pixels.size() / 3);
  for (std::uint32_t y = 0; y < image.height; ++y) {
    const std::uint8_t* pixel = image.row(y);
    for (std::uint32_t x = 0; x < image.width; ++x, pixel += 3) {
      const int threshold = kBayer[y % 4][x % 4];
      int index = 0;
      for (int c = 0; c < 3; ++c) index = index * kLevels[c] + level_of(pixel[c], kLevels[c], threshold);
      out.pixels += static_cast<char>(index);
    }
  }
  return out;
}

Indexed indexed(const Image& image) {
  if (image.channels == 1) return index_grey(image);
  Indexed exact;
  if (index_exactly(image, exact)) return exact;
  return index_dithered(image);
}

void put_head(std::uint32_t width, std::uint32_t height, bool animated, std::string& out) {
  out += "GIF89a";
  put16(out, width);
  put16(out, height);
  out.append("\x70\0\0", 3);                                              // no global palette
  if (animated) out.append("\x21\xFF\x0BNETSCAPE2.0\x03\x01\0\0\0", 19);  // for ever
}

}  // namespace

Result<void> GifWriter::add(const Image& image, double delay_ms, std::string& out) {
  if (image.width > kMaxSide || image.height > kMaxSide)
    return fail(ErrorCode::NotSupported, "the image is too large for image/gif: ask for a viewport");
  if (width_ == 0) {
    width_ = image.width, height_ = image.height;
    put_head(width_, height_, animated_, out);
  } else if (image.width != width_ || image.height != height_) {
    return fail(ErrorCode::Internal, "frames of one animation have one size");
  }
  const Indexed frame = indexed(image);
  if (animated_) {
    out.append("\x21\xF9\x04\0", 4);
    put16(out, static_cast<std::uint32_t>(std::clamp(std::round(delay_ms / 10), 2.0, 6000.0)));
    out.append(2, '\0');
  }
  out.append("\x2C\0\0\0\0", 5);
  put16(out, width_);
  put16(out, height_);
  out += '\x87';  // a palette of its own with 256 entries
  out += frame.palette;
  Lzw(out).encode(frame.pixels);
  return {};
}

void GifWriter::finish(std::string& out) { out += '\x3B'; }

}  // namespace gateway::pixel
