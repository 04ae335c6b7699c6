// JPEG with 12 and 16 bits and the lossless processes (PS3.5 section A.4.1), through the three builds of the
// IJG library that DCMTK has, one for each depth.
#include <dcmtk/config/osconfig.h>
//
#include <dcmtk/dcmjpeg/djcparam.h>
#include <dcmtk/dcmjpeg/djdijg12.h>
#include <dcmtk/dcmjpeg/djdijg16.h>
#include <dcmtk/dcmjpeg/djdijg8.h>
#include <dcmtk/dcmjpeg/djeijg12.h>
#include <dcmtk/dcmjpeg/djeijg16.h>
#include <dcmtk/dcmjpeg/djeijg8.h>

#include <memory>

#include "gateway/pixel/codec_jpeg.h"

namespace gateway::pixel {

using model::Frame;
using model::ImageFormat;

namespace {

constexpr int kLossless = 3;
constexpr int kOddScans = 4;         // each is worth a warning, and does no harm
constexpr int kFirstPrediction = 1;  // selection value 1: what PS3.5 section 10.2 asks of the default syntax

DJCodecParameter parameters() {
  return {ECC_lossyYCbCr, EDC_photometricInterpretation, EUC_never, EPC_colorByPixel};
}

// The library reports damage in entropy-coded data by a message and goes on with what it guesses. A guess is
// no image, so the messages are counted.
template <class Decoder>
class Watched final : public Decoder {
 public:
  Watched(const DJCodecParameter& parameter, bool ycbcr, int& warnings)
      : Decoder(parameter, ycbcr ? OFTrue : OFFalse), warnings_(warnings) {}
  void emitMessage(int level) const override { warnings_ += level < 0 ? 1 : 0; }

 private:
  int& warnings_;
};

std::unique_ptr<DJDecoder> decoder_of(const DJCodecParameter& parameter, std::uint32_t precision, bool ycbcr,
                                      int& warnings) {
  if (precision <= 8) return std::make_unique<Watched<DJDecompressIJG8Bit>>(parameter, ycbcr, warnings);
  if (precision <= 12) return std::make_unique<Watched<DJDecompressIJG12Bit>>(parameter, ycbcr, warnings);
  return std::make_unique<Watched<DJDecompressIJG16Bit>>(parameter, ycbcr, warnings);
}

std::unique_ptr<DJEncoder> encoder_of(const DJCodecParameter& parameter, std::uint32_t precision) {
  if (precision <= 8)
    return std::make_unique<DJCompressIJG8Bit>(parameter, EJM_lossless, kFirstPrediction, 0);
  if (precision <= 12)
    return std::make_unique<DJCompressIJG12Bit>(parameter, EJM_lossless, kFirstPrediction, 0);
  return std::make_unique<DJCompressIJG16Bit>(parameter, EJM_lossless, kFirstPrediction, 0);
}

// The library is built thrice, and each states its own precision whatever the values need.
std::uint32_t built_precision(std::uint32_t precision) {
  return precision <= 8 ? 8 : precision <= 12 ? 12 : 16;
}

EP_Interpretation interpretation_of(const ImageFormat& format) {
  if (format.samples_per_pixel == 1) return EPI_Monochrome2;
  return format.photometric.starts_with("YBR") ? EPI_YBR_Full : EPI_RGB;
}

}  // namespace

Result<Frame> decode_jpeg_dcmtk(const ImageFormat& format, const JpegHeader& header, ByteSpan encoded) {
  const StreamFacts& facts = header.facts;
  ImageFormat made = TRY(decoded_format(format, facts));
  if (facts.precision > 16) return undecodable("JPEG");
  const bool lossy = header.process % 4 != kLossless;
  const bool ycbcr = lossy && is_ycbcr(header, format.photometric);
  if (lossy && facts.components == 3) made.photometric = "RGB";
  const std::size_t width = facts.precision <= 8 ? 1 : 2;
  std::string words(std::size_t{facts.rows} * facts.columns * facts.components * width, '\0');
  std::string input(as_text(encoded));  // the library asks for bytes that it could change
  const DJCodecParameter parameter = parameters();
  int warnings = 0;
  const auto decoder = decoder_of(parameter, facts.precision, ycbcr, warnings);
  OFCondition outcome = decoder->init();
  if (outcome.good())
    outcome =
        decoder->decode(reinterpret_cast<Uint8*>(input.data()), static_cast<Uint32>(input.size()),
                        reinterpret_cast<Uint8*>(words.data()), static_cast<Uint32>(words.size()), OFFalse);
  if (outcome.bad()) return undecodable("JPEG", outcome.text());  // also when it wants more
  if (warnings > (header.odd_scan ? kOddScans : 0)) return undecodable("JPEG", "damaged data");
  return frame_of_words(std::move(made), facts, std::move(words));
}

Result<Frame> encode_jpeg_lossless(const EncodeJob& job) {
  Samples samples = TRY(samples_of(job.frame));
  samples.facts.precision = built_precision(samples.facts.precision);
  std::string words = words_of(samples);
  const StreamFacts& facts = samples.facts;
  const auto columns = static_cast<Uint16>(facts.columns), rows = static_cast<Uint16>(facts.rows);
  const auto components = static_cast<Uint16>(facts.components);
  const EP_Interpretation color = interpretation_of(samples.format);
  const DJCodecParameter parameter = parameters();
  const auto encoder = encoder_of(parameter, facts.precision);
  Uint8* out = nullptr;
  Uint32 size = 0;
  const OFCondition outcome = facts.precision <= 8
                                  ? encoder->encode(columns, rows, color, components,
                                                    reinterpret_cast<Uint8*>(words.data()), out, size)
                                  : encoder->encode(columns, rows, color, components,
                                                    reinterpret_cast<Uint16*>(words.data()), out, size);
  const std::unique_ptr<Uint8[]> owner(out);
  if (outcome.bad() || !out) return unencodable("JPEG", outcome.text());
  Frame made{std::move(samples.format), std::string(reinterpret_cast<const char*>(out), size)};
  pad_even(made.bytes);
  return made;
}

}  // namespace gateway::pixel
