#include "gateway/sources/dicomweb_message.h"

#include <algorithm>
#include <map>

#include "gateway/base/owned_bytes.h"
#include "gateway/base/text.h"
#include "gateway/codec/media_type.h"
#include "gateway/codec/multipart.h"
#include "gateway/codec/uri.h"
#include "gateway/sources/json_array.h"
#include "mappers/dicom/dictionary.h"
#include "mappers/dicom/tag.h"

namespace gateway::sources {
namespace {

using model::Level;
namespace tags = mappers::dicom::tags;

constexpr std::uint16_t kNotMentioned = 0x0110;  // processing failure
// What goes without percent encoding: characters of a query (RFC 3986 section 3.4) that separate nothing, and
// '^', which browsers do not encode there either. Some servers understand these only as they are.
constexpr std::string_view kAsTheyAre = ":,/*?^";

// A key that names one parent, and so can be part of the path.
std::string parent_of(const model::RemoteQuery& query, mappers::dicom::Tag tag) {
  for (const model::RemoteKey& key : query.keys)
    if (key.tag == tag.value() && key.value.find_first_of("\\*?") == std::string::npos) return key.value;
  return {};
}

const Value::List* items_of(const Value& object, std::string_view tag) {
  const Value* member = object.find(tag);
  const Value* values = member ? member->find("Value") : nullptr;
  return values ? values->as_list() : nullptr;
}

std::string first_text(const Value& item, std::string_view tag) {
  const Value::List* values = items_of(item, tag);
  const std::string* text = values && !values->empty() ? values->front().as_string() : nullptr;
  return text ? *text : std::string();
}

std::uint16_t first_status(const Value& item, std::string_view tag, std::uint16_t otherwise) {
  const Value::List* values = items_of(item, tag);
  const std::int64_t* number = values && !values->empty() ? values->front().as_int() : nullptr;
  return number && *number > 0 && *number <= 0xFFFF ? static_cast<std::uint16_t>(*number) : otherwise;
}

}  // namespace

std::string search_target(const model::RemoteQuery& query) {
  model::RemoteId parents;
  if (query.level != Level::Study) parents.study_uid = parent_of(query, tags::kStudyInstanceUid);
  if (query.level == Level::Instance && !parents.study_uid.empty())
    parents.series_uid = parent_of(query, tags::kSeriesInstanceUid);
  std::string target = resource_of(parents);
  target += query.level == Level::Study    ? "/studies"
            : query.level == Level::Series ? "/series"
                                           : "/instances";
  std::string text;
  const auto add = [&](std::string_view name, std::string_view value) {
    text.append(text.empty() ? "?" : "&").append(name).append("=");
    text += codec::percent_encode(value, kAsTheyAre);
  };
  for (const model::RemoteKey& key : query.keys) {
    const bool in_path = (key.tag == tags::kStudyInstanceUid.value() && !parents.study_uid.empty()) ||
                         (key.tag == tags::kSeriesInstanceUid.value() && !parents.series_uid.empty());
    const std::string tag = mappers::dicom::hex(mappers::dicom::make_tag(key.tag));
    if (in_path) continue;
    if (key.value.empty()) {
      add("includefield", tag);
      continue;
    }
    std::string value = key.value;
    std::replace(value.begin(), value.end(), '\\', ',');
    add(tag, value);
  }
  return target + text;
}

std::optional<model::RemoteQuery> without_encoding(const model::RemoteQuery& query) {
  model::RemoteQuery wider = query;
  bool changed = false;
  for (model::RemoteKey& key : wider.keys) {
    const auto* entry = mappers::dicom::find(mappers::dicom::make_tag(key.tag));
    if (!entry || mappers::dicom::traits(entry->vr).kind != mappers::dicom::VrKind::Text) continue;
    std::string value;
    for (const char c : key.value) {
      const bool kept = codec::percent_encode({&c, 1}, kAsTheyAre).size() == 1;
      if (kept || !value.ends_with('*')) value += kept ? c : '*';
    }
    changed = changed || value != key.value;
    key.value = std::move(value);
  }
  return changed ? std::optional(std::move(wider)) : std::nullopt;
}

std::string resource_of(const model::RemoteId& id) {
  std::string path;
  const auto add = [&](const char* name, const std::string& uid) {
    if (!uid.empty()) path += std::string(name) + codec::percent_encode(uid);
  };
  add("/studies/", id.study_uid);
  add("/series/", id.series_uid);
  add("/instances/", id.instance_uid);
  return path;
}

Result<std::vector<std::shared_ptr<const ByteSource>>> objects_of(
    const std::shared_ptr<const ByteSource>& body, std::string_view content_type) {
  const codec::MediaType type = TRY(codec::parse_media_type(content_type));
  if (type.type == "application/dicom") return std::vector{body};
  if (type.type != "multipart/related")
    return fail(ErrorCode::UnsupportedMediaType, "neither multipart/related nor application/dicom",
                std::string(content_type.substr(0, 80)));
  codec::MultipartLimits limits;
  limits.parts = 1'000'000;
  limits.headers = 256 << 20;
  std::vector<std::shared_ptr<const ByteSource>> objects;
  for (const codec::Part& part : TRY(codec::parse_multipart(*body, type.parameter("boundary"), limits)))
    objects.push_back(std::make_shared<OwnedPart>(body, part.offset, part.length));
  return objects;
}

StoreBody store_body(std::span<const std::shared_ptr<const ByteSource>> objects,
                     const std::string& boundary) {
  StoreBody body;
  body.content_type = "multipart/related; type=\"application/dicom\"; boundary=" + boundary;
  std::string before = "--" + boundary;
  for (const auto& object : objects) {
    body.pieces.push_back(
        std::make_shared<OwnedText>(before + "\r\nContent-Type: application/dicom\r\n\r\n"));
    body.pieces.push_back(object);
    before = "\r\n--" + boundary;
  }
  body.pieces.push_back(std::make_shared<OwnedText>(before + "--\r\n"));
  return body;
}

Result<std::vector<model::RemoteStoreOutcome>> store_outcomes(
    std::string_view response, std::span<const std::string> sop_instance_uids) {
  const Value answer = TRY(read_answer(response));
  std::map<std::string, model::RemoteStoreOutcome, std::less<>> said;
  if (const Value::List* stored = items_of(answer, "00081199"))
    for (const Value& item : *stored)
      said[first_text(item, "00081155")] = {first_status(item, "00081196", 0), {}};
  if (const Value::List* failed = items_of(answer, "00081198"))
    for (const Value& item : *failed)
      said[first_text(item, "00081155")] = {first_status(item, "00081197", kNotMentioned), "refused"};
  std::vector<model::RemoteStoreOutcome> outcomes;
  for (const std::string& uid : sop_instance_uids) {
    const auto found = said.find(uid);
    outcomes.push_back(found != said.end()
                           ? found->second
                           : model::RemoteStoreOutcome{kNotMentioned, "not mentioned in the answer"});
  }
  return outcomes;
}

}  // namespace gateway::sources
