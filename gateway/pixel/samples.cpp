#include "gateway/pixel/samples.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "gateway/pixel/codec.h"

namespace gateway::pixel {

using model::Frame;
using model::ImageFormat;

namespace {

constexpr std::uint16_t kMaxCodedBits = 16;

std::uint16_t whole_bytes(std::uint32_t bits) { return bits <= 8 ? 8 : bits <= 16 ? 16 : 32; }

// Values into native samples of `width` bytes each, little endian.
template <class Value>
void put_values(char* to, std::size_t width, std::size_t step, const Value* values, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto value = static_cast<std::int64_t>(values[i]);
    std::memcpy(to + i * step, &value, width);
  }
}

// PS3.5 section 8.1.1: one bit a pixel, the first pixel in the least significant bit.
void put_bits(std::string& to, std::size_t first, const std::int32_t* values, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    if (values[i] != 0) to[(first + i) / 8] = static_cast<char>(to[(first + i) / 8] | 1 << ((first + i) % 8));
}

std::int32_t extended(std::int32_t value, std::uint32_t precision) {
  const unsigned unused = 32 - precision;
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(value) << unused) >> unused;
}

// Four samples of YBR_FULL_422 are Y Y Cb Cr of two pixels (PS3.3 C.7.6.3.1.2).
template <class Sample>
void read_422(const Sample* from, std::vector<std::int32_t>& values) {
  for (std::size_t pair = 0; pair < values.size() / 6; ++pair, from += 4) {
    std::int32_t* to = &values[pair * 6];
    to[0] = from[0], to[3] = from[1];
    to[1] = to[4] = from[2];
    to[2] = to[5] = from[3];
  }
}

template <class Sample>
std::vector<std::int32_t> read_typed(const Frame& frame, std::size_t components) {
  const ImageFormat& format = frame.format;
  const std::size_t pixels = std::size_t{format.rows} * format.columns;
  std::vector<Sample> from(frame.bytes.size() / sizeof(Sample));
  std::memcpy(from.data(), frame.bytes.data(), from.size() * sizeof(Sample));
  std::vector<std::int32_t> values(pixels * components);
  if (format.photometric == "YBR_FULL_422") {
    read_422(from.data(), values);
  } else if (!format.planar || components == 1) {
    std::copy_n(from.begin(), values.size(), values.begin());
  } else {
    for (std::size_t c = 0; c < components; ++c)
      for (std::size_t i = 0; i < pixels; ++i) values[i * components + c] = from[c * pixels + i];
  }
  return values;
}

std::vector<std::int32_t> read_values(const Frame& frame, std::size_t components) {
  const ImageFormat& format = frame.format;
  if (format.bits_allocated == 16)
    return format.is_signed ? read_typed<std::int16_t>(frame, components)
                            : read_typed<std::uint16_t>(frame, components);
  if (format.bits_allocated == 8)
    return format.is_signed ? read_typed<std::int8_t>(frame, components)
                            : read_typed<std::uint8_t>(frame, components);
  std::vector<std::int32_t> values(std::size_t{format.rows} * format.columns * components);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<unsigned char>(frame.bytes[i / 8]) >> (i % 8) & 1;
  return values;
}

// Sets the precision, the bits that hold every value: bits stored, unless something lies above them. Decoders
// make bytes of up to 8 bits, which is not what words are declared as: those have 9 at least.
void measure(Samples& samples) {
  const ImageFormat& format = samples.format;
  const auto [least, most] = std::minmax_element(samples.values.begin(), samples.values.end());
  const std::uint32_t value_bits = format.is_signed ? format.bits_stored - 1u : format.bits_stored;
  const std::int64_t end = std::int64_t{1} << value_bits;
  const bool fits = *most < end && *least >= (format.is_signed ? -end : 0);
  const std::uint32_t least_bits = format.bits_allocated > 8 ? 9 : 1;
  samples.facts.precision =
      std::max<std::uint32_t>(fits ? format.bits_stored : format.bits_allocated, least_bits);
  samples.range_used = std::ldexp(1.0 + *most - *least, -static_cast<int>(samples.facts.precision));
}

}  // namespace

Result<ImageFormat> decoded_format(const ImageFormat& declared, const StreamFacts& facts) {
  if (facts.rows != declared.rows || facts.columns != declared.columns ||
      facts.components != declared.samples_per_pixel)
    return fail(ErrorCode::DicomMalformed,
                "the code stream has " + std::to_string(facts.rows) + " rows, " +
                    std::to_string(facts.columns) + " columns and " + std::to_string(facts.components) +
                    " components, not those of the data set",
                "00280010");
  if (facts.precision == 0 || facts.precision > 32 || declared.sample != ImageFormat::Sample::Integer)
    return fail(ErrorCode::DicomMalformed, "the code stream has samples that no integer pixel can have",
                "00280100");
  ImageFormat format = declared;
  format.planar = false;
  format.is_signed = declared.is_signed || facts.is_signed;
  if (format.photometric == "YBR_RCT" || format.photometric == "YBR_ICT") format.photometric = "RGB";
  if (format.photometric == "YBR_FULL_422") format.photometric = "YBR_FULL";
  if (facts.precision > declared.bits_allocated) {
    format.bits_allocated = whole_bytes(facts.precision);
    format.bits_stored = static_cast<std::uint16_t>(facts.precision);
    format.high_bit = static_cast<std::uint16_t>(facts.precision - 1);
  }
  if (format.frame_bytes() > kMaxFrameBytes)
    return fail(ErrorCode::DicomLimit, "a frame is larger than allowed", "00280010");
  return format;
}

Frame frame_of_rows(ImageFormat format, const StreamFacts& facts, const RowOf& row) {
  Frame frame{std::move(format), {}};
  const ImageFormat& made = frame.format;
  const bool extend = made.is_signed && !facts.is_signed && facts.precision < 32;
  const std::size_t width = made.bits_allocated / 8, step = width * facts.components;
  frame.bytes.resize(made.frame_bytes());
  std::vector<std::int32_t> line(facts.columns);
  for (std::uint32_t y = 0; y < facts.rows; ++y) {
    const std::size_t first = std::size_t{y} * facts.columns;
    for (std::uint32_t c = 0; c < facts.components; ++c) {
      const std::int32_t* values = row(c, y);
      if (extend) {
        for (std::uint32_t x = 0; x < facts.columns; ++x) line[x] = extended(values[x], facts.precision);
        values = line.data();
      }
      if (width == 0)
        put_bits(frame.bytes, first, values, facts.columns);
      else if (width == 2 && step == 2)  // the common case, with widths the compiler knows
        put_values(&frame.bytes[first * 2], 2, 2, values, facts.columns);
      else
        put_values(&frame.bytes[first * step + c * width], width, step, values, facts.columns);
    }
  }
  return frame;
}

Frame frame_of_words(ImageFormat format, const StreamFacts& facts, std::string words, bool planar) {
  const std::size_t width = facts.precision <= 8 ? 1 : 2;
  const bool extend = format.is_signed && facts.precision < format.bits_allocated;
  const bool by_pixel = !planar || facts.components == 1;
  if (by_pixel && format.bits_allocated == width * 8 && !extend) return {std::move(format), std::move(words)};
  std::vector<std::int32_t> line(facts.columns);
  const std::size_t pixels = std::size_t{facts.rows} * facts.columns;
  return frame_of_rows(std::move(format), facts, [&](std::uint32_t c, std::uint32_t y) {
    for (std::uint32_t x = 0; x < facts.columns; ++x) {
      const std::size_t pixel = std::size_t{y} * facts.columns + x;
      std::uint16_t word = 0;
      std::memcpy(&word, &words[(by_pixel ? pixel * facts.components + c : c * pixels + pixel) * width],
                  width);
      line[x] = word;
    }
    return line.data();
  });
}

Result<Samples> samples_of(const Frame& frame) {
  const ImageFormat& format = frame.format;
  if (format.sample != ImageFormat::Sample::Integer || format.bits_allocated > kMaxCodedBits)
    return fail(ErrorCode::Unprocessable, "only integer samples of at most 16 bits can be compressed so",
                "00280100");
  const bool whole_pairs =
      format.samples_per_pixel == 3 && format.columns % 2 == 0 && format.bits_allocated >= 8;
  if (format.photometric == "YBR_FULL_422" && !whole_pairs)
    return fail(ErrorCode::Unprocessable, "pixels that share their chroma have to come in pairs", "00280004");
  if (frame.bytes.size() < format.frame_bytes() || format.frame_bytes() == 0)
    return fail(ErrorCode::Unprocessable, "the frame has fewer bytes than its format asks for", "00280010");
  Samples samples;
  samples.values = read_values(frame, format.samples_per_pixel);
  samples.format = format;
  samples.format.planar = false;
  if (format.photometric == "YBR_FULL_422") samples.format.photometric = "YBR_FULL";
  samples.facts = {format.rows, format.columns, format.samples_per_pixel, 0, format.is_signed};
  measure(samples);
  return samples;
}

std::string words_of(const Samples& samples) {
  const std::uint32_t mask = (1u << samples.facts.precision) - 1;
  std::string words;
  if (samples.facts.precision <= 8) {
    words.resize(samples.values.size());
    std::transform(samples.values.begin(), samples.values.end(), words.begin(),
                   [mask](std::int32_t value) { return static_cast<char>(value & mask); });
    return words;
  }
  words.resize(samples.values.size() * 2);
  for (std::size_t i = 0; i < samples.values.size(); ++i) {
    const auto word = static_cast<std::uint16_t>(samples.values[i] & mask);
    std::memcpy(&words[i * 2], &word, 2);
  }
  return words;
}

}  // namespace gateway::pixel
