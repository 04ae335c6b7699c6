#include "gateway/dicomweb/bulk_value.h"

#include "gateway/dicomweb/web_syntax.h"
#include "mappers/dicom/frame_table.h"
#include "mappers/dicom/json.h"

namespace gateway::dicomweb {
namespace {

using mappers::dicom::DataSet;
using mappers::dicom::Element;
using mappers::dicom::SourceRange;

constexpr std::uint64_t kItemHeader = 8;
constexpr std::size_t kMaxFragments = 1'000'000;

std::uint32_t little32(const std::array<std::byte, 8>& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | std::to_integer<std::uint32_t>(bytes[at + i]);
  return value;
}

// The fragments behind the offset table, joined (PS3.5 section A.4).
Result<std::vector<http::Piece>> joined_fragments(const OpenObject& object, const Element& element) {
  std::vector<http::Piece> pieces;
  std::uint64_t at = element.offset;
  const std::uint64_t end = element.offset + element.length;
  for (std::size_t item = 0; at + kItemHeader <= end; ++item) {
    std::array<std::byte, kItemHeader> header{};
    if (TRY(object.stream().read_at(at, header)) != header.size()) break;
    const std::uint64_t length = little32(header, 4);
    at += kItemHeader;
    if (little32(header, 0) != 0xE000FFFE || length > end - at) break;
    if (item > kMaxFragments) return fail(ErrorCode::DicomLimit, "too many fragments");
    if (item > 0) object.append_range(pieces, {at, length});
    at += length;
  }
  return pieces;
}

// The frames of the pixel data as they are stored.
Result<std::vector<BulkPart>> frame_parts(const OpenObject& object, std::string_view url) {
  const std::string encoded = TRY(mappers::dicom::make_frame_table(object.file(), object.stream()));
  const MemorySource source{std::string_view(encoded)};
  const auto table = TRY(mappers::dicom::FrameTable::open(source));
  std::vector<BulkPart> parts;
  for (std::uint64_t i = 0; i < table.size(); ++i) {
    BulkPart part{std::string(frame_type_of(object.syntax())),
                  object.syntax(),
                  std::string(url) + "/frames/" + std::to_string(i + 1),
                  {}};
    for (const SourceRange& range : TRY(table.frame(i)).ranges) object.append_range(part.content, range);
    parts.push_back(std::move(part));
  }
  return parts;
}

Result<std::vector<BulkPart>> encapsulated_parts(const OpenObject& object, const Element& element,
                                                 std::string_view url, const std::string& location) {
  const auto& pixels = object.file().pixel_data;
  if (pixels && pixels->offset == element.offset)
    if (auto frames = frame_parts(object, url)) return frames;
  std::vector<BulkPart> parts;
  parts.push_back({std::string(frame_type_of(object.syntax())), object.syntax(), location,
                   TRY(joined_fragments(object, element))});
  return parts;
}

Result<std::vector<BulkPart>> parts_of(const OpenObject& object, const Element& element, std::string_view url,
                                       std::string_view path) {
  const std::string location = std::string(url) + "/bulkdata" + std::string(path);
  if (element.undefined_length) return encapsulated_parts(object, element, url, location);
  const std::size_t unit = element.big_endian ? mappers::dicom::swap_unit(object.file(), element) : 1;
  std::vector<BulkPart> parts(1);
  parts[0].type = kOctets;
  parts[0].location = location;
  object.append_range(parts[0].content, {element.offset, element.length, static_cast<std::uint8_t>(unit)});
  return parts;
}

// As mappers/dicom/json.h decides it.
bool is_bulk(const Element& element) {
  if (element.vr == mappers::dicom::VR::SQ || element.empty()) return false;
  const bool binary = mappers::dicom::traits(element.vr).kind == mappers::dicom::VrKind::Binary;
  return element.by_reference || (binary && (element.length > mappers::dicom::JsonOptions{}.inline_limit ||
                                             mappers::dicom::is_pixel_data(element.tag)));
}

class Collector {
 public:
  Collector(const OpenObject& object, std::string_view url) : object_(object), url_(url) {}

  // Recursion is as deep as the reader let the sequences be.
  Result<void> walk(const DataSet& data) {
    for (const Element& element : data.elements()) {
      const std::size_t length = path_.size();
      path_ += '/' + hex(element.tag);
      if (is_bulk(element)) TRY_VOID(take(element, path_));
      for (std::size_t i = 0; i < element.items.size(); ++i) {
        const std::size_t item = path_.size();
        path_ += '/' + std::to_string(i);
        TRY_VOID(walk(element.items[i]));
        path_.resize(item);
      }
      path_.resize(length);
    }
    return {};
  }

  Result<void> take(const Element& element, std::string_view path) {
    for (BulkPart& part : TRY(parts_of(object_, element, url_, path))) parts_.push_back(std::move(part));
    return {};
  }

  std::vector<BulkPart> parts() { return std::move(parts_); }

 private:
  const OpenObject& object_;
  const std::string_view url_;
  std::string path_;
  std::vector<BulkPart> parts_;
};

}  // namespace

std::uint64_t BulkPart::size() const {
  std::uint64_t size = 0;
  for (const http::Piece& piece : content) size += http::size_of(piece);
  return size;
}

Result<std::vector<BulkPart>> bulk_parts(const OpenObject& object, const std::vector<std::uint32_t>& path,
                                         std::string_view url) {
  const Element* element = object.file().data.at(path);
  if (!element || element->vr == mappers::dicom::VR::SQ)
    return fail(ErrorCode::NotFound, "the instance has no such bulk data");
  std::string text;
  for (std::size_t i = 0; i < path.size(); ++i)
    text += '/' + (i % 2 ? std::to_string(path[i]) : hex(mappers::dicom::make_tag(path[i])));
  return parts_of(object, *element, url, text);
}

Result<std::vector<BulkPart>> all_bulk_parts(const OpenObject& object, BulkChoice choice,
                                             std::string_view url) {
  Collector collector(object, url);
  if (choice == BulkChoice::All) {
    TRY_VOID(collector.walk(object.file().data));
  } else {
    for (const Element& element : object.file().data.elements())
      if (mappers::dicom::is_pixel_data(element.tag))
        TRY_VOID(collector.take(element, '/' + hex(element.tag)));
  }
  return collector.parts();
}

}  // namespace gateway::dicomweb
