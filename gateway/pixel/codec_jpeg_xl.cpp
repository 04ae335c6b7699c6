// JPEG XL (ISO/IEC 18181, PS3.5 section A.4.14) decoding, through libjxl without threads. A JPEG that was
// recompressed is decoded to pixels like any other stream.
#include <jxl/decode.h>

#include <cstring>
#include <limits>
#include <memory>

#include "gateway/pixel/codecs.h"

namespace gateway::pixel {

using model::Frame;
using model::ImageFormat;

namespace {

template <auto function>
struct Deleter {
  void operator()(JxlDecoder* decoder) const { function(decoder); }
};
using Decoder = std::unique_ptr<JxlDecoder, Deleter<JxlDecoderDestroy>>;

struct Progress {
  StreamFacts facts;
  ImageFormat made;
  std::string words;
};

Result<void> on_basic_info(JxlDecoder* decoder, const ImageFormat& format, Progress& progress) {
  JxlBasicInfo info;
  if (JxlDecoderGetBasicInfo(decoder, &info) != JXL_DEC_SUCCESS) return undecodable("JPEG XL");
  if (info.exponent_bits_per_sample != 0 || info.bits_per_sample > 16 || info.have_animation)
    return undecodable("JPEG XL", "samples of a kind that is not supported");
  progress.facts = {info.ysize, info.xsize, info.num_color_channels, info.bits_per_sample, false};
  progress.made = TRY(decoded_format(format, progress.facts));
  if (progress.facts.components == 3) progress.made.photometric = "RGB";
  return {};
}

Result<void> on_buffer(JxlDecoder* decoder, Progress& progress) {
  const StreamFacts& facts = progress.facts;
  const std::size_t width = facts.precision <= 8 ? 1 : 2;
  const JxlPixelFormat layout{facts.components, width == 1 ? JXL_TYPE_UINT8 : JXL_TYPE_UINT16,
                              JXL_LITTLE_ENDIAN, 0};
  progress.words.resize(std::size_t{facts.rows} * facts.columns * facts.components * width);
  if (JxlDecoderSetImageOutBuffer(decoder, &layout, progress.words.data(), progress.words.size()) !=
      JXL_DEC_SUCCESS)
    return undecodable("JPEG XL", "the image does not fit its frame");
  return {};
}

// The library stretches samples over all bits of a word; back to those of the stream.
template <class Word>
void unstretch(Progress& progress) {
  constexpr std::uint32_t kMost = std::numeric_limits<Word>::max();
  const std::uint32_t most = (1u << progress.facts.precision) - 1;
  if (most == kMost) return;
  for (std::size_t i = 0; i < progress.words.size(); i += sizeof(Word)) {
    Word word;
    std::memcpy(&word, &progress.words[i], sizeof word);
    word = static_cast<Word>((word * most + kMost / 2) / kMost);
    std::memcpy(&progress.words[i], &word, sizeof word);
  }
}

}  // namespace

Result<Frame> decode_jpeg_xl(const ImageFormat& format, ByteSpan encoded) {
  const Decoder decoder(JxlDecoderCreate(nullptr));
  if (!decoder) throw std::bad_alloc();
  if (JxlDecoderSubscribeEvents(decoder.get(), JXL_DEC_BASIC_INFO | JXL_DEC_FULL_IMAGE) != JXL_DEC_SUCCESS ||
      JxlDecoderSetKeepOrientation(decoder.get(), JXL_TRUE) != JXL_DEC_SUCCESS)
    return undecodable("JPEG XL");
  JxlDecoderSetInput(decoder.get(), reinterpret_cast<const std::uint8_t*>(encoded.data()), encoded.size());
  JxlDecoderCloseInput(decoder.get());
  Progress progress;
  for (;;) {
    switch (JxlDecoderProcessInput(decoder.get())) {
      case JXL_DEC_BASIC_INFO:
        TRY_VOID(on_basic_info(decoder.get(), format, progress));
        break;
      case JXL_DEC_NEED_IMAGE_OUT_BUFFER:
        TRY_VOID(on_buffer(decoder.get(), progress));
        break;
      case JXL_DEC_FULL_IMAGE:
        progress.facts.precision <= 8 ? unstretch<std::uint8_t>(progress)
                                      : unstretch<std::uint16_t>(progress);
        return frame_of_words(std::move(progress.made), progress.facts, std::move(progress.words));
      default:
        return undecodable("JPEG XL", "the stream ends early or is damaged");
    }
  }
}

}  // namespace gateway::pixel
