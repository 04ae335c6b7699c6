#include "gateway/dimse/identifier.h"

#include <algorithm>

#include "mappers/dicom/dictionary.h"
#include "mappers/dicom/reader.h"
#include "mappers/dicom/writer.h"

namespace gateway::dimse {
namespace {

namespace dicom = mappers::dicom;
using dicom::Tag;

constexpr Tag kLevel = dicom::make_tag(0x00080052);
constexpr Tag kRetrieveTitle = dicom::make_tag(0x00080054);
constexpr Tag kTimezone = dicom::make_tag(0x00080201);
constexpr std::size_t kMaxKeys = 256;
constexpr model::Level kLevels[] = {model::Level::Subject, model::Level::Study, model::Level::Series,
                                    model::Level::Instance};

std::string joined(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : "\\") + value;
  return text;
}

// PS3.4 section C.2.2.2: what the value asks for, at the end of `path`.
Result<void> add_key(Identifier& identifier, dicom::TagPath path, const dicom::Element& element,
                     const dicom::CharacterSet& set) {
  if (element.empty() || element.by_reference) return {};
  const std::string value = joined(dicom::element_texts(element, set));
  if (value.empty()) return {};
  if (dicom::traits(element.vr).kind == dicom::VrKind::Binary) {
    identifier.unmatched.push_back(dicom::path_text(path));
    return {};
  }
  dicom::MatchKey key = TRY(dicom::parse_key(path, value));
  if (key.universal()) return {};
  if (identifier.keys.size() >= kMaxKeys) return fail(ErrorCode::DicomLimit, "the query has too many keys");
  identifier.keys.push_back(std::move(key));
  return {};
}

// A sequence is matched by the keys in its one item (C.2.2.2.6).
Result<void> add_keys(Identifier& identifier, const dicom::DataSet& data, const dicom::TagPath& above) {
  for (const dicom::Element& element : data.elements()) {
    const Tag tag = element.tag;
    if (tag.is_group_length() || tag.group == 0x0002) continue;
    if (tag == dicom::tags::kSpecificCharacterSet || tag == kLevel || tag == kRetrieveTitle ||
        tag == kTimezone)
      continue;
    dicom::TagPath path = above;
    path.push_back(tag);
    if (element.vr != dicom::VR::SQ) {
      auto added = add_key(identifier, path, element, data.character_set());
      if (!added && added.error().code != ErrorCode::InvalidParameter) return added;
      if (!added) return fail(ErrorCode::InvalidParameter, added.error().message, dicom::path_text(path));
    } else if (!element.items.empty()) {
      TRY_VOID(add_keys(identifier, element.items.front(), path));
    }
  }
  return {};
}

std::vector<std::string> uids(const dicom::DataSet& data, Tag tag) {
  std::vector<std::string> values = data.texts(tag);
  std::erase(values, "");
  return values;
}

bool is_shown(Tag tag) {
  return !tag.is_group_length() && tag.group != 0x0002 && tag != dicom::tags::kSpecificCharacterSet &&
         tag != kLevel && tag != kRetrieveTitle;
}

std::string_view vr_of(Tag tag) {
  const auto* entry = dicom::find(tag);
  return entry ? dicom::name(entry->vr) : std::string_view("LO");
}

Value text_element(std::string_view vr, std::string_view text) {
  Value element;
  element.set("vr", vr).set("Value", Value::List{Value(text)});
  return element;
}

}  // namespace

std::string_view level_name(model::Level level) {
  constexpr std::string_view kNames[] = {"PATIENT", "STUDY", "SERIES", "IMAGE"};
  return kNames[static_cast<std::size_t>(level)];
}

std::string with_file_meta(std::string_view data_set, std::string_view transfer_syntax) {
  return dicom::encode_file_meta({"1.2.840.10008.5.1.4.1.2.2.1", "2.25.1", transfer_syntax, {}, {}, {}}) +
         std::string(data_set);
}

Result<Identifier> parse_identifier(std::string_view data_set, std::string_view transfer_syntax) {
  const std::string bytes = with_file_meta(data_set, transfer_syntax);
  const MemorySource source{std::string_view(bytes)};
  const dicom::File file = TRY(dicom::read_file(source));
  Identifier identifier;
  const std::string name = file.data.text(kLevel);
  const auto level = std::find_if(std::begin(kLevels), std::end(kLevels),
                                  [&](model::Level l) { return level_name(l) == name; });
  if (level == std::end(kLevels))
    return fail(ErrorCode::InvalidParameter, "the level of the query is missing or unknown", "00080052");
  identifier.level = *level;
  TRY_VOID(add_keys(identifier, file.data, {}));
  for (const dicom::Element& element : file.data.elements())
    if (is_shown(element.tag) && identifier.requested.size() < kMaxKeys)
      identifier.requested.push_back(element.tag);
  if (const dicom::Element* set = file.data.find(dicom::tags::kSpecificCharacterSet))
    identifier.character_set = dicom::trim_padding(set->raw(), dicom::VR::CS);
  identifier.patient_ids = uids(file.data, dicom::tags::kPatientId);
  identifier.study_uids = uids(file.data, dicom::tags::kStudyInstanceUid);
  identifier.series_uids = uids(file.data, dicom::tags::kSeriesInstanceUid);
  identifier.instance_uids = uids(file.data, dicom::tags::kSopInstanceUid);
  return identifier;
}

Result<void> check_hierarchy(const Identifier& identifier, bool patient_root) {
  const auto need = [](const std::vector<std::string>& values, const char* key) -> Result<void> {
    if (values.size() == 1 && values[0].find_first_of("*?") == std::string::npos) return {};
    return fail(ErrorCode::InvalidParameter, "a query at this level needs one value of a unique key above it",
                key);
  };
  if (identifier.level == model::Level::Subject && !patient_root)
    return fail(ErrorCode::InvalidParameter, "the Study Root model has no level PATIENT", "00080052");
  if (identifier.level >= model::Level::Series) TRY_VOID(need(identifier.study_uids, "0020000D"));
  if (identifier.level >= model::Level::Instance) TRY_VOID(need(identifier.series_uids, "0020000E"));
  return {};
}

Value answer_of(const Value& object, const Identifier& identifier, std::string_view ae_title) {
  Value answer = Value::map();
  const auto level = [&] {
    answer.set("00080052", text_element("CS", level_name(identifier.level)));
    answer.set("00080054", text_element("AE", ae_title));
  };
  bool level_set = false;
  if (const Value* charset = object.find("00080005")) answer.set("00080005", *charset);
  for (const Tag tag : identifier.requested) {
    if (!level_set && tag > kRetrieveTitle) {
      level();
      level_set = true;
    }
    const std::string key = dicom::hex(tag);
    const Value* element = object.find(key);
    Value empty;
    empty.set("vr", vr_of(tag));
    answer.set(key, element ? *element : std::move(empty));
  }
  if (!level_set) level();
  return answer;
}

}  // namespace gateway::dimse
