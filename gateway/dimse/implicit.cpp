#include "gateway/dimse/implicit.h"

#include "gateway/base/owned_bytes.h"
#include "mappers/dicom/element_header.h"
#include "mappers/dicom/joined_source.h"

namespace gateway::dimse {
namespace {

namespace dicom = mappers::dicom;

class Encoder {
 public:
  explicit Encoder(std::shared_ptr<const ByteSource> source)
      : source_(std::move(source)), joined_(std::make_shared<dicom::JoinedSource>()) {}

  Result<std::shared_ptr<const ByteSource>> encode(const dicom::DataSet& data) {
    TRY_VOID(data_set(data));
    flush();
    return std::shared_ptr<const ByteSource>(joined_);
  }

 private:
  void put(std::uint32_t number, unsigned count) {
    for (unsigned i = 0; i < count; ++i) text_ += static_cast<char>(number >> (8 * i) & 0xFF);
  }

  // PS3.5 section 7.1.3.
  void header(dicom::Tag tag, std::uint32_t length) {
    put(tag.group, 2);
    put(tag.element, 2);
    put(length, 4);
  }

  void flush() {
    if (!text_.empty()) joined_->add(std::move(text_));
    text_.clear();
  }

  // Recursion is as deep as the reader let the sequences be.
  Result<void> data_set(const dicom::DataSet& data) {
    for (const dicom::Element& element : data.elements()) {
      if (element.tag.is_group_length() || element.tag.group == 0x0002) continue;
      if (element.vr == dicom::VR::SQ) {
        TRY_VOID(sequence(element));
        continue;
      }
      if (element.undefined_length || element.big_endian)
        return fail(ErrorCode::NotSupported, "compressed or big endian data cannot be sent as implicit VR",
                    dicom::hex(element.tag));
      value(element);
    }
    return {};
  }

  Result<void> sequence(const dicom::Element& element) {
    header(element.tag, dicom::kUndefinedLength);
    for (const dicom::DataSet& item : element.items) {
      header(dicom::tags::kItem, dicom::kUndefinedLength);
      TRY_VOID(data_set(item));
      header(dicom::tags::kItemDelimitation, 0);
    }
    header(dicom::tags::kSequenceDelimitation, 0);
    return {};
  }

  void value(const dicom::Element& element) {
    const std::uint64_t length = element.by_reference ? element.length : element.bytes.size();
    header(element.tag, static_cast<std::uint32_t>(length + length % 2));
    if (element.by_reference) {
      flush();
      joined_->add(std::make_shared<OwnedPart>(source_, element.offset, element.length));
    } else {
      text_ += element.raw();
    }
    if (length % 2) text_ += dicom::traits(element.vr).kind == dicom::VrKind::Text ? ' ' : '\0';
  }

  std::shared_ptr<const ByteSource> source_;
  std::shared_ptr<dicom::JoinedSource> joined_;
  std::string text_;
};

}  // namespace

Result<std::shared_ptr<const ByteSource>> implicit_data_set(const dicom::File& file,
                                                            const std::shared_ptr<const ByteSource>& source) {
  if (file.big_endian || file.deflated)
    return fail(ErrorCode::NotSupported, "big endian or deflated data cannot be sent as implicit VR");
  return Encoder(source).encode(file.data);
}

}  // namespace gateway::dimse
