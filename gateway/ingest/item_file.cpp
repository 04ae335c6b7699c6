#include "gateway/ingest/item_file.h"

#include <cstring>

#include "mappers/dicom/json_encode.h"

namespace gateway::ingest {
namespace {

namespace dicom = mappers::dicom;
using dicom::make_tag;
using dicom::Tag;

constexpr std::uint64_t kMaxMetadata = 32 << 20;
constexpr Tag kAccessionNumber = make_tag(0x00080050);
constexpr Tag kAccessionIssuer = make_tag(0x00080051);
constexpr Tag kPatientIssuer = make_tag(0x00100021);
constexpr Tag kLocalNamespace = make_tag(0x00400031);

Result<std::string> whole_text(const ByteSource& source) {
  if (source.size() > kMaxMetadata)
    return fail(ErrorCode::DicomLimit, "the metadata are larger than allowed");
  std::string text(source.size(), '\0');
  const std::size_t got = TRY(source.read_at(0, std::as_writable_bytes(std::span(text))));
  if (got != text.size()) return fail(ErrorCode::TruncatedBody, "the metadata ended while they were read");
  return text;
}

// A value that is elsewhere stays a reference, so that what is rendered says where to ask for it.
void mark_bulk(const Value& json, dicom::DataSet& data) {
  for (dicom::Element& element : data.mutable_elements()) {
    const Value* member = json.find(dicom::hex(element.tag));
    if (!member) continue;
    if (member->find("BulkDataURI")) {
      element.by_reference = true;
      element.bytes = {};
      element.length = UINT32_MAX;
      continue;
    }
    const Value* values = member->find("Value");
    const Value::List* items = values ? values->as_list() : nullptr;
    for (std::size_t i = 0; items && i < std::min(items->size(), element.items.size()); ++i)
      mark_bulk((*items)[i], element.items[i]);
  }
}

Result<ItemFile> from_json(const model::IngestItem& item) {
  const std::string text = TRY(whole_text(*item.source));
  const auto objects = TRY(dicom::parse_dicom_json(text));
  if (objects.size() != 1) return fail(ErrorCode::InvalidBody, "metadata of one object were to be expected");
  dicom::MetadataFile read = TRY(dicom::file_of_metadata(objects.front(), item.remote->transfer_syntax));
  mark_bulk(objects.front(), read.file.data);
  return ItemFile{std::move(read.bytes), std::move(read.file)};
}

ByteSpan keep(dicom::File& file, std::string_view text) {
  auto& buffer = file.buffers.emplace_back(std::make_unique<std::byte[]>(text.size() + 1));
  std::memcpy(buffer.get(), text.data(), text.size());
  if (text.size() % 2) buffer[text.size()] = std::byte{' '};
  return {buffer.get(), (text.size() + 1) / 2 * 2};
}

dicom::Element text_element(dicom::File& file, Tag tag, dicom::VR vr, std::string_view text) {
  dicom::Element element;
  element.tag = tag;
  element.vr = vr;
  element.bytes = keep(file, text);
  element.length = element.bytes.size();
  return element;
}

bool is_absent(const dicom::DataSet& data, Tag tag) {
  const dicom::Element* element = data.find(tag);
  return !element || element->empty();
}

void put(dicom::File& file, dicom::Element element) {
  file.data.mutable_elements().push_back(std::move(element));
  file.data.put_in_order();
}

}  // namespace

void apply_identity(const model::RemoteIdentity& identity, dicom::File& file) {
  const dicom::Element* id = file.data.find(dicom::tags::kPatientId);
  const std::string raw(id ? dicom::trim_padding(id->raw(), dicom::VR::LO) : std::string_view());
  if (!raw.empty() && !identity.patient_prefix.empty())
    put(file, text_element(file, dicom::tags::kPatientId, dicom::VR::LO, identity.patient_prefix + raw));
  if (!raw.empty() && !identity.patient_issuer.empty() && is_absent(file.data, kPatientIssuer))
    put(file, text_element(file, kPatientIssuer, dicom::VR::LO, identity.patient_issuer));
  if (identity.accession_issuer.empty() || is_absent(file.data, kAccessionNumber) ||
      !is_absent(file.data, kAccessionIssuer))
    return;
  dicom::Element issuer;
  issuer.tag = kAccessionIssuer;
  issuer.vr = dicom::VR::SQ;
  issuer.items.emplace_back().set_character_set(file.data.character_set());
  issuer.items.front().mutable_elements().push_back(
      text_element(file, kLocalNamespace, dicom::VR::UT, identity.accession_issuer));
  put(file, std::move(issuer));
}

Result<ItemFile> read_item(const model::IngestItem& item) {
  ItemFile read;
  if (item.remote && item.remote->json_only)
    read = TRY(from_json(item));
  else
    read.file = TRY(dicom::read_file(*item.source));
  if (item.remote) apply_identity(item.remote->identity, read.file);
  return read;
}

}  // namespace gateway::ingest
