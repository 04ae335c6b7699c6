// Finding the frames of an object: make_frame_table() of frame_table.h.
#include <algorithm>
#include <array>
#include <cstring>
#include <functional>

#include "mappers/dicom/byte_order.h"
#include "mappers/dicom/frame_table.h"
#include "mappers/dicom/image_format.h"
#include "mappers/dicom/inflate.h"
#include "mappers/dicom/transfer_syntax.h"

namespace mappers::dicom {
namespace {

using gateway::ByteSource;
using gateway::ErrorCode;
using gateway::fail;
using gateway::Result;

constexpr Tag kExtendedOffsetTable = make_tag(0x7FE00001);
constexpr std::uint64_t kItemHeader = 8;
constexpr std::uint64_t kMaxInflated = 256ull << 20;
constexpr std::size_t kPeek = 64;  // as much as an RLE header
constexpr std::string_view kRle = "1.2.840.10008.1.2.5";
constexpr std::string_view kEncapsulatedUncompressed = "1.2.840.10008.1.2.1.98";

// Fragments as they lie, offsets counted from the item header of the first one.
struct Fragments {
  std::uint64_t start = 0;           // of the first one's item header in the stream
  std::vector<std::uint64_t> ends;   // of each
  std::vector<std::uint32_t> basic;  // the Basic Offset Table
  std::uint64_t begin(std::size_t i) const { return i == 0 ? 0 : ends[i - 1]; }  // of the item header
  std::uint64_t length(std::size_t i) const { return ends[i] - begin(i) - kItemHeader; }
};

// The first fragment of each frame and, behind them, the number of fragments. Empty: not found.
using Firsts = std::vector<std::uint32_t>;

Result<void> read_exactly(const ByteSource& stream, std::uint64_t offset, std::span<std::byte> into) {
  if (into.empty()) return {};
  if (TRY(stream.read_at(offset, into)) != into.size())
    return fail(ErrorCode::DicomTruncated, "the pixel data end early", "byte " + std::to_string(offset));
  return {};
}

// PS3.5 section A.4: the reader counted the items, which are walked once more here.
Result<Fragments> walk(const ByteSource& stream, const PixelData& pixels) {
  Fragments fragments;
  fragments.ends.reserve(pixels.fragments);
  std::uint64_t offset = pixels.offset;
  for (std::uint64_t i = 0; i <= pixels.fragments; ++i) {
    std::array<std::byte, kItemHeader> header;
    TRY_VOID(read_exactly(stream, offset, header));
    const std::uint32_t length = load32(header.data() + 4, false);
    if (load_tag(header.data(), false) != tags::kItem || length > stream.size() - offset - kItemHeader)
      return fail(ErrorCode::DicomMalformed, "no fragment where one is due",
                  "byte " + std::to_string(offset));
    if (i == 0) {  // the Basic Offset Table
      fragments.basic.resize(length / 4 <= pixels.fragments ? length / 4 : 0);
      const auto into = std::as_writable_bytes(std::span(fragments.basic));
      TRY_VOID(read_exactly(stream, offset + kItemHeader, into));
      fragments.start = offset + kItemHeader + length;
    }
    offset += kItemHeader + length;
    if (i > 0) fragments.ends.push_back(offset - fragments.start);
  }
  return fragments;
}

// PS3.3 C.7.6.3.1.8. Empty when it is absent or cannot be one.
Result<std::vector<std::uint64_t>> extended_offsets(const File& file, const ByteSource& stream,
                                                    std::uint64_t frames) {
  const Element* element = file.data.find(kExtendedOffsetTable);
  if (!element || element->length != frames * 8) return std::vector<std::uint64_t>{};
  std::vector<std::uint64_t> offsets(frames);
  const auto into = std::as_writable_bytes(std::span(offsets));
  if (element->by_reference) {
    TRY_VOID(read_exactly(stream, element->offset, into));
  } else if (element->bytes.size() == into.size()) {
    std::memcpy(into.data(), element->bytes.data(), into.size());
  }
  return offsets;
}

// An offset table is believed when it has one ascending entry a frame and each is where a fragment begins.
template <class Offset>
Firsts from_offsets(const Fragments& fragments, const std::vector<Offset>& offsets, std::uint64_t frames) {
  if (offsets.size() != frames || frames == 0 || offsets[0] != 0) return {};
  Firsts firsts;
  std::size_t fragment = 0;
  for (const Offset offset : offsets) {
    while (fragment < fragments.ends.size() && fragments.begin(fragment) < offset) ++fragment;
    if (fragment == fragments.ends.size() || fragments.begin(fragment) != offset) return {};
    if (!firsts.empty() && firsts.back() == fragment) return {};
    firsts.push_back(static_cast<std::uint32_t>(fragment));
  }
  firsts.push_back(static_cast<std::uint32_t>(fragments.ends.size()));
  return firsts;
}

// PS3.5 annex G.5: the number of segments, the offset of each, zeros.
bool is_rle_header(std::span<const std::byte> bytes) {
  if (bytes.size() < 64) return false;
  const std::uint32_t segments = load32(bytes.data(), false);
  if (segments == 0 || segments > 15 || load32(bytes.data() + 4, false) != 64) return false;
  for (std::uint32_t i = 1; i < 15; ++i) {
    const std::uint32_t offset = load32(bytes.data() + 4 + 4 * i, false);
    if (i < segments ? offset <= load32(bytes.data() + 4 * i, false) : offset != 0) return false;
  }
  return true;
}

// JPEG and JPEG-LS begin with SOI and another marker, JPEG 2000 with SOC and SIZ, JPEG XL with FF0A or a box.
bool is_code_stream_start(std::span<const std::byte> bytes) {
  if (bytes.size() < 4) return false;
  const std::string_view text = gateway::as_text(bytes);
  return text.starts_with("\xFF\xD8\xFF") || text.starts_with("\xFF\x4F\xFF\x51") ||
         text.starts_with("\xFF\x0A") || text.starts_with(std::string_view("\0\0\0\x0CJXL ", 8));
}

// EOI or EOC, before padding.
bool is_code_stream_end(std::span<const std::byte> bytes) {
  std::string_view text = gateway::as_text(bytes);
  while (!text.empty() && text.back() == '\0') text.remove_suffix(1);
  while (text.ends_with("\xFF\xFF")) text.remove_suffix(1);
  return text.ends_with("\xFF\xD9") || text.ends_with("\xFF\xD9\xFF");
}

struct Marks {
  std::vector<bool> starts, ends;  // of each fragment
};

Result<Marks> read_marks(const ByteSource& stream, const Fragments& fragments, bool rle) {
  Marks marks;
  std::array<std::byte, kPeek> block;
  for (std::size_t i = 0; i < fragments.ends.size(); ++i) {
    const std::uint64_t length = fragments.length(i);
    const auto peek = std::span(block).first(std::min<std::uint64_t>(length, kPeek));
    TRY_VOID(read_exactly(stream, fragments.start + fragments.begin(i) + kItemHeader, peek));
    marks.starts.push_back(rle ? is_rle_header(peek) : is_code_stream_start(peek));
    if (!rle) {
      const auto tail = peek.first(std::min<std::size_t>(peek.size(), 16));
      TRY_VOID(read_exactly(stream, fragments.start + fragments.ends[i] - tail.size(), tail));
      marks.ends.push_back(is_code_stream_end(tail));
    }
  }
  return marks;
}

Firsts firsts_where(std::size_t fragments, const std::function<bool(std::size_t)>& begins) {
  Firsts firsts;
  for (std::size_t i = 0; i < fragments; ++i)
    if (i == 0 || begins(i)) firsts.push_back(static_cast<std::uint32_t>(i));
  firsts.push_back(static_cast<std::uint32_t>(fragments));
  return firsts;
}

// Entropy-coded bytes may look like a mark at the edge of a fragment, so the strictest reading that gives the
// declared number of frames counts.
Result<Firsts> from_marks(const ByteSource& stream, const Fragments& fragments, std::uint64_t frames,
                          bool rle, bool truncated) {
  const Marks marks = TRY(read_marks(stream, fragments, rle));
  const std::size_t count = fragments.ends.size();
  const auto starts = firsts_where(count, [&](std::size_t i) { return marks.starts[i]; });
  if (rle) return starts.size() == frames + 1 || truncated ? starts : Firsts{};
  const auto ends = firsts_where(count, [&](std::size_t i) { return marks.ends[i - 1]; });
  const auto both = firsts_where(count, [&](std::size_t i) { return marks.starts[i] && marks.ends[i - 1]; });
  for (const Firsts* firsts : {&both, &starts, &ends})
    if (firsts->size() == frames + 1) return *firsts;
  return truncated && both.size() <= frames ? both : Firsts{};
}

// PS3.5 section A.4.11: the bytes of a frame are counted.
Firsts from_sizes(const Fragments& fragments, std::uint64_t frame_bytes) {
  Firsts firsts{0};
  std::uint64_t held = 0;
  for (std::size_t i = 0; i < fragments.ends.size(); ++i) {
    held += fragments.length(i);
    if (held < frame_bytes) continue;
    firsts.push_back(static_cast<std::uint32_t>(i + 1));
    held = 0;
  }
  return firsts;
}

Result<Firsts> find_firsts(const File& file, const ByteSource& stream, const Fragments& fragments,
                           std::uint64_t frames) {
  const std::size_t count = fragments.ends.size();
  if (frames == 1) return count == 0 ? Firsts{} : Firsts{0, static_cast<std::uint32_t>(count)};
  Firsts firsts = from_offsets(fragments, fragments.basic, frames);
  if (!firsts.empty()) return firsts;
  firsts = from_offsets(fragments, TRY(extended_offsets(file, stream, frames)), frames);
  if (!firsts.empty()) return firsts;
  if (file.transfer_syntax == kEncapsulatedUncompressed)
    return from_sizes(fragments, TRY(image_format(file.data)).frame_bytes());
  return from_marks(stream, fragments, frames, file.transfer_syntax == kRle, file.pixel_data->truncated);
}

template <class Number>
void append(std::string& out, Number number) {
  out.append(reinterpret_cast<const char*>(&number), sizeof number);
}

std::string write_down(FrameTableHead head, const Fragments& fragments, const Firsts& firsts) {
  const bool narrow = fragments.ends.empty() || fragments.ends.back() <= 0xFFFFFFFF;
  head.encapsulated = 1;
  head.offset_width = narrow ? 4 : 8;
  head.start = fragments.start;
  head.length = fragments.ends.size();
  head.frames_found = firsts.empty() ? 0 : firsts.size() - 1;
  std::string out;
  append(out, head);
  for (const std::uint64_t end : fragments.ends)
    narrow ? append(out, static_cast<std::uint32_t>(end)) : append(out, end);
  for (const std::uint32_t first : firsts) append(out, first);
  return out;
}

// PS3.5 sections 8.2.5 and 8.2.7 to 8.2.13: one stream for all frames.
bool is_video(std::string_view syntax) {
  const std::string_view arc = "1.2.840.10008.1.2.4.10";
  return syntax.starts_with(arc) && syntax.size() > arc.size() && syntax[arc.size()] <= '8';
}

Result<std::string> encapsulated_table(const File& file, const ByteSource& stream, FrameTableHead head) {
  head.frames = TRY(number_of_frames(file.data));
  if (is_video(file.transfer_syntax) && head.frames > 1)
    return fail(ErrorCode::NotSupported, "the frames of a video are not separate", file.transfer_syntax);
  const Fragments fragments = TRY(walk(stream, *file.pixel_data));
  if (fragments.ends.size() == head.frames) return write_down(head, fragments, {});
  const Firsts firsts = TRY(find_firsts(file, stream, fragments, head.frames));
  if (firsts.empty() && !fragments.ends.empty())
    return fail(ErrorCode::DicomMalformed,
                std::to_string(fragments.ends.size()) + " fragments cannot be told apart into " +
                    std::to_string(head.frames) + " frames",
                hex(file.pixel_data->tag));
  return write_down(head, fragments, firsts);
}

Result<std::string> native_table(const File& file, std::uint64_t stream_size, FrameTableHead head) {
  const gateway::model::ImageFormat format = TRY(image_format(file.data));
  const Element* element = file.data.find(file.pixel_data->tag);
  head.frames = format.frames;
  head.start = file.pixel_data->offset;
  head.length = std::min(file.pixel_data->length, stream_size - std::min(stream_size, head.start));
  head.frame_bits = format.frame_bits();
  head.swap_unit = element && element->big_endian ? static_cast<std::uint8_t>(swap_unit(file, *element)) : 1;
  std::string out;
  append(out, head);
  return out;
}

}  // namespace

Result<std::string> make_frame_table(const File& file, const ByteSource& source) {
  if (!file.pixel_data) return fail(ErrorCode::NotFound, "the object has no pixel data");
  FrameTableHead head;
  head.deflated = file.deflated ? 1 : 0;
  head.deflated_at = file.deflated ? file.data_offset : 0;
  if (!file.pixel_data->encapsulated)
    return native_table(file, file.deflated ? file.data_end : source.size(), head);
  if (!file.deflated) return encapsulated_table(file, source, head);
  const auto inflated = TRY(InflatedSource::open(source, file.data_offset, kMaxInflated));
  return encapsulated_table(file, *inflated, head);
}

}  // namespace mappers::dicom
