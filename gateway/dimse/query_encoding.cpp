#include "gateway/dimse/query_encoding.h"

#include <map>

#include "gateway/base/text.h"
#include "gateway/dimse/identifier.h"
#include "mappers/dicom/dictionary.h"
#include "mappers/dicom/json.h"
#include "mappers/dicom/reader.h"
#include "mappers/dicom/text_encoder.h"

namespace gateway::dimse {
namespace {

namespace dicom = mappers::dicom;
using dicom::VR;

constexpr std::uint32_t kCharacterSet = 0x00080005;
constexpr std::uint32_t kLevel = 0x00080052;

std::uint32_t unique_key(model::Level level) {
  constexpr std::uint32_t kKeys[] = {0x00100020, 0x0020000D, 0x0020000E, 0x00080018};
  return kKeys[static_cast<std::size_t>(level)];
}

void put(std::string& out, std::uint64_t number, unsigned count) {
  for (unsigned i = 0; i < count; ++i) out += static_cast<char>(number >> (8 * i) & 0xFF);
}

// Binary numbers in decimal become what the VR asks for; what is no number asks for the attribute only.
std::string wire_value(VR vr, const std::string& value) {
  const auto& traits = dicom::traits(vr);
  if (traits.kind == dicom::VrKind::Items || traits.kind == dicom::VrKind::Binary) return {};
  std::string out;
  if (traits.kind == dicom::VrKind::Unsigned || traits.kind == dicom::VrKind::Signed) {
    for (const std::string_view part : split(value, '\\'))
      if (const auto number = parse_number<std::int64_t>(part))
        put(out, static_cast<std::uint64_t>(*number), traits.unit);
    return out;
  }
  if (traits.kind == dicom::VrKind::Real || traits.kind == dicom::VrKind::Tag) return {};
  out = value;
  if (out.size() % 2) out += vr == VR::UI ? '\0' : ' ';
  return out;
}

// PS3.5 section 7.1.
void put_element(std::string& out, std::uint32_t tag, const std::string& value, bool implicit_vr) {
  const VR vr = dicom::implicit_vr(dicom::make_tag(tag));
  const std::string bytes = wire_value(vr, value);
  put(out, tag >> 16, 2);
  put(out, tag & 0xFFFF, 2);
  if (implicit_vr) {
    put(out, bytes.size(), 4);
  } else {
    out += dicom::name(vr);
    if (dicom::traits(vr).long_length) put(out, 0, 2);
    put(out, bytes.size(), dicom::traits(vr).long_length ? 4 : 2);
  }
  out += bytes;
}

using Keys = std::map<std::uint32_t, std::string>;

void settle_character_set(Keys& keys, std::string_view wanted) {
  const auto encoder = dicom::TextEncoder::make(wanted);
  bool plain = true, fits = encoder.has_value();
  for (const auto& [tag, value] : keys) {
    plain = plain && dicom::is_plain_ascii(value);
    fits = fits && encoder->encode(value).has_value();
  }
  if (plain) return;
  if (fits)
    for (auto& [tag, value] : keys) value = *encoder->encode(value);
  keys[kCharacterSet] = fits ? encoder->term() : "ISO_IR 192";
}

std::string encode(const Keys& keys, bool implicit_vr) {
  std::string out;
  for (const auto& [tag, value] : keys) put_element(out, tag, value, implicit_vr);
  return out;
}

}  // namespace

std::string encode_query(const model::RemoteQuery& query, bool implicit_vr, std::string_view character_set) {
  Keys keys;
  keys[kLevel] = level_name(query.level);
  keys[unique_key(query.level)];
  for (const model::RemoteKey& key : query.keys)
    if (key.tag != kLevel && key.tag != kCharacterSet) keys[key.tag] = key.value;
  settle_character_set(keys, character_set);
  return encode(keys, implicit_vr);
}

std::string encode_retrieve(const model::RemoteId& id, bool implicit_vr) {
  Keys keys;
  const model::Level level = !id.instance_uid.empty() ? model::Level::Instance
                             : !id.series_uid.empty() ? model::Level::Series
                                                      : model::Level::Study;
  keys[kLevel] = level_name(level);
  keys[unique_key(model::Level::Study)] = id.study_uid;
  if (!id.series_uid.empty()) keys[unique_key(model::Level::Series)] = id.series_uid;
  if (!id.instance_uid.empty()) keys[unique_key(model::Level::Instance)] = id.instance_uid;
  return encode(keys, implicit_vr);
}

Result<std::string> json_of_answer(std::string_view data_set, std::string_view transfer_syntax) {
  const std::string bytes = with_file_meta(data_set, transfer_syntax);
  const MemorySource source{std::string_view(bytes)};
  dicom::File file = TRY(dicom::read_file(source));
  std::erase_if(file.data.mutable_elements(), [](const dicom::Element& element) {
    return element.tag.value() == kLevel || element.tag.group == 0x0002;
  });
  dicom::JsonOptions options;
  options.inline_limit = 64 << 10;
  std::string json;
  TRY_VOID(dicom::append_dicom_json(json, file.data, "", options));
  return json;
}

}  // namespace gateway::dimse
