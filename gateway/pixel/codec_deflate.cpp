// Deflated Image Frame Compression (PS3.5 section 8.2.16 and annex A.4.13): each frame deflated by itself,
// RFC 1951.
#include <zlib.h>

#include <limits>

#include "gateway/pixel/codecs.h"

namespace gateway::pixel {

using model::Frame;
using model::ImageFormat;

namespace {

constexpr int kRaw = -15;        // no zlib header
constexpr int kWithHeader = 15;  // as some write
constexpr int kLevel = 3;        // a third of the time of the usual 6, a few percent larger

// All of `encoded` into exactly as many bytes as a frame has; what would follow is refused.
bool inflate_into(std::string& bytes, ByteSpan encoded, int window_bits) {
  z_stream stream{};
  if (inflateInit2(&stream, window_bits) != Z_OK) throw std::bad_alloc();
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(encoded.data()));
  stream.avail_in = static_cast<uInt>(encoded.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  const int code = inflate(&stream, Z_FINISH);
  const bool filled = stream.avail_out == 0;
  inflateEnd(&stream);
  return filled && (code == Z_STREAM_END || code == Z_BUF_ERROR || code == Z_OK);
}

}  // namespace

Result<Frame> decode_deflated(const ImageFormat& format, ByteSpan encoded) {
  if (encoded.size() > std::numeric_limits<uInt>::max()) return undecodable("deflate");
  Frame frame{format, std::string(format.frame_bytes(), '\0')};
  if (inflate_into(frame.bytes, encoded, kRaw) || inflate_into(frame.bytes, encoded, kWithHeader))
    return frame;
  return undecodable("deflate");
}

Result<Frame> encode_deflated(const EncodeJob& job) {
  z_stream stream{};
  if (deflateInit2(&stream, kLevel, Z_DEFLATED, kRaw, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc();
  const std::uint64_t size = job.frame.format.frame_bytes();
  Frame made{job.frame.format, std::string(deflateBound(&stream, size), '\0')};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(job.frame.bytes.data()));
  stream.avail_in = static_cast<uInt>(size);
  stream.next_out = reinterpret_cast<Bytef*>(made.bytes.data());
  stream.avail_out = static_cast<uInt>(made.bytes.size());
  const int code = deflate(&stream, Z_FINISH);
  made.bytes.resize(stream.total_out);
  deflateEnd(&stream);
  if (code != Z_STREAM_END) return unencodable("deflate");
  pad_even(made.bytes);
  return made;
}

}  // namespace gateway::pixel
