// JPEG-LS (ITU-T T.87, PS3.5 section A.4.3), through CharLS.
#include <charls/charls.h>

#include <algorithm>

#include "gateway/pixel/codecs.h"

namespace gateway::pixel {

using model::Frame;
using model::ImageFormat;

namespace {

constexpr int kMostNear = 255;
constexpr std::string_view kEndOfImage = "\xFF\xD9";
constexpr std::size_t kMostPadding = 4;

Result<Frame> decode_stream(const ImageFormat& format, ByteSpan encoded) {
  charls::jpegls_decoder decoder(encoded.data(), encoded.size(), true);
  const auto& info = decoder.frame_info();
  const StreamFacts facts{info.height, info.width, static_cast<std::uint32_t>(info.component_count),
                          static_cast<std::uint32_t>(info.bits_per_sample), false};
  ImageFormat made = TRY(decoded_format(format, facts));
  const std::size_t width = facts.precision <= 8 ? 1 : 2;
  std::string words(std::size_t{facts.rows} * facts.columns * facts.components * width, '\0');
  if (decoder.destination_size() != words.size()) return undecodable("JPEG-LS");
  decoder.decode(words.data(), words.size());
  const bool planar = decoder.interleave_mode() == charls::interleave_mode::none;
  return frame_of_words(std::move(made), facts, std::move(words), planar);
}

Result<Frame> encode_stream(const EncodeJob& job) {
  Samples samples = TRY(samples_of(job.frame));
  const std::string words = words_of(samples);
  const StreamFacts& facts = samples.facts;
  charls::jpegls_encoder encoder;
  encoder.frame_info({facts.columns, facts.rows, static_cast<std::int32_t>(std::max(facts.precision, 2u)),
                      static_cast<std::int32_t>(facts.components)});
  if (facts.components > 1) encoder.interleave_mode(charls::interleave_mode::sample);
  if (job.transfer_syntax == syntax::kJpegLsNear) {
    const int most = std::min(kMostNear, (1 << facts.precision) / 2 - 1);
    encoder.near_lossless(std::clamp(job.options.near_lossless, 0, std::max(most, 0)));
  }
  Frame made{std::move(samples.format), std::string(encoder.estimated_destination_size(), '\0')};
  encoder.destination(made.bytes.data(), made.bytes.size());
  made.bytes.resize(encoder.encode(words.data(), words.size()));
  pad_even(made.bytes);
  return made;
}

}  // namespace

Result<Frame> decode_jpeg_ls(const ImageFormat& format, ByteSpan encoded) {
  const std::string_view text = as_text(encoded);
  const std::size_t end = text.rfind(kEndOfImage);
  std::string complaint, shortened;
  // Some writers pad between the last scan and EOI, where nothing may be; the library wants that gone.
  for (std::size_t padding = 0; padding <= kMostPadding; ++padding) {
    try {
      if (padding == 0) return decode_stream(format, encoded);
      shortened = std::string(text.substr(0, end - padding)) + std::string(kEndOfImage);
      return decode_stream(format, as_bytes(shortened));
    } catch (const charls::jpegls_error& fault) {
      if (padding == 0) complaint = fault.what();
      const bool between = fault.code() == charls::jpegls_errc::jpeg_marker_start_byte_not_found ||
                           fault.code() == charls::jpegls_errc::too_much_encoded_data;
      if (!between || end == std::string_view::npos || end < kMostPadding + 2) break;
    }
  }
  return undecodable("JPEG-LS", complaint);
}

Result<Frame> encode_jpeg_ls(const EncodeJob& job) {
  try {
    return encode_stream(job);
  } catch (const charls::jpegls_error& fault) {
    return unencodable("JPEG-LS", fault.what());
  }
}

}  // namespace gateway::pixel
