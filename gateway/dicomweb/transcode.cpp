#include "gateway/dicomweb/transcode.h"

#include <algorithm>

#include "mappers/dicom/frame_table.h"
#include "mappers/dicom/image_format.h"
#include "mappers/dicom/new_pixels.h"
#include "mappers/dicom/transfer_syntax.h"

namespace gateway::dicomweb {
namespace {

using mappers::dicom::NewPixels;

constexpr std::size_t kBlock = 1 << 20;

bool is_native(std::string_view syntax) { return !mappers::dicom::traits_of_syntax(syntax).encapsulated; }

Error impossible(std::string_view to, const Error& why) {
  return fail(ErrorCode::NotAcceptable,
              "the pixels cannot be given in transfer syntax " + std::string(to) + ": " + why.message,
              why.where, why.detail);
}

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

Result<void> append_frame(model::Frame frame, std::uint64_t index, BitJoiner& joiner, NewPixels& pixels,
                          SpoolFile& spool) {
  if (index == 0) {
    pixels.format = frame.format;
  } else if (!(pixels.format == frame.format)) {
    return fail(ErrorCode::NotSupported, "its frames differ in their format",
                "frame " + std::to_string(index + 1));
  }
  if (pixels.encapsulated) {
    TRY_VOID(spool.append(mappers::dicom::item_header(frame.bytes.size())));
    pixels.frames.push_back(frame.bytes.size());
  } else {
    frame.bytes = joiner.add(std::move(frame.bytes), frame.format.frame_bits());
  }
  pixels.bytes += frame.bytes.size();
  return spool.append(frame.bytes);
}

Result<NewPixels> make_pixels(const OpenObject& object, std::string_view to, pixel::PixelService& service,
                              SpoolFile& spool) {
  const model::ImageFormat format = TRY(mappers::dicom::image_format(object.file().data));
  const std::string encoded = TRY(mappers::dicom::make_frame_table(object.file(), object.stream()));
  const MemorySource encoded_source{std::string_view(encoded)};
  const auto table = TRY(mappers::dicom::FrameTable::open(encoded_source));
  NewPixels pixels;
  pixels.transfer_syntax = to;
  pixels.encapsulated = !is_native(to);
  pixels.lossy = pixels.encapsulated && pixel::is_lossy(to);
  BitJoiner joiner;
  for (std::uint64_t i = 0; i < table.size(); ++i) {
    const auto location = TRY(table.frame(i));
    const std::string bytes =
        TRY(mappers::dicom::read_frame(object.stream(), location, pixel::kMaxFrameBytes));
    model::Frame frame = TRY(service.transcode(object.syntax(), format, as_bytes(bytes), to, {}));
    TRY_VOID(append_frame(std::move(frame), i, joiner, pixels, spool));
  }
  TRY_VOID(spool.append(joiner.end()));
  pixels.bytes += joiner.end().size();
  pixels.format.frames = static_cast<std::uint32_t>(table.size());
  return pixels;
}

Result<void> copy_range(const http::FileRange& range, SpoolFile& spool) {
  const FileSource file(range.file, range.offset + range.length);
  std::string block(kBlock, '\0');
  for (std::uint64_t done = 0; done < range.length;) {
    const std::size_t wanted = std::min<std::uint64_t>(block.size(), range.length - done);
    const std::size_t got =
        TRY(file.read_at(range.offset + done, std::as_writable_bytes(std::span(block.data(), wanted))));
    if (got == 0) return fail(ErrorCode::DicomTruncated, "a value ends early");
    TRY_VOID(spool.append(std::string_view(block).substr(0, got)));
    done += got;
  }
  return {};
}

Result<void> copy_piece(const http::Piece& piece, SpoolFile& spool) {
  if (const auto* text = std::get_if<std::string>(&piece)) return spool.append(*text);
  if (const auto* range = std::get_if<http::FileRange>(&piece)) return copy_range(*range, spool);
  for (const http::Piece& made : TRY(std::get<http::LazyPiece>(piece).make()))
    TRY_VOID(copy_piece(made, spool));
  return {};
}

Result<http::FileRange> spooled(const OpenObject& object, std::vector<mappers::dicom::Piece> pieces,
                                SpoolFile& spool) {
  const std::uint64_t start = spool.size();
  std::vector<http::Piece> all;
  object.append_pieces(all, std::move(pieces));
  for (const http::Piece& piece : all) TRY_VOID(copy_piece(piece, spool));
  return spool.since(start);
}

}  // namespace

bool can_transcode(std::string_view from, std::string_view to) {
  return pixel::can_decode(from) && (is_native(to) || pixel::can_encode(to));
}

Result<SpooledObject> transcode(OpenObject& object, std::string_view to, pixel::PixelService& service,
                                SpoolFile& spool) {
  SpooledObject made;
  const std::uint64_t start = spool.size();
  auto pixels = make_pixels(object, to, service, spool);
  const bool ours = !pixels && pixels.error().face().http_status == 503;
  if (!pixels) return ours ? std::move(pixels).error() : impossible(to, pixels.error());
  made.parts[1] = spool.since(start);
  auto envelope = TRY(mappers::dicom::envelope_of(object.file(), object.stream(), *pixels));
  made.parts[0] = TRY(spooled(object, std::move(envelope.before), spool));
  made.parts[2] = TRY(spooled(object, std::move(envelope.after), spool));
  return made;
}

}  // namespace gateway::dicomweb
