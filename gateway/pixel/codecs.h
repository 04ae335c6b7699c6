// The codecs behind codec.h, one library a source file. Internal; every function is pure and keeps exceptions
// and jumps of its library to itself.
#pragma once

#include <string_view>

#include "gateway/pixel/codec.h"
#include "gateway/pixel/samples.h"

namespace gateway::pixel {

namespace syntax {
inline constexpr std::string_view kImplicitLittle = "1.2.840.10008.1.2";
inline constexpr std::string_view kExplicitLittle = "1.2.840.10008.1.2.1";
inline constexpr std::string_view kEncapsulated = "1.2.840.10008.1.2.1.98";
inline constexpr std::string_view kRle = "1.2.840.10008.1.2.5";
inline constexpr std::string_view kDeflated = "1.2.840.10008.1.2.8.1";
inline constexpr std::string_view kJpegBaseline = "1.2.840.10008.1.2.4.50";
inline constexpr std::string_view kJpegExtended = "1.2.840.10008.1.2.4.51";
inline constexpr std::string_view kJpegSpectral = "1.2.840.10008.1.2.4.53";
inline constexpr std::string_view kJpegProgressive = "1.2.840.10008.1.2.4.55";
inline constexpr std::string_view kJpegLossless = "1.2.840.10008.1.2.4.57";
inline constexpr std::string_view kJpegLosslessFirst = "1.2.840.10008.1.2.4.70";
inline constexpr std::string_view kJpegLs = "1.2.840.10008.1.2.4.80";
inline constexpr std::string_view kJpegLsNear = "1.2.840.10008.1.2.4.81";
inline constexpr std::string_view kJpeg2000Lossless = "1.2.840.10008.1.2.4.90";
inline constexpr std::string_view kJpeg2000 = "1.2.840.10008.1.2.4.91";
inline constexpr std::string_view kJpeg2000PartLossless = "1.2.840.10008.1.2.4.92";
inline constexpr std::string_view kJpeg2000Part = "1.2.840.10008.1.2.4.93";
inline constexpr std::string_view kJpegXlLossless = "1.2.840.10008.1.2.4.110";
inline constexpr std::string_view kJpegXlRecompressed = "1.2.840.10008.1.2.4.111";
inline constexpr std::string_view kJpegXl = "1.2.840.10008.1.2.4.112";
inline constexpr std::string_view kHtj2kLossless = "1.2.840.10008.1.2.4.201";
inline constexpr std::string_view kHtj2kRpcl = "1.2.840.10008.1.2.4.202";
inline constexpr std::string_view kHtj2k = "1.2.840.10008.1.2.4.203";
}  // namespace syntax

struct EncodeJob {
  std::string_view transfer_syntax;
  const model::Frame& frame;
  const EncodeOptions& options;
};

Result<model::Frame> decode_native(const model::ImageFormat& format, ByteSpan encoded);
Result<model::Frame> encode_native(const EncodeJob& job);
Result<model::Frame> decode_rle(const model::ImageFormat& format, ByteSpan encoded);
Result<model::Frame> encode_rle(const EncodeJob& job);
Result<model::Frame> decode_deflated(const model::ImageFormat& format, ByteSpan encoded);
Result<model::Frame> encode_deflated(const EncodeJob& job);
Result<model::Frame> decode_jpeg(const model::ImageFormat& format, ByteSpan encoded);
Result<model::Frame> encode_jpeg_baseline(const EncodeJob& job);
Result<model::Frame> encode_jpeg_lossless(const EncodeJob& job);
Result<model::Frame> decode_jpeg_ls(const model::ImageFormat& format, ByteSpan encoded);
Result<model::Frame> encode_jpeg_ls(const EncodeJob& job);
Result<model::Frame> decode_jpeg2000(const model::ImageFormat& format, ByteSpan encoded);
Result<model::Frame> encode_jpeg2000(const EncodeJob& job);
Result<model::Frame> decode_jpeg_xl(const model::ImageFormat& format, ByteSpan encoded);
Result<model::Frame> encode_htj2k(const EncodeJob& job);

// "the JPEG code stream cannot be decoded", with the library's own text in the private detail.
Error undecodable(std::string_view name, std::string detail = {});
Error unencodable(std::string_view name, std::string detail = {});

}  // namespace gateway::pixel
