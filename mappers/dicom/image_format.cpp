#include "mappers/dicom/image_format.h"

#include <algorithm>
#include <limits>

namespace mappers::dicom {
namespace {

using gateway::ErrorCode;
using gateway::fail;
using gateway::Result;
using gateway::model::ImageFormat;

constexpr Tag kSamplesPerPixel = make_tag(0x00280002);
constexpr Tag kPhotometric = make_tag(0x00280004);
constexpr Tag kPlanar = make_tag(0x00280006);
constexpr Tag kNumberOfFrames = make_tag(0x00280008);
constexpr Tag kRows = make_tag(0x00280010);
constexpr Tag kColumns = make_tag(0x00280011);
constexpr Tag kBitsAllocated = make_tag(0x00280100);
constexpr Tag kBitsStored = make_tag(0x00280101);
constexpr Tag kHighBit = make_tag(0x00280102);

Result<std::int64_t> ranged(const DataSet& data, Tag tag, std::int64_t least, std::int64_t most,
                            std::int64_t fallback) {
  const std::int64_t value = data.integer(tag).value_or(fallback);
  if (value < least || value > most)
    return fail(ErrorCode::DicomMalformed, "an image cannot have the value " + std::to_string(value),
                hex(tag));
  return value;
}

Result<std::int64_t> required(const DataSet& data, Tag tag, std::int64_t least, std::int64_t most) {
  if (!data.integer(tag))
    return fail(ErrorCode::DicomMissingAttribute, "the image does not say how its pixels lie", hex(tag));
  return ranged(data, tag, least, most, 0);
}

Result<void> read_bits(const DataSet& data, ImageFormat& format) {
  const std::int64_t allocated = TRY(required(data, kBitsAllocated, 1, 64));
  if (allocated != 1 && allocated != 8 && allocated != 16 && allocated != 24 && allocated != 32 &&
      allocated != 64)
    return fail(ErrorCode::NotSupported, "pixels of " + std::to_string(allocated) + " bits are not supported",
                hex(kBitsAllocated));
  const std::int64_t stored = TRY(ranged(data, kBitsStored, 1, allocated, allocated));
  const std::int64_t high = TRY(ranged(data, kHighBit, stored - 1, allocated - 1, stored - 1));
  format.bits_allocated = static_cast<std::uint16_t>(allocated);
  format.bits_stored = static_cast<std::uint16_t>(stored);
  format.high_bit = static_cast<std::uint16_t>(high);
  format.is_signed = TRY(ranged(data, tags::kPixelRepresentation, 0, 1, 0)) == 1;
  return {};
}

// PS3.3 C.7.6.24 and C.7.6.25: float pixels have no bits stored.
Result<void> read_real(const DataSet& data, ImageFormat& format) {
  const bool single = data.has(tags::kFloatPixelData);
  const std::int64_t bits = single ? 32 : 64;
  TRY(ranged(data, kBitsAllocated, bits, bits, bits));
  format.sample = single ? ImageFormat::Sample::Float : ImageFormat::Sample::Double;
  format.bits_allocated = format.bits_stored = static_cast<std::uint16_t>(bits);
  format.high_bit = static_cast<std::uint16_t>(bits - 1);
  format.is_signed = true;
  return {};
}

// PS3.3 C.7.6.3.1.2: what fits the number of samples when nothing is said, or something impossible.
void settle_photometric(const DataSet& data, ImageFormat& format) {
  format.photometric = data.text(kPhotometric);
  if (format.photometric.empty()) format.photometric = format.samples_per_pixel == 3 ? "RGB" : "MONOCHROME2";
  if (format.photometric == "YBR_FULL_422" && (format.samples_per_pixel != 3 || format.columns % 2 != 0))
    format.photometric = "YBR_FULL";
}

// For a number that cannot be read: uncompressed pixel data tell it by their length. 0: they do not.
std::uint32_t frames_that_fit(const DataSet& data, const ImageFormat& format) {
  const Element* pixels = data.find(tags::kPixelData);
  if (!pixels || pixels->undefined_length || format.frame_bits() == 0) return 0;
  const std::uint64_t frames = pixels->length * 8 / format.frame_bits();
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(frames, std::numeric_limits<std::int32_t>::max()));
}

}  // namespace

Result<std::uint32_t> number_of_frames(const DataSet& data) {
  const Element* element = data.find(kNumberOfFrames);
  if (!element || element->empty() || data.text(kNumberOfFrames).empty()) return 1;
  const auto frames = data.integer(kNumberOfFrames);
  if (!frames || *frames < 0 || *frames > std::numeric_limits<std::int32_t>::max())
    return fail(ErrorCode::DicomMalformed, "the number of frames is no number of frames",
                hex(kNumberOfFrames));
  return *frames == 0 ? 1 : static_cast<std::uint32_t>(*frames);  // some writers mean "not multi-frame"
}

Result<ImageFormat> image_format(const DataSet& data) {
  ImageFormat format;
  format.rows = static_cast<std::uint32_t>(TRY(required(data, kRows, 1, 65535)));
  format.columns = static_cast<std::uint32_t>(TRY(required(data, kColumns, 1, 65535)));
  format.samples_per_pixel = static_cast<std::uint16_t>(TRY(ranged(data, kSamplesPerPixel, 1, 16, 1)));
  const bool real = !data.has(tags::kPixelData) &&
                    (data.has(tags::kFloatPixelData) || data.has(tags::kDoubleFloatPixelData));
  TRY_VOID(real ? read_real(data, format) : read_bits(data, format));
  if (format.samples_per_pixel > 1) format.planar = TRY(ranged(data, kPlanar, 0, 1, 0)) == 1;
  settle_photometric(data, format);
  if (format.frame_bytes() > kMaxFrameBytes)
    return fail(ErrorCode::DicomLimit,
                "a frame of " + std::to_string(format.frame_bytes()) + " bytes is larger than allowed",
                hex(kRows));
  const auto frames = number_of_frames(data);
  const std::uint32_t fitting = frames ? *frames : frames_that_fit(data, format);
  if (fitting == 0) return frames.error();
  format.frames = fitting;
  return format;
}

}  // namespace mappers::dicom
