#include "mappers/dicom/new_pixels.h"

#include <algorithm>
#include <cstring>

#include "mappers/dicom/element_header.h"
#include "mappers/dicom/writer.h"

namespace mappers::dicom {
namespace {

using gateway::ErrorCode;
using gateway::fail;
using gateway::Result;
using gateway::model::ImageFormat;

constexpr std::uint64_t kItemHeader = 8;

void append16(std::string& out, std::uint32_t value) {
  out += static_cast<char>(value & 0xFF);
  out += static_cast<char>(value >> 8 & 0xFF);
}

void append32(std::string& out, std::uint32_t value) {
  append16(out, value & 0xFFFF);
  append16(out, value >> 16);
}

void append_tag(std::string& out, Tag tag) {
  append16(out, tag.group);
  append16(out, tag.element);
}

// Puts a value, which the file keeps, in the place of the one that is there.
void put(File& file, Tag tag, VR vr, std::string value) {
  if (value.size() % 2) value += vr == VR::CS || vr == VR::DS ? ' ' : '\0';
  auto bytes = std::make_unique<std::byte[]>(std::max<std::size_t>(value.size(), 1));
  std::memcpy(bytes.get(), value.data(), value.size());
  Element element;
  element.tag = tag;
  element.vr = vr;
  element.length = value.size();
  element.bytes = {bytes.get(), value.size()};
  file.buffers.push_back(std::move(bytes));
  auto& elements = file.data.mutable_elements();
  const auto place =
      std::ranges::lower_bound(elements, tag, {}, [](const Element& other) { return other.tag; });
  if (place != elements.end() && place->tag == tag)
    *place = std::move(element);
  else
    elements.insert(place, std::move(element));
}

void remove(File& file, Tag tag) {
  std::erase_if(file.data.mutable_elements(), [tag](const Element& element) { return element.tag == tag; });
}

void put_number(File& file, std::uint32_t tag, std::uint32_t value) {
  std::string bytes;
  append16(bytes, value);
  put(file, make_tag(tag), VR::US, std::move(bytes));
}

// Adds a value behind those that are there.
void append_value(File& file, Tag tag, VR vr, const std::string& value) {
  std::string all;
  for (const std::string& one : file.data.texts(tag)) all += one + '\\';
  put(file, tag, vr, all + value);
}

// PS3.3 C.7.6.1.1.5.2: defined terms of (0028,2114).
std::string method_of(std::string_view syntax) {
  if (syntax == "1.2.840.10008.1.2.4.81") return "ISO_14495_1";
  if (syntax == "1.2.840.10008.1.2.4.91") return "ISO_15444_1";
  if (syntax == "1.2.840.10008.1.2.4.203") return "ISO_15444_15";
  return "ISO_10918_1";
}

void state_loss(File& file, const NewPixels& pixels, std::uint64_t frames) {
  const std::uint64_t native = pixels.format.frame_bytes() * frames;
  put(file, make_tag(0x00282110), VR::CS, "01");
  append_value(file, make_tag(0x00282112), VR::DS,
               decimal_text(static_cast<double>(native) /
                            static_cast<double>(std::max<std::uint64_t>(pixels.bytes, 1))));
  append_value(file, make_tag(0x00282114), VR::CS, method_of(pixels.transfer_syntax));
}

void describe(File& file, const ImageFormat& format) {
  put_number(file, 0x00280002, format.samples_per_pixel);
  put(file, make_tag(0x00280004), VR::CS, format.photometric);
  if (format.samples_per_pixel > 1)
    put_number(file, 0x00280006, format.planar ? 1 : 0);
  else
    remove(file, make_tag(0x00280006));
  put_number(file, 0x00280010, format.rows);
  put_number(file, 0x00280011, format.columns);
  put_number(file, 0x00280100, format.bits_allocated);
  put_number(file, 0x00280101, format.bits_stored);
  put_number(file, 0x00280102, format.high_bit);
  put_number(file, 0x00280103, format.is_signed ? 1 : 0);
}

void append_pixel_header(std::string& out, VR vr, std::uint32_t length) {
  append_tag(out, tags::kPixelData);
  out += name(vr);
  append16(out, 0);
  append32(out, length);
}

// PS3.5 section A.4: offsets of frames, as far as they fit 32 bits; an empty table says nothing.
void append_offset_table(std::string& out, const std::vector<std::uint64_t>& frames) {
  std::string table;
  std::uint64_t at = 0;
  for (const std::uint64_t length : frames) {
    append32(table, static_cast<std::uint32_t>(at));
    at += kItemHeader + length;
  }
  if (at >= kUndefinedLength || table.size() >= kUndefinedLength) table.clear();
  out += item_header(table.size()) + table;
}

}  // namespace

std::string item_header(std::uint64_t length) {
  std::string header;
  append_tag(header, tags::kItem);
  append32(header, static_cast<std::uint32_t>(length));
  return header;
}

Result<Envelope> envelope_of(File& file, const gateway::ByteSource& stream, const NewPixels& pixels) {
  if (!pixels.encapsulated && pixels.bytes + 1 >= kUndefinedLength)
    return fail(ErrorCode::NotSupported, "the pixels do not fit the length field of an uncompressed object");
  const std::uint64_t frames =
      std::max<std::uint64_t>(1, pixels.encapsulated ? pixels.frames.size() : pixels.format.frames);
  describe(file, pixels.format);
  if (pixels.lossy) state_loss(file, pixels, frames);
  for (const std::uint32_t tag : {0x7FE00001u, 0x7FE00002u, 0x7FE00003u}) remove(file, make_tag(tag));
  ReencodeOptions options;
  options.large_in_place = options.without_pixel_data = true;
  options.transfer_syntax = pixels.transfer_syntax;
  Reencoded all = TRY(reencode(file, stream, options));
  const auto middle = all.pieces.begin() + static_cast<std::ptrdiff_t>(all.pixel_data);
  Envelope envelope;
  envelope.before.assign(std::make_move_iterator(all.pieces.begin()), std::make_move_iterator(middle));
  std::string header, end;
  if (pixels.encapsulated) {
    append_pixel_header(header, VR::OB, kUndefinedLength);
    append_offset_table(header, pixels.frames);
    append_tag(end, tags::kSequenceDelimitation);
    append32(end, 0);
  } else {
    const VR vr = pixels.format.bits_allocated > 8 ? VR::OW : VR::OB;
    append_pixel_header(header, vr, static_cast<std::uint32_t>(pixels.bytes + pixels.bytes % 2));
    if (pixels.bytes % 2) end.push_back('\0');
  }
  envelope.before.emplace_back(std::move(header));
  if (!end.empty()) envelope.after.emplace_back(std::move(end));
  envelope.after.insert(envelope.after.end(), std::make_move_iterator(middle),
                        std::make_move_iterator(all.pieces.end()));
  return envelope;
}

}  // namespace mappers::dicom
