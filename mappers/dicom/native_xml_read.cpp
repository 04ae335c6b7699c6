// The reading half of native_xml.h.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "gateway/base/json_text.h"
#include "gateway/base/text.h"
#include "gateway/codec/xml.h"
#include "mappers/dicom/json_values.h"
#include "mappers/dicom/native_xml.h"
#include "mappers/dicom/tag.h"
#include "mappers/dicom/vr.h"

namespace mappers::dicom {
namespace {

using gateway::ErrorCode;
using gateway::Result;
using gateway::codec::XmlReader;
using Event = XmlReader::Event;

constexpr std::size_t kMaxGaps = 100'000;  // numbers that are left out, in the whole document
constexpr std::array<std::string_view, 3> kGroups = {"Alphabetic", "Ideographic", "Phonetic"};
constexpr std::array<std::string_view, 5> kComponents = {"FamilyName", "GivenName", "MiddleName",
                                                         "NamePrefix", "NameSuffix"};

// number (PS3.18 F.2.3): as it would have come from a file, so that both ways give the same JSON.
std::string number_json(VR vr, std::string_view text) {
  std::string out;
  if (traits(vr).kind == VrKind::Number) {
    append_number_text(out, text);
    return out;
  }
  const auto real = gateway::parse_number<double>(text);
  const bool whole = text.find_first_of(".eE") == std::string_view::npos;
  const bool exact = vr == VR::FL || vr == VR::FD || (real && std::abs(*real) <= 9007199254740992.0);
  // The grammar of JSON has no leading zero and no bare point.
  const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  const bool zero = digits.size() > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9';
  const bool bare = digits.empty() || !(digits[0] >= '0' && digits[0] <= '9') || text.back() == '.' ||
                    text.find(".e") != std::string_view::npos || text.find(".E") != std::string_view::npos;
  if (real && std::isfinite(*real) && exact && !zero && !bare && (whole || traits(vr).kind == VrKind::Real))
    out = text;
  else
    gateway::append_json_string(out, text);
  return out;
}

bool is_number(VR vr) {
  const VrKind kind = traits(vr).kind;
  return kind == VrKind::Number || kind == VrKind::Signed || kind == VrKind::Unsigned || kind == VrKind::Real;
}

// The content of one DicomAttribute: one kind of children only.
struct Values {
  std::string_view kind;  // "Value", "Item", ...; empty: none
  std::vector<std::string> json;
};

class ModelReader {
 public:
  explicit ModelReader(XmlReader& xml) : xml_(xml) {}

  // Up to the end of the element around it. Recursion is bounded by the depth that the reader takes.
  Result<std::string> data_set() {
    std::map<Tag, std::string> members;
    while (TRY(xml_.next_element()) == Event::Start) {
      if (!is_named("DicomAttribute")) return wrong("a data set holds DicomAttribute elements only");
      const auto tag = parse_tag(xml_.attribute("tag"));
      const auto vr = parse_vr(xml_.attribute("vr"));
      if (!tag || !vr) return wrong("a DicomAttribute has no valid tag or vr");
      std::string member = TRY(attribute(*tag, *vr));
      if (tag->is_group_length()) continue;
      if (!members.emplace(*tag, std::move(member)).second)
        return wrong("the attribute " + hex(*tag) + " is there twice");
    }
    std::string out = "{";
    for (const auto& [tag, member] : members) {
      if (out.size() > 1) out += ',';
      out += member;
    }
    return out += '}';
  }

  bool is_named(std::string_view name) const {
    return xml_.name() == name && xml_.space() == kNativeXmlSpace;
  }

 private:
  gateway::Error wrong(std::string what) const {
    return gateway::fail(ErrorCode::InvalidBody, std::move(what), xml_.where());
  }

  Result<std::string> attribute(Tag tag, VR vr) {
    std::string out = "\"" + hex(tag) + "\":{\"vr\":\"" + std::string(name(vr)) + '"';
    Values values;
    while (TRY(xml_.next_element()) == Event::Start) TRY(child(vr, values));
    if (values.kind == "Value" || values.kind == "Item" || values.kind == "PersonName") {
      // One empty value is no value.
      const char* const gap = values.kind == "Item" ? "{}" : "null";
      const bool none = values.json.size() == 1 && values.json[0] == "null";
      for (std::size_t i = 0; !none && i < values.json.size(); ++i)
        out += (i ? "," : ",\"Value\":[") + (values.json[i].empty() ? gap : values.json[i]);
      out += none ? "}" : "]}";
      return out;
    }
    if (!values.kind.empty()) {
      const std::string_view key = values.kind == "BulkData" ? "BulkDataURI" : "InlineBinary";
      out += ",\"" + std::string(key) + "\":" + values.json[0];
    }
    return out += '}';
  }

  Result<void> child(VR vr, Values& values) {
    static constexpr std::array<std::string_view, 5> kKinds = {"Value", "Item", "PersonName", "BulkData",
                                                               "InlineBinary"};
    const auto kind =
        std::find_if(kKinds.begin(), kKinds.end(), [this](auto name) { return is_named(name); });
    if (kind == kKinds.end()) return wrong("a DicomAttribute holds an unknown element");
    if (!values.kind.empty() && values.kind != *kind)
      return wrong("a DicomAttribute holds elements of two kinds");
    const bool fits = (*kind == "Item") == (vr == VR::SQ) && (*kind != "PersonName" || vr == VR::PN) &&
                      (*kind != "Value" || vr != VR::PN);
    if (!fits) return wrong("the content of a DicomAttribute does not fit its vr");
    values.kind = *kind;
    if (*kind == "BulkData" || *kind == "InlineBinary") return binary(values);
    return numbered(vr, values);
  }

  Result<void> binary(Values& values) {
    if (!values.json.empty()) return wrong("a DicomAttribute has two binary values");
    std::string text(xml_.attribute("uri"));
    if (values.kind == "BulkData" && text.empty()) text = xml_.attribute("uuid");
    std::string content = TRY(xml_.text_content());
    if (values.kind == "InlineBinary") {
      const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
      std::erase_if(content, blank);
      text = std::move(content);
    }
    if (text.empty() && values.kind == "BulkData") return wrong("a BulkData has no uri");
    gateway::append_json_string(values.json.emplace_back(), text);
    return {};
  }

  // Value, Item or PersonName at the place that its number says.
  Result<void> numbered(VR vr, Values& values) {
    std::size_t number = values.json.size() + 1;
    if (const std::string_view given = xml_.attribute("number"); !given.empty())
      number = gateway::parse_number<std::size_t>(given).value_or(0);
    if (number == 0 || number > values.json.size() + 1 + kMaxGaps - gaps_)
      return wrong("a number is not valid");
    if (number > values.json.size()) gaps_ += number - values.json.size() - 1;
    std::string json = values.kind == "Item"         ? TRY(data_set())
                       : values.kind == "PersonName" ? TRY(person_name())
                                                     : value(vr, TRY(xml_.text_content()));
    if (values.json.size() < number) values.json.resize(number);
    if (!values.json[number - 1].empty()) return wrong("a number is there twice");
    values.json[number - 1] = std::move(json);
    return {};
  }

  static std::string value(VR vr, std::string_view text) {
    if (text.empty()) return "null";
    if (is_number(vr)) return number_json(vr, gateway::trim(text));
    std::string out;
    gateway::append_json_string(out, text);
    return out;
  }

  Result<std::string> person_name() {
    std::array<std::string, 3> groups;
    while (TRY(xml_.next_element()) == Event::Start) {
      const auto group =
          std::find_if(kGroups.begin(), kGroups.end(), [this](auto name) { return is_named(name); });
      if (group == kGroups.end()) return wrong("a PersonName holds an unknown element");
      std::string& text = groups[static_cast<std::size_t>(group - kGroups.begin())];
      if (!text.empty()) return wrong("a PersonName has a group twice");
      text = TRY(components());
    }
    std::string out;
    for (std::size_t i = 0; i < groups.size(); ++i) {
      if (groups[i].empty()) continue;
      out += (out.empty() ? "{\"" : ",\"") + std::string(kGroups[i]) + "\":";
      gateway::append_json_string(out, groups[i]);
    }
    return out.empty() ? "null" : out += '}';
  }

  Result<std::string> components() {
    std::array<std::string, 5> parts;
    std::size_t count = 0;
    while (TRY(xml_.next_element()) == Event::Start) {
      const auto found =
          std::find_if(kComponents.begin(), kComponents.end(), [this](auto name) { return is_named(name); });
      if (found == kComponents.end()) return wrong("a name holds an unknown element");
      const auto index = static_cast<std::size_t>(found - kComponents.begin());
      if (!parts[index].empty()) return wrong("a name has a component twice");
      parts[index] = TRY(xml_.text_content());
      count = std::max(count, index + 1);
    }
    std::string name;
    for (std::size_t i = 0; i < count; ++i) name += (i ? "^" : "") + parts[i];
    return name;
  }

  XmlReader& xml_;
  std::size_t gaps_ = 0;
};

}  // namespace

// PS3.19 section A.1.5
Result<std::string> read_native_xml(std::string_view text) {
  XmlReader xml = TRY(XmlReader::open(text));
  ModelReader model(xml);
  if (TRY(xml.next_element()) != Event::Start || !model.is_named("NativeDicomModel"))
    return gateway::fail(ErrorCode::InvalidBody, "the document is no NativeDicomModel", xml.where());
  std::string json = TRY(model.data_set());
  while (TRY(xml.next()) != Event::Done) continue;
  return json;
}

}  // namespace mappers::dicom
