#include "mappers/dicom/frame_table.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "mappers/dicom/inflate.h"

namespace mappers::dicom {

using gateway::ByteSource;
using gateway::ErrorCode;
using gateway::fail;
using gateway::Result;

namespace {

constexpr std::uint64_t kItemHeader = 8;
constexpr std::uint64_t kMaxInflated = 256ull << 20;
constexpr std::uint64_t kMostBytes = 1ull << 60;  // so that bits can be counted

gateway::Error damaged() { return fail(ErrorCode::Internal, "a stored frame table is damaged"); }

gateway::Error absent(std::uint64_t index) {
  return fail(ErrorCode::DicomTruncated, "the object ends before this frame",
              "frame " + std::to_string(index + 1));
}

// Moves `bits` bits that begin behind `first` bits to the front (PS3.5 section 8.2: the first pixel is the
// least significant bit) and clears what is left of the last byte.
void shift_down(std::string& bytes, unsigned first, std::uint64_t bits) {
  bytes.erase(0, first / 8);
  first %= 8;
  if (first != 0) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const unsigned low = static_cast<unsigned char>(bytes[i]);
      const unsigned high = i + 1 < bytes.size() ? static_cast<unsigned char>(bytes[i + 1]) : 0;
      bytes[i] = static_cast<char>((low | high << 8) >> first & 0xFF);
    }
  }
  bytes.resize((bits + 7) / 8);
  if (bits % 8 != 0) bytes.back() = static_cast<char>(bytes.back() & ((1 << (bits % 8)) - 1));
}

void swap_units(std::string& bytes, std::size_t unit) {
  for (std::size_t i = 0; i + unit <= bytes.size(); i += unit)
    std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(i),
                 bytes.begin() + static_cast<std::ptrdiff_t>(i + unit));
}

}  // namespace

std::uint64_t FrameLocation::range_bytes() const {
  std::uint64_t bytes = 0;
  for (const SourceRange& range : ranges) bytes += range.length;
  return bytes;
}

Result<FrameTable> FrameTable::open(const ByteSource& encoded) {
  FrameTable table(encoded);
  const auto into = std::as_writable_bytes(std::span(&table.head_, 1));
  if (TRY(encoded.read_at(0, into)) != into.size()) return damaged();
  const FrameTableHead& head = table.head_;
  const bool known = std::memcmp(head.mark, FrameTableHead().mark, sizeof head.mark) == 0;
  const bool widths = (head.offset_width == 4 || head.offset_width == 8) &&
                      std::has_single_bit(head.swap_unit) && head.swap_unit <= 8;
  const std::uint64_t most = head.encapsulated != 0 ? encoded.size() / 4 : kMostBytes;
  if (!known || !widths || head.length > most || head.frame_bits > kMostBytes) return damaged();
  return table;
}

Result<FrameLocation> FrameTable::frame(std::uint64_t index) const {
  if (index >= head_.frames)
    return fail(ErrorCode::NotFound, "the object has " + std::to_string(head_.frames) + " frames",
                "frame " + std::to_string(index + 1));
  FrameLocation location = TRY(head_.encapsulated != 0 ? encapsulated_frame(index) : native_frame(index));
  location.encapsulated = head_.encapsulated != 0;
  location.deflated = head_.deflated != 0;
  location.deflated_at = head_.deflated_at;
  return location;
}

// PS3.5 section 8.2: native frames follow each other without a gap, not even to fill a byte.
Result<FrameLocation> FrameTable::native_frame(std::uint64_t index) const {
  const std::uint64_t bits = head_.frame_bits;
  if (bits == 0 || bits > head_.length * 8 || index > (head_.length * 8 - bits) / bits) return absent(index);
  const std::uint64_t unit = head_.swap_unit;
  const std::uint64_t first = index * bits;
  const std::uint64_t from = first / 8 / unit * unit;
  const std::uint64_t to = std::min(head_.length, ((first + bits + 7) / 8 + unit - 1) / unit * unit);
  FrameLocation location;
  location.ranges.push_back({head_.start + from, to - from});
  location.bits = bits;
  location.first_bit = static_cast<std::uint8_t>(first - from * 8);
  location.swap_unit = head_.swap_unit;
  return location;
}

Result<std::vector<std::uint64_t>> FrameTable::numbers(std::uint64_t at, std::uint64_t from,
                                                       std::uint64_t count, std::uint8_t width) const {
  const std::uint64_t begin = at + from * width;
  if (begin > encoded_->size() || count > (encoded_->size() - begin) / width) return damaged();
  std::vector<std::byte> bytes(count * width);
  if (TRY(encoded_->read_at(begin, bytes)) != bytes.size()) return damaged();
  std::vector<std::uint64_t> list(count);
  for (std::uint64_t i = 0; i < count; ++i) std::memcpy(&list[i], &bytes[i * width], width);
  return list;
}

// PS3.5 section A.4: the fragments of a frame are items that follow each other.
Result<FrameLocation> FrameTable::encapsulated_frame(std::uint64_t index) const {
  const std::uint64_t fragments = head_.length, width = head_.offset_width;
  std::uint64_t from = index, to = index + 1;
  if (head_.frames_found != 0) {
    if (index >= head_.frames_found) return absent(index);
    const std::uint64_t list = sizeof head_ + fragments * width;
    const auto firsts = TRY(numbers(list, index, 2, kFirstFragmentWidth));
    from = firsts[0];
    to = firsts[1];
  }
  if (to > fragments || from >= to) return absent(index);
  const std::uint64_t before = from == 0 ? 0 : 1;
  auto ends = TRY(numbers(sizeof head_, from - before, to - from + before, head_.offset_width));
  if (before == 0) ends.insert(ends.begin(), 0);
  FrameLocation location;
  for (std::size_t i = 1; i < ends.size(); ++i) {
    if (ends[i] < ends[i - 1] + kItemHeader) return damaged();
    const std::uint64_t length = ends[i] - ends[i - 1] - kItemHeader;
    if (length > 0) location.ranges.push_back({head_.start + ends[i - 1] + kItemHeader, length});
  }
  if (location.ranges.empty()) return absent(index);
  return location;
}

Result<std::string> read_frame(const ByteSource& source, const FrameLocation& location,
                               std::uint64_t max_bytes) {
  const std::uint64_t size = location.range_bytes();
  if (size > max_bytes)
    return fail(ErrorCode::DicomLimit,
                "a frame of " + std::to_string(size) + " bytes is larger than allowed");
  std::unique_ptr<InflatedSource> inflated;
  if (location.deflated) inflated = TRY(InflatedSource::open(source, location.deflated_at, kMaxInflated));
  const ByteSource& stream = inflated ? static_cast<const ByteSource&>(*inflated) : source;
  for (const SourceRange& range : location.ranges) {
    if (range.offset > stream.size() || range.length > stream.size() - range.offset)
      return fail(ErrorCode::DicomTruncated, "the object ends within a frame");
  }
  std::string bytes(size, '\0');
  auto into = std::as_writable_bytes(std::span(bytes));
  for (const SourceRange& range : location.ranges) {
    if (TRY(stream.read_at(range.offset, into.first(range.length))) != range.length)
      return fail(ErrorCode::DicomTruncated, "the object ends within a frame");
    into = into.subspan(range.length);
  }
  if (location.swap_unit > 1) swap_units(bytes, location.swap_unit);
  if (location.bits != 0) shift_down(bytes, location.first_bit, location.bits);
  return bytes;
}

}  // namespace mappers::dicom
