#include "mappers/dicom/native_xml.h"

#include <array>

#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "gateway/codec/xml_text.h"
#include "mappers/dicom/dictionary.h"
#include "mappers/dicom/tag.h"
#include "mappers/dicom/vr.h"

namespace mappers::dicom {
namespace {

using gateway::ErrorCode;
using gateway::Result;
using gateway::Value;

constexpr gateway::codec::JsonLimits kJson{64u << 20, 104};
constexpr std::array<std::string_view, 3> kGroups = {"Alphabetic", "Ideographic", "Phonetic"};
constexpr std::array<std::string_view, 5> kComponents = {"FamilyName", "GivenName", "MiddleName",
                                                         "NamePrefix", "NameSuffix"};

gateway::Error wrong(std::string what, std::string_view where) {
  return gateway::fail(ErrorCode::InvalidBody, std::move(what), std::string(where));
}

// XML 1.0 section 2.2: what may not stand in a document at all.
bool is_forbidden(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

void append_text(std::string& out, std::string_view text) {
  std::size_t from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view three = text.substr(i, 3);
    const bool noncharacter = three == "\xEF\xBF\xBE" || three == "\xEF\xBF\xBF";
    if (!noncharacter && !is_forbidden(text[i])) continue;
    gateway::codec::append_xml_text(out, text.substr(from, i - from));
    out += "\xEF\xBF\xBD";
    from = i + (noncharacter ? 3 : 1);
    i = from - 1;
  }
  gateway::codec::append_xml_text(out, text.substr(from));
}

void append_attribute(std::string& out, std::string_view name, std::string_view value) {
  out += ' ';
  out += name;
  out += "=\"";
  append_text(out, value);
  out += '"';
}

class XmlWriter {
 public:
  explicit XmlWriter(std::string& out) : out_(out) {}

  // Recursion is as deep as the JSON reader let the tree be.
  Result<void> data_set(const Value& json) {
    const Value::Map* members = json.as_map();
    if (!members) return wrong("a data set is no JSON object", {});
    for (const auto& [key, content] : *members) {
      const auto tag = parse_tag(key);
      if (!tag || !content.as_map()) return wrong("a member is no DICOM attribute", key.substr(0, 40));
      if (!tag->is_group_length()) TRY(attribute(*tag, key, content, json));
    }
    return {};
  }

 private:
  // PS3.19 Table A.1.5-2
  Result<void> attribute(Tag tag, std::string_view key, const Value& content, const Value& data) {
    const std::string_view vr = content.text("vr");
    if (!parse_vr(vr)) return wrong("an attribute has no value representation", key);
    out_ += "<DicomAttribute";
    append_attribute(out_, "tag", hex(tag));
    append_attribute(out_, "vr", vr);
    if (const DictionaryEntry* entry = find(tag)) append_attribute(out_, "keyword", entry->keyword);
    if (tag.is_private() && !tag.is_private_creator()) private_creator(tag, data);
    const std::size_t start = out_.size();
    out_ += '>';
    TRY(values(content, vr, key));
    if (out_.size() == start + 1) {
      out_.back() = '/';
      out_ += '>';
      return {};
    }
    out_ += "</DicomAttribute>";
    return {};
  }

  void private_creator(Tag tag, const Value& data) {
    const Tag creator{tag.group, static_cast<std::uint16_t>(tag.element >> 8)};
    const Value* content = creator.element >= 0x10 ? data.find(hex(creator)) : nullptr;
    const Value* values = content ? content->find("Value") : nullptr;
    const Value::List* list = values ? values->as_list() : nullptr;
    const std::string* name = list && !list->empty() ? list->front().as_string() : nullptr;
    if (name) append_attribute(out_, "privateCreator", *name);
  }

  Result<void> values(const Value& content, std::string_view vr, std::string_view key) {
    if (const Value* uri = content.find("BulkDataURI")) {
      if (!uri->as_string()) return wrong("BulkDataURI is no text", key);
      out_ += "<BulkData";
      append_attribute(out_, "uri", *uri->as_string());
      out_ += "/>";
    } else if (const Value* binary = content.find("InlineBinary")) {
      if (!binary->as_string()) return wrong("InlineBinary is no text", key);
      out_ += "<InlineBinary>" + *binary->as_string() + "</InlineBinary>";
    } else if (const Value* given = content.find("Value"); given && given->as_list()) {
      std::size_t number = 0;
      for (const Value& value : *given->as_list()) TRY(one(value, vr, key, ++number));
    }
    return {};
  }

  void open(std::string_view name, std::size_t number) {
    out_ += '<';
    out_ += name;
    append_attribute(out_, "number", std::to_string(number));
    out_ += '>';
  }

  void close(std::string_view name) {
    out_ += "</";
    out_ += name;
    out_ += '>';
  }

  Result<void> one(const Value& value, std::string_view vr, std::string_view key, std::size_t number) {
    const std::string_view name = vr == "SQ" ? "Item" : vr == "PN" ? "PersonName" : "Value";
    open(name, number);
    if (vr == "SQ") {
      if (!value.is_null()) TRY(data_set(value));
    } else if (vr == "PN") {
      person_name(value);
    } else if (const std::string* text = value.as_string()) {
      append_text(out_, *text);
    } else if (const std::int64_t* integer = value.as_int()) {
      out_ += std::to_string(*integer);
    } else if (const gateway::Decimal* decimal = value.as_decimal()) {
      out_ += decimal->text;
    } else if (!value.is_null()) {
      return wrong("a value is neither text nor number", key);
    }
    close(name);
    return {};
  }

  void person_name(const Value& value) {
    if (const std::string* text = value.as_string()) return group(kGroups[0], *text);
    for (const std::string_view name : kGroups)
      if (value.find(name)) group(name, value.text(name));
  }

  // Components of a name (PS3.5 section 6.2.1.1). A sixth one, which is none, stays with the suffix. Of the
  // empty ones only the last is written, so that a '^' at the end is not lost.
  void group(std::string_view name, std::string_view text) {
    out_ += '<' + std::string(name) + '>';
    for (const std::string_view component_name : kComponents) {
      const bool last = component_name == kComponents.back() || text.find('^') == std::string_view::npos;
      const std::string_view component = last ? text : text.substr(0, text.find('^'));
      if (!component.empty() || (last && component_name != kComponents.front())) {
        out_ += '<' + std::string(component_name) + '>';
        append_text(out_, component);
        close(component_name);
      }
      if (last) break;
      text.remove_prefix(component.size() + 1);
    }
    close(name);
  }

  std::string& out_;
};

}  // namespace

Result<void> append_native_xml(std::string& out, std::string_view dicom_json) {
  const Value json = TRY(gateway::codec::parse_json(dicom_json, kJson));
  out += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<NativeDicomModel xmlns=\"";
  out += kNativeXmlSpace;
  out += "\" xml:space=\"preserve\">";
  TRY(XmlWriter(out).data_set(json));
  out += "</NativeDicomModel>";
  return {};
}

}  // namespace mappers::dicom
