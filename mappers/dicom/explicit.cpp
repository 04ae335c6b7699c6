#include "mappers/dicom/explicit.h"

#include <algorithm>
#include <memory>

#include "mappers/dicom/element_header.h"
#include "mappers/dicom/inflate.h"
#include "mappers/dicom/transfer_syntax.h"
#include "mappers/dicom/writer.h"

namespace mappers::dicom {
namespace {

using gateway::ByteSource;
using gateway::ErrorCode;
using gateway::fail;
using gateway::Result;

constexpr std::uint64_t kMaxCopied = 256ull << 20;
constexpr Tag kBitsAllocated = make_tag(0x00280100);
constexpr Tag kImplementationClass = make_tag(0x00020012);
constexpr Tag kImplementationVersion = make_tag(0x00020013);

class Encoder {
 public:
  Encoder(const File& file, const ByteSource& source, const ByteSource& stream,
          const ReencodeOptions& options = {})
      : file_(file), stream_(stream), ranges_allowed_(&source == &stream), options_(options) {}

  Result<Reencoded> encode() {
    result_.transfer_syntax =
        options_.transfer_syntax.empty() ? web_transfer_syntax(file_) : options_.transfer_syntax;
    file_meta();
    TRY(data_set(file_.data, true));
    if (options_.without_pixel_data && !passed_pixel_data_) leave_room();
    flush();
    return std::move(result_);
  }

 private:
  void put16(std::uint32_t value) {
    text_ += static_cast<char>(value & 0xFF);
    text_ += static_cast<char>(value >> 8 & 0xFF);
  }

  void put32(std::uint32_t value) {
    put16(value & 0xFFFF);
    put16(value >> 16);
  }

  void put_tag(Tag tag) {
    put16(tag.group);
    put16(tag.element);
  }

  // PS3.5 section 7.1.2. What does not fit a short length goes out as UN (section 6.2.2).
  void put_header(Tag tag, VR vr, std::uint32_t length) {
    if (!traits(vr).long_length && length > 0xFFFE) vr = VR::UN;
    put_tag(tag);
    text_ += name(vr);
    if (traits(vr).long_length) {
      put16(0);
      put32(length);
    } else {
      put16(length);
    }
  }

  // PS3.10 section 7.1. What the file has is kept; what it lacks comes from the data set.
  void file_meta() {
    for (const Element& element : file_.meta.elements()) {
      if (element.tag <= kImplementationVersion || element.by_reference) continue;
      put_header(element.tag, element.vr, static_cast<std::uint32_t>(element.bytes.size()));
      text_ += element.raw();
    }
    const std::string sop_class = file_.data.text(tags::kSopClassUid);
    const std::string sop_instance = file_.data.text(tags::kSopInstanceUid);
    const std::string implementation = file_.meta.text(kImplementationClass);
    const std::string version = file_.meta.text(kImplementationVersion);
    text_ =
        encode_file_meta({sop_class, sop_instance, result_.transfer_syntax, implementation, version, text_});
  }

  // Recursion is as deep as the reader let the sequences be.
  Result<void> data_set(const DataSet& data, bool top = false) {
    for (const Element& element : data.elements()) {
      if (top && options_.without_pixel_data) {
        if (!passed_pixel_data_ && element.tag >= tags::kFloatPixelData) leave_room();
        if (is_pixel_data(element.tag)) continue;
      }
      if (element.tag.is_group_length() || element.tag.group == 0x0002) continue;
      if (element.vr == VR::SQ) {
        TRY(sequence(element));
      } else if (element.undefined_length) {
        TRY(encapsulated(element));
      } else {
        TRY(value(element));
      }
    }
    return {};
  }

  void leave_room() {
    flush();
    result_.pixel_data = result_.pieces.size();
    passed_pixel_data_ = true;
  }

  Result<void> sequence(const Element& element) {
    put_header(element.tag, VR::SQ, kUndefinedLength);
    for (const DataSet& item : element.items) {
      put_tag(tags::kItem);
      put32(kUndefinedLength);
      TRY(data_set(item));
      put_tag(tags::kItemDelimitation);
      put32(0);
    }
    put_tag(tags::kSequenceDelimitation);
    put32(0);
    return {};
  }

  Result<void> encapsulated(const Element& element) {
    put_header(element.tag, element.vr, kUndefinedLength);
    return from_stream(element, 1);
  }

  Result<void> value(const Element& element) {
    const std::uint64_t length = element.by_reference ? element.length : element.bytes.size();
    if (length + length % 2 >= kUndefinedLength)
      return fail(ErrorCode::DicomMalformed, "a value is too long for its length field", hex(element.tag));
    put_header(element.tag, element.vr, static_cast<std::uint32_t>(length + length % 2));
    const std::size_t unit = element.big_endian ? swap_unit(file_, element) : 1;
    if (element.by_reference) {
      TRY(from_stream(element, unit));
    } else {
      const std::size_t start = text_.size();
      text_ += element.raw();
      swap(start, unit);
    }
    if (length % 2) text_ += traits(element.vr).kind == VrKind::Text ? ' ' : '\0';
    return {};
  }

  void swap(std::size_t start, std::size_t unit) {
    if (unit == 1) return;
    for (std::size_t i = start; i + unit <= text_.size(); i += unit)
      std::reverse(text_.begin() + static_cast<std::ptrdiff_t>(i),
                   text_.begin() + static_cast<std::ptrdiff_t>(i + unit));
  }

  Result<void> from_stream(const Element& element, std::size_t unit) {
    if (ranges_allowed_ && (unit == 1 || options_.large_in_place)) {
      flush();
      result_.pieces.emplace_back(
          SourceRange{element.offset, element.length, static_cast<std::uint8_t>(unit)});
      result_.size += element.length;
      return {};
    }
    copied_ += element.length;
    if (copied_ > kMaxCopied)
      return fail(ErrorCode::NotSupported, "too much would have to be re-encoded in memory",
                  hex(element.tag));
    const std::size_t start = text_.size();
    text_.resize(start + element.length);
    const auto into = std::as_writable_bytes(std::span(text_)).subspan(start);
    if (TRY(stream_.read_at(element.offset, into)) != element.length)
      return fail(ErrorCode::DicomTruncated, "a value ends early", hex(element.tag));
    swap(start, unit);
    return {};
  }

  void flush() {
    if (text_.empty()) return;
    result_.size += text_.size();
    result_.pieces.emplace_back(std::move(text_));
    text_.clear();
  }

  const File& file_;
  const ByteSource& stream_;
  const bool ranges_allowed_;  // the stream is the source itself, not its inflated form
  std::string text_;
  const ReencodeOptions options_;
  bool passed_pixel_data_ = false;
  std::uint64_t copied_ = 0;
  Reencoded result_;
};

}  // namespace

// Pixels of 32 and 64 bits swap as a whole although their VR is OW.
std::size_t swap_unit(const File& file, const Element& element) {
  if (element.vr == VR::AT) return 2;  // a pair of 16-bit numbers
  const std::size_t unit = traits(element.vr).unit;
  if (element.tag != tags::kPixelData || element.vr != VR::OW) return unit;
  const auto bits = static_cast<std::size_t>(file.data.integer(kBitsAllocated).value_or(16));
  return bits == 32 || bits == 64 ? bits / 8 : unit;
}

Result<Reencoded> reencode(const File& file, const ByteSource& stream, const ReencodeOptions& options) {
  if (file.truncated)
    return fail(ErrorCode::DicomTruncated, "the object ends early", "byte " + std::to_string(file.data_end));
  return Encoder(file, stream, stream, options).encode();
}

Result<Reencoded> to_explicit_little_endian(const File& file, const ByteSource& source) {
  if (file.truncated)
    return fail(ErrorCode::DicomTruncated, "the object ends early", "byte " + std::to_string(file.data_end));
  if (!file.deflated) return Encoder(file, source, source).encode();
  const auto inflated = TRY(InflatedSource::open(source, file.data_offset, kMaxCopied));
  return Encoder(file, source, *inflated).encode();
}

}  // namespace mappers::dicom
