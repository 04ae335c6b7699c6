#include "mappers/dicom/recode.h"

#include <algorithm>

#include "mappers/dicom/frame_table.h"
#include "mappers/dicom/image_format.h"
#include "mappers/dicom/transfer_syntax.h"

namespace mappers::dicom {
namespace {

using gateway::ErrorCode;
using gateway::fail;
using gateway::Result;
using gateway::model::Frame;
using gateway::model::ImageFormat;

// Native frames one behind the other, also those that end within a byte: pixels of one bit lie without gaps
// (PS3.5 section 8.1.1).
class BitJoiner {
 public:
  // What is complete now. `bits` are taken, from the lowest bit of the first byte on.
  std::string add(std::string frame, std::uint64_t bits) {
    if (held_ == 0 && bits % 8 == 0) return frame;
    bits = std::min<std::uint64_t>(bits, frame.size() * 8);
    std::string out;
    out.reserve(frame.size() + 1);
    for (std::uint64_t at = 0; at < bits; at += 8) {
      const auto count = static_cast<unsigned>(std::min<std::uint64_t>(8, bits - at));
      const unsigned byte = static_cast<unsigned char>(frame[at / 8]) & ((1u << count) - 1);
      rest_ |= byte << held_;
      held_ += count;
      if (held_ < 8) continue;
      out += static_cast<char>(rest_ & 0xFF);
      rest_ >>= 8;
      held_ -= 8;
    }
    return out;
  }
  std::string end() const { return held_ == 0 ? std::string() : std::string(1, static_cast<char>(rest_)); }

 private:
  unsigned rest_ = 0, held_ = 0;
};

Result<void> append_frame(Frame frame, std::uint64_t index, BitJoiner& joiner, NewPixels& pixels,
                          const Recoding& recoding) {
  if (index == 0) {
    pixels.format = frame.format;
  } else if (!(pixels.format == frame.format)) {
    return fail(ErrorCode::NotSupported, "its frames differ in their format",
                "frame " + std::to_string(index + 1));
  }
  if (pixels.encapsulated) {
    TRY_VOID(recoding.sink(item_header(frame.bytes.size())));
    pixels.frames.push_back(frame.bytes.size());
  } else {
    frame.bytes = joiner.add(std::move(frame.bytes), frame.format.frame_bits());
  }
  pixels.bytes += frame.bytes.size();
  return recoding.sink(frame.bytes);
}

}  // namespace

Result<NewPixels> recode_frames(const File& file, const gateway::ByteSource& stream,
                                const Recoding& recoding) {
  const ImageFormat format = TRY(image_format(file.data));
  const std::string encoded = TRY(make_frame_table(file, stream));
  const gateway::MemorySource encoded_source{std::string_view(encoded)};
  const auto table = TRY(FrameTable::open(encoded_source));
  NewPixels pixels;
  pixels.transfer_syntax = recoding.transfer_syntax;
  pixels.encapsulated = traits_of_syntax(recoding.transfer_syntax).encapsulated;
  pixels.lossy = recoding.lossy;
  BitJoiner joiner;
  for (std::uint64_t i = 0; i < table.size(); ++i) {
    const auto location = TRY(table.frame(i));
    const std::string bytes = TRY(read_frame(stream, location, kMaxFrameBytes));
    Frame frame = TRY(recoding.codec(format, gateway::as_bytes(bytes)));
    TRY_VOID(append_frame(std::move(frame), i, joiner, pixels, recoding));
  }
  TRY_VOID(recoding.sink(joiner.end()));
  pixels.bytes += joiner.end().size();
  pixels.format.frames = static_cast<std::uint32_t>(table.size());
  return pixels;
}

}  // namespace mappers::dicom
