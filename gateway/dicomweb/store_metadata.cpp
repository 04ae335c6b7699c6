#include "gateway/dicomweb/store_metadata.h"

#include <algorithm>
#include <map>
#include <optional>

#include "gateway/base/text.h"
#include "gateway/codec/media_type.h"
#include "gateway/dicomweb/bulk_syntax.h"
#include "gateway/dicomweb/handlers.h"
#include "mappers/dicom/json_encode.h"
#include "mappers/dicom/native_xml.h"
#include "mappers/dicom/transfer_syntax.h"

namespace gateway::dicomweb {
namespace {

namespace dicom = mappers::dicom;
using dicom::transfer_syntax::kExplicitLittle;
using model::ItemOutcome;

constexpr std::uint64_t kMaxMetadata = 32ull << 20;  // bytes of all metadata parts of a request

// The bulk data parts under one Content-Location: one value, or the frames of one in their order.
struct Bulk {
  std::vector<const codec::Part*> parts;
  std::string label;  // of the first part
  bool used = false;
};

// The first text of an attribute.
std::string text_of(const Value& json, std::string_view key) {
  const Value* content = json.find(key);
  const Value* values = content ? content->find("Value") : nullptr;
  const Value::List* list = values ? values->as_list() : nullptr;
  const std::string* text = list && !list->empty() ? list->front().as_string() : nullptr;
  return text ? *text : std::string();
}

std::string_view bulk_uri(const Value& json, std::string_view key) {
  const Value* content = json.find(key);
  return content ? content->text("BulkDataURI") : std::string_view();
}

class MetadataRequest {
 public:
  MetadataRequest(const http::Request& request, std::string_view root, const std::vector<codec::Part>& parts)
      : request_(request), root_(root), parts_(parts) {}

  Result<std::vector<StoreItem>> items() {
    TRY_VOID(gather());
    if (!has_metadata_) return fail(ErrorCode::InvalidBody, "the request holds no metadata", "body");
    for (const auto& [label, json] : objects_) items_.push_back(object(label, json));
    note_unused();
    return std::move(items_);
  }

 private:
  Result<void> gather() {
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      const std::string label = parts_.size() == 1 ? "body" : "part " + std::to_string(i + 1);
      const std::string_view said = parts_[i].header("Content-Type");
      const auto type = codec::parse_media_type(said.empty() && i == 0 ? root_ : said);
      if (!type || !is_metadata_type(type->type)) {
        TRY_VOID(take_bulk(parts_[i], label));
        continue;
      }
      has_metadata_ = true;
      bytes += parts_[i].length;
      if (bytes > kMaxMetadata)
        return fail(ErrorCode::BodyTooLarge, "the metadata of the request are larger than allowed", label);
      TRY_VOID(take_metadata(parts_[i], type->type, label));
    }
    return {};
  }

  Result<void> take_bulk(const codec::Part& part, const std::string& label) {
    const std::string location(trim(part.header("Content-Location")));
    if (location.empty()) {
      items_.push_back(
          failed(label, fail(ErrorCode::InvalidBody, "a bulk data part has no Content-Location"), nullptr));
      return {};
    }
    Bulk& bulk = bulks_[location];
    if (bulk.parts.empty()) bulk.label = label;
    bulk.parts.push_back(&part);
    return {};
  }

  // A part that cannot be read is one failed item; how many objects it would have been nobody knows.
  Result<void> take_metadata(const codec::Part& part, std::string_view type, const std::string& label) {
    std::string text(part.length, '\0');
    const auto into = std::as_writable_bytes(std::span(text));
    if (TRY(request_.body->read_at(part.offset, into)) != text.size())
      return fail(ErrorCode::TruncatedBody, "the body ended while it was read", label);
    auto objects = read(text, type);
    if (!objects) {
      items_.push_back(failed(label, objects.error(), nullptr));
      return {};
    }
    const bool several = objects->size() > 1;
    for (std::size_t i = 0; i < objects->size(); ++i)
      objects_.emplace_back(several ? label + ", object " + std::to_string(i + 1) : label,
                            std::move((*objects)[i]));
    if (objects->empty())
      items_.push_back(failed(label, fail(ErrorCode::InvalidBody, "no metadata"), nullptr));
    return {};
  }

  static Result<std::vector<Value>> read(std::string_view text, std::string_view type) {
    if (type.ends_with("json")) return dicom::parse_dicom_json(text);
    return dicom::parse_dicom_json(TRY(dicom::read_native_xml(text)));
  }

  StoreItem object(const std::string& label, const Value& json) {
    auto made = encode(json);
    if (!made) return failed(label, made.error(), &json);
    model::IngestItem item;
    item.label = label;
    item.source = std::move(made->bytes);
    item.required_study_uid = request_.param("study");
    return item;
  }

  Result<dicom::EncodedObject> encode(const Value& json) {
    const std::string syntax = TRY(syntax_of(json));
    auto object = TRY(dicom::encode_object(json, syntax, [&](std::string_view uri, std::string_view path) {
      return resolve(uri, path, syntax);
    }));
    return object;
  }

  // The syntax of the object is that of its pixel data; everything else is Explicit VR Little Endian in all.
  Result<std::string> syntax_of(const Value& json) {
    const std::string_view uri = bulk_uri(json, "7FE00010");
    const Bulk* bulk = uri.empty() ? nullptr : find(uri);
    if (!bulk) return std::string(kExplicitLittle);
    std::string hint = text_of(json, "00020010");
    if (hint.empty()) hint = text_of(json, "00083002");
    return part_syntax(*bulk->parts.front(), hint);
  }

  Result<std::string> part_syntax(const codec::Part& part, std::string_view hint) const {
    const std::string_view said = part.header("Content-Type");
    const auto type = TRY(codec::parse_media_type(said.empty() ? "application/octet-stream" : said));
    return bulk_syntax(type, hint, *part_source(request_.body, part.offset, part.length));
  }

  Result<std::optional<dicom::BulkValue>> resolve(std::string_view uri, std::string_view path,
                                                  const std::string& syntax) {
    Bulk* bulk = find(uri);
    if (!bulk)
      return fail(ErrorCode::InvalidBody, "the bulk data " + std::string(uri.substr(0, 200)) + " are missing",
                  std::string(path));
    bulk->used = true;
    dicom::BulkValue value;
    value.encapsulated = path == "7FE00010" && dicom::traits_of_syntax(syntax).encapsulated;
    for (const codec::Part* part : bulk->parts) {
      const std::string found = TRY(part_syntax(*part, syntax));
      if (found != (value.encapsulated ? std::string_view(syntax) : kExplicitLittle))
        return fail(ErrorCode::InvalidBody, "the frames of one value differ in their transfer syntax",
                    std::string(path));
      value.parts.push_back(part_source(request_.body, part->offset, part->length));
    }
    return std::optional(std::move(value));
  }

  Bulk* find(std::string_view uri) {
    const auto found = bulks_.find(uri);
    return found == bulks_.end() ? nullptr : &found->second;
  }

  void note_unused() {
    for (const auto& [location, bulk] : bulks_)
      if (!bulk.used)
        items_.push_back(failed(bulk.label,
                                fail(ErrorCode::InvalidBody,
                                     "no stored metadata refer to the bulk data " + location.substr(0, 200)),
                                nullptr));
  }

  static ItemOutcome failed(std::string label, const Error& error, const Value* json) {
    ItemOutcome outcome;
    outcome.label = std::move(label);
    outcome.error = error;
    if (!json) return outcome;
    outcome.study_uid = text_of(*json, "0020000D");
    outcome.series_uid = text_of(*json, "0020000E");
    outcome.sop_class_uid = text_of(*json, "00080016");
    outcome.sop_instance_uid = text_of(*json, "00080018");
    return outcome;
  }

  const http::Request& request_;
  const std::string_view root_;
  const std::vector<codec::Part>& parts_;
  std::vector<std::pair<std::string, Value>> objects_;  // by label
  std::map<std::string, Bulk, std::less<>> bulks_;      // by Content-Location
  std::vector<StoreItem> items_;
  bool has_metadata_ = false;
};

}  // namespace

bool is_metadata_type(std::string_view type) {
  return type == kDicomJson || type == "application/dicom+xml" || type == "application/json";
}

Result<std::vector<StoreItem>> items_of_metadata(const http::Request& request, std::string_view root,
                                                 const std::vector<codec::Part>& parts) {
  return MetadataRequest(request, root, parts).items();
}

}  // namespace gateway::dicomweb
