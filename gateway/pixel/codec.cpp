#include "gateway/pixel/codec.h"

#include <algorithm>
#include <new>

#include "gateway/pixel/codecs.h"

namespace gateway::pixel {

using model::Frame;
using model::ImageFormat;

namespace {

struct Codec {
  std::string_view transfer_syntax;
  Result<Frame> (*decode)(const ImageFormat& format, ByteSpan encoded);
  Result<Frame> (*encode)(const EncodeJob& job);  // nullptr: not done
  std::uint16_t least_bits, most_bits;            // that encode() takes, as allocated
  bool lossy;
};

// PS3.6 table A-1.
constexpr Codec kCodecs[] = {
    {syntax::kExplicitLittle, decode_native, encode_native, 1, 64, false},
    {syntax::kImplicitLittle, decode_native, encode_native, 1, 64, false},
    {syntax::kEncapsulated, decode_native, encode_native, 1, 64, false},
    {syntax::kRle, decode_rle, encode_rle, 1, 32, false},
    {syntax::kDeflated, decode_deflated, encode_deflated, 1, 64, false},
    {syntax::kJpegBaseline, decode_jpeg, encode_jpeg_baseline, 8, 8, true},
    {syntax::kJpegExtended, decode_jpeg, nullptr, 0, 0, true},
    {syntax::kJpegSpectral, decode_jpeg, nullptr, 0, 0, true},
    {syntax::kJpegProgressive, decode_jpeg, nullptr, 0, 0, true},
    {syntax::kJpegLossless, decode_jpeg, encode_jpeg_lossless, 8, 16, false},
    {syntax::kJpegLosslessFirst, decode_jpeg, encode_jpeg_lossless, 8, 16, false},
    {syntax::kJpegLs, decode_jpeg_ls, encode_jpeg_ls, 8, 16, false},
    {syntax::kJpegLsNear, decode_jpeg_ls, encode_jpeg_ls, 8, 16, true},
    {syntax::kJpeg2000Lossless, decode_jpeg2000, encode_jpeg2000, 1, 16, false},
    {syntax::kJpeg2000, decode_jpeg2000, encode_jpeg2000, 8, 16, true},
    {syntax::kJpeg2000PartLossless, decode_jpeg2000, nullptr, 0, 0, false},
    {syntax::kJpeg2000Part, decode_jpeg2000, nullptr, 0, 0, true},
    {syntax::kJpegXlLossless, decode_jpeg_xl, nullptr, 0, 0, false},
    {syntax::kJpegXlRecompressed, decode_jpeg_xl, nullptr, 0, 0, true},
    {syntax::kJpegXl, decode_jpeg_xl, nullptr, 0, 0, true},
    {syntax::kHtj2kLossless, decode_jpeg2000, encode_htj2k, 1, 16, false},
    {syntax::kHtj2kRpcl, decode_jpeg2000, encode_htj2k, 1, 16, false},
    {syntax::kHtj2k, decode_jpeg2000, encode_htj2k, 8, 16, true},
};

const Codec* find(std::string_view transfer_syntax) {
  const auto* row = std::find_if(std::begin(kCodecs), std::end(kCodecs), [&](const Codec& codec) {
    return codec.transfer_syntax == transfer_syntax;
  });
  return row == std::end(kCodecs) ? nullptr : row;
}

Error unknown(std::string_view transfer_syntax) {
  return fail(ErrorCode::NotSupported, "no codec here knows this transfer syntax",
              std::string(transfer_syntax));
}

// The one place where exceptions of the language itself end; those of libraries end in their own files.
template <class Work>
Result<Frame> guarded(std::string_view transfer_syntax, const Work& work) {
  try {
    auto made = work();
    if (!made.ok() && made.error().where.empty()) made.error().where = transfer_syntax;
    return made;
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::DicomLimit, "the frame needs more memory than there is",
                std::string(transfer_syntax));
  } catch (const std::exception& fault) {
    return fail(ErrorCode::Internal, "a codec failed", std::string(transfer_syntax), fault.what());
  }
}

}  // namespace

bool can_decode(std::string_view transfer_syntax) { return find(transfer_syntax) != nullptr; }

bool can_encode(std::string_view transfer_syntax) {
  const Codec* codec = find(transfer_syntax);
  return codec && codec->encode;
}

bool can_encode(std::string_view transfer_syntax, const ImageFormat& format) {
  const Codec* codec = find(transfer_syntax);
  if (!codec || !codec->encode) return false;
  // Float Pixel Data are never encapsulated (PS3.5 section A.4).
  const bool native =
      transfer_syntax == syntax::kExplicitLittle || transfer_syntax == syntax::kImplicitLittle;
  if (!native && format.sample != ImageFormat::Sample::Integer) return false;
  if (codec->decode == decode_native || codec->decode == decode_deflated) return true;
  if (format.bits_allocated < codec->least_bits || format.bits_allocated > codec->most_bits) return false;
  if (codec->lossy && format.photometric == "PALETTE COLOR") return false;
  // Their streams know no sign: a small error would turn the greatest value into the least.
  const bool unsigned_only = codec->encode == encode_jpeg_baseline || codec->encode == encode_jpeg_ls;
  if (codec->lossy && unsigned_only && format.is_signed) return false;
  const auto samples = format.samples_per_pixel;
  if (format.photometric == "YBR_FULL_422" && (samples != 3 || format.columns % 2 != 0 ||
                                               format.bits_allocated % 8 != 0 || format.bits_allocated > 16))
    return false;
  return codec->decode == decode_rle ? samples * format.bits_allocated <= 15 * 8
                                     : samples == 1 || samples == 3;
}

bool is_lossy(std::string_view transfer_syntax) {
  const Codec* codec = find(transfer_syntax);
  return codec && codec->lossy;
}

Result<Frame> decode(std::string_view transfer_syntax, const ImageFormat& format, ByteSpan encoded) {
  const Codec* codec = find(transfer_syntax);
  if (!codec) return unknown(transfer_syntax);
  if (format.frame_bytes() == 0 || format.frame_bytes() > kMaxFrameBytes)
    return fail(ErrorCode::DicomLimit, "a frame is larger than allowed, or empty", "00280010");
  return guarded(transfer_syntax, [&] { return codec->decode(format, encoded); });
}

Result<Frame> encode(std::string_view transfer_syntax, const Frame& frame, const EncodeOptions& options) {
  const Codec* codec = find(transfer_syntax);
  if (!codec || !codec->encode) return unknown(transfer_syntax);
  if (!can_encode(transfer_syntax, frame.format))
    return fail(ErrorCode::Unprocessable, "this kind of image cannot be compressed so",
                std::string(transfer_syntax));
  if (frame.format.frame_bytes() == 0 || frame.bytes.size() < frame.format.frame_bytes())
    return fail(ErrorCode::Unprocessable, "the frame has fewer bytes than its format asks for",
                std::string(transfer_syntax));
  return guarded(transfer_syntax, [&] { return codec->encode({transfer_syntax, frame, options}); });
}

Error undecodable(std::string_view name, std::string detail) {
  return fail(ErrorCode::DicomMalformed, "the " + std::string(name) + " code stream cannot be decoded", "",
              std::move(detail));
}

Error unencodable(std::string_view name, std::string detail) {
  return fail(ErrorCode::Unprocessable, "the frame cannot be compressed with " + std::string(name), "",
              std::move(detail));
}

}  // namespace gateway::pixel
