#include "mappers/dicom/content_tree.h"

#include <array>
#include <cmath>
#include <utility>

#include "gateway/base/text.h"

namespace mappers::dicom {
namespace {

constexpr std::array<std::string_view, 17> kValueTypes = {
    "CONTAINER", "TEXT",      "NUM",      "CODE",   "DATE",     "TIME",   "DATETIME", "UIDREF", "PNAME",
    "IMAGE",     "COMPOSITE", "WAVEFORM", "SCOORD", "SCOORD3D", "TCOORD", "",         ""};
constexpr std::array<std::string_view, 9> kRelationships = {"",
                                                            "CONTAINS",
                                                            "HAS OBS CONTEXT",
                                                            "HAS ACQ CONTEXT",
                                                            "HAS CONCEPT MOD",
                                                            "HAS PROPERTIES",
                                                            "INFERRED FROM",
                                                            "SELECTED FROM",
                                                            ""};
constexpr std::size_t kMaxCodeValue = 16;  // characters of SH
constexpr std::size_t kMaxMeaning = 64;    // characters of LO

std::vector<double> reals(const std::vector<std::int64_t>& numbers) {
  return {numbers.begin(), numbers.end()};
}

std::string joined(const std::vector<std::string>& values) {
  std::string text;
  for (const auto& value : values) text += (text.empty() ? "" : "\\") + value;
  return text;
}

// At most `count` characters of UTF-8.
std::string_view shortened(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (std::size_t n = 0; at < text.size(); ++at)
    if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80 && n++ == count) break;
  return text.substr(0, at);
}

void set_unless_empty(Draft& draft, std::string_view keyword, std::string_view value) {
  if (!value.empty()) draft.set(keyword, value);
}

Draft write_reference(const SopReference& reference) {
  Draft item;
  item.set("ReferencedSOPClassUID", reference.sop_class_uid);
  item.set("ReferencedSOPInstanceUID", reference.sop_instance_uid);
  if (!reference.frames.empty()) item.set_numbers("ReferencedFrameNumber", reals(reference.frames));
  if (!reference.segments.empty()) item.set_numbers("ReferencedSegmentNumber", reals(reference.segments));
  if (!reference.channels.empty()) item.set_numbers("ReferencedWaveformChannels", reals(reference.channels));
  std::vector<Draft> inner;
  for (const SopReference& one : reference.inner) inner.push_back(write_reference(one));
  if (!inner.empty()) item.set_items("ReferencedSOPSequence", std::move(inner));
  return item;
}

// PS3.3 section C.18.1: a number without a value is a sequence without items, and a qualifier.
void write_number(Draft& draft, const ContentItem& item) {
  std::vector<Draft> values;
  for (const MeasuredValue& measured : item.measured) {
    if (measured.qualifier)
      draft.set_items("NumericValueQualifierCodeSequence", {write_code(*measured.qualifier)});
    if (measured.text.empty() && !measured.value) continue;
    Draft value;
    value.set("NumericValue", measured.text.empty() ? decimal_text(*measured.value) : measured.text);
    value.set_items("MeasurementUnitsCodeSequence", {write_code(measured.unit)});
    values.push_back(std::move(value));
  }
  draft.set_items("MeasuredValueSequence", std::move(values));
}

void write_coordinates(Draft& draft, const ContentItem& item) {
  const Coordinates& from = item.coordinates;
  if (item.type == ValueType::Tcoord) {
    draft.set("TemporalRangeType", from.type);
    if (!from.sample_positions.empty())
      draft.set_numbers("ReferencedSamplePositions", reals(from.sample_positions));
    set_unless_empty(draft, "ReferencedTimeOffsets", joined(from.time_offsets));
    set_unless_empty(draft, "ReferencedDateTime", joined(from.date_times));
    return;
  }
  draft.set_numbers("GraphicData", from.data);
  draft.set("GraphicType", from.type);
  set_unless_empty(draft, "ReferencedFrameOfReferenceUID", from.frame_of_reference);
  set_unless_empty(draft, "FiducialUID", from.fiducial_uid);
}

std::string pn_text(const gateway::model::PersonName& name) {
  std::string text = name.alphabetic;
  if (!name.ideographic.empty() || !name.phonetic.empty()) text += "=" + name.ideographic;
  if (!name.phonetic.empty()) text += "=" + name.phonetic;
  return text;
}

void write_references(Draft& draft, const ContentItem& item) {
  std::vector<Draft> references;
  for (const SopReference& one : item.references) references.push_back(write_reference(one));
  draft.set_items("ReferencedSOPSequence", std::move(references));
}

// PS3.3 table C.17.3-7
void write_value(Draft& draft, const ContentItem& item) {
  switch (item.type) {
    case ValueType::Container:
      draft.set("ContinuityOfContent", item.continuous ? "CONTINUOUS" : "SEPARATE");
      break;
    case ValueType::Text:
      draft.set("TextValue", item.text);
      break;
    case ValueType::Date:
      draft.set("Date", item.text);
      break;
    case ValueType::Time:
      draft.set("Time", item.text);
      break;
    case ValueType::DateTime:
      draft.set("DateTime", item.text);
      break;
    case ValueType::UidRef:
      draft.set("UID", item.text);
      break;
    case ValueType::PName:
      draft.set("PersonName", pn_text(item.person));
      break;
    case ValueType::Code:
      draft.set_items("ConceptCodeSequence", {write_code(item.code)});
      break;
    case ValueType::Num:
      write_number(draft, item);
      break;
    case ValueType::Image:
    case ValueType::Composite:
    case ValueType::Waveform:
      write_references(draft, item);
      break;
    case ValueType::Scoord:
    case ValueType::Scoord3D:
    case ValueType::Tcoord:
      write_coordinates(draft, item);
      break;
    case ValueType::Reference:
    case ValueType::Other:
      break;
  }
}

void write_template(Draft& draft, const std::string& id) {
  if (id.empty()) return;
  Draft item;
  item.set("MappingResource", "DCMR").set("TemplateIdentifier", id);
  draft.set_items("ContentTemplateSequence", {std::move(item)});
}

}  // namespace

std::string_view name_of(ValueType type) { return kValueTypes[static_cast<std::size_t>(type)]; }
std::string_view name_of(Relationship relationship) {
  return kRelationships[static_cast<std::size_t>(relationship)];
}

const ContentItem* ContentItem::child(std::string_view code_value, std::string_view scheme) const {
  for (const ContentItem& one : children)
    if (one.is(code_value, scheme)) return &one;
  return nullptr;
}

std::optional<double> ContentItem::number() const {
  if (type == ValueType::Text) return gateway::parse_number<double>(gateway::trim(text));
  return measured.empty() ? std::nullopt : measured[0].value;
}

// PS3.3 section C.17.3.2.5: the first number is the root's, always 1; each further one is a position from 1.
const ContentItem* target_of(const ContentItem& root, const std::vector<std::uint32_t>& target) {
  if (target.empty() || target[0] != 1) return nullptr;
  const ContentItem* at = &root;
  for (std::size_t i = 1; i < target.size(); ++i) {
    if (target[i] == 0 || target[i] > at->children.size()) return nullptr;
    at = &at->children[target[i] - 1];
  }
  return at;
}

void write_content_tree(Draft& document, const ContentItem& root) {
  if (root.relationship != Relationship::None) document.set("RelationshipType", name_of(root.relationship));
  if (root.type == ValueType::Reference) {
    document.set_numbers("ReferencedContentItemIdentifier", {root.target.begin(), root.target.end()});
    return;
  }
  document.set("ValueType", name_of(root.type));
  if (!root.name.value.empty()) document.set_items("ConceptNameCodeSequence", {write_code(root.name)});
  write_value(document, root);
  write_template(document, root.template_id);
  set_unless_empty(document, "ObservationDateTime", root.observed);
  set_unless_empty(document, "ObservationUID", root.observation_uid);
  if (root.children.empty()) return;
  std::vector<Draft> items(root.children.size());
  for (std::size_t i = 0; i < items.size(); ++i) write_content_tree(items[i], root.children[i]);
  document.set_items("ContentSequence", std::move(items));
}

// PS3.3 section 8.8: a value of more than 16 characters is a Long Code Value, a URI a URN Code Value.
Draft write_code(const Code& code) {
  Draft item;
  const bool urn = code.value.starts_with("urn:") || code.value.find("://") != std::string::npos;
  const bool is_long = code.value.size() > kMaxCodeValue;
  item.set(urn ? "URNCodeValue" : is_long ? "LongCodeValue" : "CodeValue", code.value);
  if (!urn || !code.scheme.empty()) item.set("CodingSchemeDesignator", code.scheme);
  item.set("CodeMeaning", shortened(code.meaning.empty() ? code.value : code.meaning, kMaxMeaning));
  return item;
}

ContentItem make_container(Relationship relationship, Code name, std::string template_id) {
  ContentItem item;
  item.relationship = relationship;
  item.name = std::move(name);
  item.template_id = std::move(template_id);
  return item;
}

ContentItem make_text(Relationship relationship, ValueType type, Code name, std::string text) {
  ContentItem item;
  item.type = type;
  item.relationship = relationship;
  item.name = std::move(name);
  item.text = std::move(text);
  return item;
}

ContentItem make_code(Relationship relationship, Code name, Code value) {
  ContentItem item;
  item.type = ValueType::Code;
  item.relationship = relationship;
  item.name = std::move(name);
  item.code = std::move(value);
  return item;
}

ContentItem make_number(Relationship relationship, Code name, std::int64_t value, Code unit) {
  ContentItem item;
  item.type = ValueType::Num;
  item.relationship = relationship;
  item.name = std::move(name);
  item.measured.push_back({std::to_string(value), static_cast<double>(value), std::move(unit), {}});
  return item;
}

ContentItem make_reference(Relationship relationship, ValueType type, SopReference reference) {
  ContentItem item;
  item.type = type;
  item.relationship = relationship;
  item.references.push_back(std::move(reference));
  return item;
}

}  // namespace mappers::dicom
