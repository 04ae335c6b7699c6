#include "mappers/dicom/json_encode.h"

#include <algorithm>

#include "gateway/codec/json.h"
#include "mappers/dicom/dictionary.h"
#include "mappers/dicom/element_header.h"
#include "mappers/dicom/joined_source.h"
#include "mappers/dicom/json_decode_values.h"
#include "mappers/dicom/transfer_syntax.h"

namespace mappers::dicom {
namespace {

using gateway::ByteSource;
using gateway::ErrorCode;
using gateway::Result;
using gateway::Value;

constexpr std::size_t kMaxDepth = 32;  // as the reader's
constexpr gateway::codec::JsonLimits kJson{64u << 20, 3 * kMaxDepth + 8};
constexpr std::uint64_t kMaxLength = 0xFFFFFFFE;

gateway::Error wrong(std::string what, std::string_view where) {
  return gateway::fail(ErrorCode::InvalidBody, std::move(what), std::string(where));
}

// Whether `test` holds for any string below, whatever it is there for.
template <class Test>
bool any_text(const Value& value, const Test& test) {
  if (const std::string* text = value.as_string()) return test(*text);
  if (const Value::List* list = value.as_list())
    return std::any_of(list->begin(), list->end(), [&](const Value& one) { return any_text(one, test); });
  if (const Value::Map* map = value.as_map())
    return std::any_of(map->begin(), map->end(),
                       [&](const auto& member) { return any_text(member.second, test); });
  return false;
}

// Is there text that needs another character set than the default one? There is no harm in saying so.
bool needs_charset(const Value& json) {
  return any_text(json, [](const std::string& text) { return !is_plain_ascii(text); });
}

bool fits(const Value& json, const TextEncoder& encoder) {
  return !any_text(json, [&](const std::string& text) { return !encoder.encode(text); });
}

struct Attribute {
  Tag tag;
  const Value* content;  // null: the character set that was missing
};

// Writes one data set; texts in between bulk data are gathered, bulk data become parts.
class JsonEncoder {
 public:
  JsonEncoder(const Value& json, Encoding encoding, const BulkResolver* resolve,
              const TextEncoder* encoder = nullptr)
      : json_(json),
        needs_charset_(needs_charset(json)),
        encoder_(encoder && fits(json, *encoder) ? encoder : nullptr),
        encoding_(encoding),
        resolve_(resolve) {}

  Result<void> run() { return data_set(json_, needs_charset_); }
  std::string& text() { return text_; }
  JoinedSource& joined() { return joined_; }
  bool encapsulated() const { return encapsulated_; }
  void flush() { joined_.add(std::exchange(text_, {})); }

 private:
  Result<void> data_set(const Value& json, bool add_charset) {
    const Value::Map* members = json.as_map();
    if (!members) return wrong("a data set is no JSON object", path_);
    for (const Attribute& attribute : TRY(in_order(*members, add_charset))) {
      const std::size_t length = path_.size();
      append_hex(path_, attribute.tag);
      TRY(element(attribute));
      path_.resize(length);
    }
    return {};
  }

  Result<std::vector<Attribute>> in_order(const Value::Map& members, bool add_charset) const {
    std::vector<Attribute> attributes;
    attributes.reserve(members.size() + 1);
    for (const auto& [key, content] : members) {
      const auto tag = parse_tag(key);
      if (!tag) return wrong("a key is no tag of eight hexadecimal digits", path_ + key.substr(0, 40));
      if (tag->is_group_length() || tag->group == 0x0000 || tag->group == 0x0002) continue;
      if (tag->group == 0xFFFE || tag->group == 0xFFFF)
        return wrong("a data set has no such attribute", path_ + key);
      attributes.push_back({*tag, &content});
      add_charset = add_charset && *tag != tags::kSpecificCharacterSet;
    }
    if (add_charset) attributes.push_back({tags::kSpecificCharacterSet, nullptr});
    const auto earlier = [](const Attribute& a, const Attribute& b) { return a.tag < b.tag; };
    std::sort(attributes.begin(), attributes.end(), earlier);
    for (std::size_t i = 1; i < attributes.size(); ++i)
      if (attributes[i].tag == attributes[i - 1].tag)
        return wrong("an attribute is there twice", path_ + hex(attributes[i].tag));
    return attributes;
  }

  Result<void> element(const Attribute& attribute) {
    if (attribute.tag == tags::kSpecificCharacterSet) return character_set(attribute.content);
    const Value& content = *attribute.content;
    if (!content.as_map()) return wrong("an attribute is no JSON object", path_);
    const VR vr = TRY(vr_of(attribute.tag, content));
    const Value* values = content.find("Value");
    const Value* inline_binary = content.find("InlineBinary");
    const Value* uri = content.find("BulkDataURI");
    if ((values != nullptr) + (inline_binary != nullptr) + (uri != nullptr) > 1)
      return wrong("an attribute has more than one of Value, BulkDataURI and InlineBinary", path_);
    if (vr == VR::SQ) {
      if (inline_binary || uri) return wrong("a sequence is given as binary", path_);
      return sequence(attribute.tag, values);
    }
    if (uri) return bulk(attribute.tag, vr, *uri);
    std::string bytes;
    if (inline_binary) {
      TRY(binary(bytes, vr, *inline_binary));
    } else if (values && !values->is_null()) {
      if (!values->as_list()) return wrong("Value is no array", path_);
      TRY(append_values(bytes, vr, *values->as_list(), path_));
      if (encoder_ && traits(vr).kind == VrKind::Text) bytes = encoder_->encode(bytes).value_or(bytes);
    }
    return plain(attribute.tag, vr, bytes);
  }

  // Any text that follows is in the set of the encoder or UTF-8, whatever the source was in.
  Result<void> character_set(const Value* content) {
    const Value* values = content ? content->find("Value") : nullptr;
    const bool empty = !values || !values->as_list() || values->as_list()->empty();
    const bool stays_empty = empty && !needs_charset_;
    return plain(tags::kSpecificCharacterSet, VR::CS,
                 stays_empty ? std::string_view()
                 : encoder_  ? std::string_view(encoder_->term())
                             : "ISO_IR 192");
  }

  Result<VR> vr_of(Tag tag, const Value& content) const {
    const Value* given = content.find("vr");
    if (!given) return implicit_vr(tag);
    const auto vr = given->as_string() ? parse_vr(*given->as_string()) : std::nullopt;
    if (!vr) return wrong("vr is no value representation", path_);
    return *vr;
  }

  Result<void> binary(std::string& bytes, VR vr, const Value& content) const {
    if (!may_be_bulk(vr)) return wrong("an element of this VR is given as binary", path_);
    if (!content.as_string()) return wrong("InlineBinary is no text", path_);
    return append_from_base64(bytes, *content.as_string(), path_);
  }

  Result<void> sequence(Tag tag, const Value* values) {
    if (values && !values->is_null() && !values->as_list()) return wrong("Value is no array", path_);
    const bool empty = !values || !values->as_list() || values->as_list()->empty();
    put_header(tag, VR::SQ, empty ? 0 : kUndefinedLength);
    if (empty) return {};
    if (++depth_ > kMaxDepth) return wrong("sequences are nested too deeply", path_);
    const std::size_t length = path_.size();
    std::size_t index = 0;
    for (const Value& item : *values->as_list()) {
      path_ += '/' + std::to_string(index++) + '/';
      put_delimiter(tags::kItem, kUndefinedLength);
      if (!item.is_null()) TRY(data_set(item, false));
      put_delimiter(tags::kItemDelimitation, 0);
      path_.resize(length);
    }
    put_delimiter(tags::kSequenceDelimitation, 0);
    --depth_;
    return {};
  }

  Result<void> bulk(Tag tag, VR vr, const Value& uri) {
    if (!may_be_bulk(vr)) return wrong("an element of this VR is given as bulk data", path_);
    if (!uri.as_string()) return wrong("BulkDataURI is no text", path_);
    if (!resolve_) return plain(tag, vr, {});
    const auto value = TRY((*resolve_)(*uri.as_string(), path_));
    if (!value) return plain(tag, vr, {});
    return value->encapsulated ? fragments(tag, vr, *value) : stream(tag, vr, *value);
  }

  Result<void> stream(Tag tag, VR vr, const BulkValue& value) {
    std::uint64_t length = 0;
    for (const auto& part : value.parts) length += part->size();
    if (length + length % 2 > kMaxLength) return wrong("bulk data are too long for one element", path_);
    if (const std::size_t unit = traits(vr).unit; traits(vr).kind != VrKind::Binary && length % unit)
      return wrong("bulk data are no whole number of values", path_);
    put_header(tag, vr, length + length % 2);
    for (const auto& part : value.parts) put_part(part);
    if (length % 2) text_ += padding_of(vr);
    return {};
  }

  // PS3.5 section A.4: an empty basic offset table, then the fragments. The VR should be OB; OW, which some
  // writers give, is kept, so that the metadata come back as they were sent.
  Result<void> fragments(Tag tag, VR vr, const BulkValue& value) {
    if (!is_pixel_data(tag) || encoding_ != Encoding::ExplicitLittle)
      return wrong("only pixel data can be compressed", path_);
    encapsulated_ = true;
    put_header(tag, vr == VR::OW ? VR::OW : VR::OB, kUndefinedLength);
    put_delimiter(tags::kItem, 0);
    for (const auto& part : value.parts) {
      const std::uint64_t length = part->size() + part->size() % 2;
      if (length > kMaxLength) return wrong("a frame is too long for one fragment", path_);
      put_delimiter(tags::kItem, static_cast<std::uint32_t>(length));
      put_part(part);
      if (part->size() % 2) text_ += '\0';
    }
    put_delimiter(tags::kSequenceDelimitation, 0);
    return {};
  }

  Result<void> plain(Tag tag, VR vr, std::string_view bytes) {
    if (bytes.size() + bytes.size() % 2 > kMaxLength) return wrong("a value is too long", path_);
    put_header(tag, vr, bytes.size() + bytes.size() % 2);
    text_ += bytes;
    if (bytes.size() % 2) text_ += padding_of(vr);
    return {};
  }

  // PS3.5 section 6.2
  static char padding_of(VR vr) {
    const VrKind kind = traits(vr).kind;
    const bool text = kind == VrKind::Ascii || kind == VrKind::Text || kind == VrKind::Number;
    return text && vr != VR::UI ? ' ' : '\0';
  }

  void put_part(const std::shared_ptr<const ByteSource>& part) {
    flush();
    joined_.add(part);
  }

  void put16(std::uint64_t value) {
    text_ += static_cast<char>(value & 0xFF);
    text_ += static_cast<char>(value >> 8 & 0xFF);
  }
  void put32(std::uint64_t value) {
    put16(value & 0xFFFF);
    put16(value >> 16 & 0xFFFF);
  }
  void put_delimiter(Tag tag, std::uint32_t length) {
    put16(tag.group);
    put16(tag.element);
    put32(length);
  }

  // PS3.5 section 7.1.2. What does not fit a short length goes out as UN (section 6.2.2).
  void put_header(Tag tag, VR vr, std::uint64_t length) {
    if (!traits(vr).long_length && length > 0xFFFE) vr = VR::UN;
    put16(tag.group);
    put16(tag.element);
    if (encoding_ == Encoding::ImplicitLittle) return put32(length);
    text_ += name(vr);
    if (!traits(vr).long_length) return put16(length);
    put16(0);
    put32(length);
  }

  const Value& json_;
  const bool needs_charset_;          // some text does
  const TextEncoder* const encoder_;  // all of it fits; else null
  const Encoding encoding_;
  const BulkResolver* const resolve_;
  std::string text_;
  JoinedSource joined_;
  std::string path_;
  std::size_t depth_ = 0;
  bool encapsulated_ = false;
};

// The text of an identifying attribute, as it will be written.
std::string uid_of(const Value& json, Tag tag) {
  const Value* content = json.find(hex(tag));
  const Value* values = content ? content->find("Value") : nullptr;
  const Value::List* list = values ? values->as_list() : nullptr;
  if (!list || list->size() != 1 || !list->front().as_string()) return {};
  return *list->front().as_string();
}

}  // namespace

Result<std::vector<Value>> parse_dicom_json(std::string_view text) {
  Value value = TRY(gateway::codec::parse_json(text, kJson));
  if (value.as_map()) return std::vector{std::move(value)};
  Value::List* list = value.as_list();
  const auto is_object = [](const Value& item) { return item.as_map() != nullptr; };
  if (!list || !std::all_of(list->begin(), list->end(), is_object))
    return wrong("DICOM JSON is an object or an array of objects", {});
  return std::move(*list);
}

Result<std::string> encode_data_set(const Value& json, Encoding encoding, const TextEncoder* text) {
  JsonEncoder encoder(json, encoding, nullptr, text);
  TRY(encoder.run());
  return std::move(encoder.text());
}

Result<EncodedObject> encode_object(const Value& json, std::string_view transfer_syntax,
                                    const BulkResolver& resolve) {
  const std::string sop_class = uid_of(json, tags::kSopClassUid);
  const std::string sop_instance = uid_of(json, tags::kSopInstanceUid);
  if (sop_class.empty() || sop_instance.empty())
    return gateway::fail(ErrorCode::DicomMissingAttribute, "the metadata name no SOP class or instance",
                         sop_class.empty() ? "00080016" : "00080018");
  JsonEncoder encoder(json, Encoding::ExplicitLittle, &resolve);
  encoder.text() = encode_file_meta({sop_class, sop_instance, transfer_syntax, {}, {}, {}});
  TRY(encoder.run());
  encoder.flush();
  return EncodedObject{std::make_shared<JoinedSource>(std::move(encoder.joined())), encoder.encapsulated()};
}

Result<MetadataFile> file_of_metadata(const Value& json, std::string_view transfer_syntax) {
  MetadataFile result;
  std::string bytes = encode_file_meta({uid_of(json, tags::kSopClassUid),
                                        uid_of(json, tags::kSopInstanceUid),
                                        transfer_syntax::kExplicitLittle,
                                        {},
                                        {},
                                        {}});
  bytes += TRY(encode_data_set(json));
  result.bytes = std::make_unique<const std::string>(std::move(bytes));
  result.file = TRY(read_file(gateway::MemorySource(*result.bytes)));
  result.file.transfer_syntax = transfer_syntax;
  return result;
}

}  // namespace mappers::dicom
