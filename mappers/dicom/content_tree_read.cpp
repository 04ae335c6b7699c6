// Reading of content trees; making and writing of them is in content_tree.cpp.
#include <algorithm>
#include <array>
#include <utility>

#include "gateway/base/text.h"
#include "mappers/dicom/content_tree.h"

namespace mappers::dicom {
namespace {

using gateway::ErrorCode;
using gateway::Result;

constexpr Tag kValueType = make_tag(0x0040A040);
constexpr Tag kRelationshipType = make_tag(0x0040A010);
constexpr Tag kConceptName = make_tag(0x0040A043);
constexpr Tag kContentSequence = make_tag(0x0040A730);
constexpr Tag kReferencedItem = make_tag(0x0040DB73);
constexpr Tag kReferencedSops = make_tag(0x00081199);
constexpr unsigned kMaxInnerReferences = 3;  // levels: image, presentation state, nothing further

ValueType value_type_of(std::string_view text) {
  for (int i = 0; i < static_cast<int>(ValueType::Reference); ++i)
    if (const auto type = static_cast<ValueType>(i); name_of(type) == text) return type;
  return ValueType::Other;
}

Relationship relationship_of(std::string_view text) {
  for (int i = 1; i < static_cast<int>(Relationship::Other); ++i)
    if (const auto one = static_cast<Relationship>(i); name_of(one) == text) return one;
  return Relationship::Other;
}

const std::vector<DataSet>& items_of(const DataSet& data, Tag tag) {
  static const std::vector<DataSet> kNone;
  const Element* element = data.find(tag);
  return element ? element->items : kNone;
}

std::vector<std::int64_t> integers(const DataSet& data, Tag tag) {
  std::vector<std::int64_t> numbers;
  for (const double value : data.numbers(tag))
    if (value >= 0 && value <= 4'294'967'295.0) numbers.push_back(static_cast<std::int64_t>(value));
  return numbers;
}

std::vector<SopReference> read_references(const DataSet& data, unsigned levels) {
  std::vector<SopReference> references;
  if (levels == 0) return references;
  for (const DataSet& item : items_of(data, kReferencedSops)) {
    SopReference one;
    one.sop_class_uid = item.text(make_tag(0x00081150));
    one.sop_instance_uid = item.text(make_tag(0x00081155));
    one.frames = integers(item, make_tag(0x00081160));
    one.segments = integers(item, make_tag(0x0062000B));
    one.channels = integers(item, make_tag(0x0040A0B0));
    one.inner = read_references(item, levels - 1);
    references.push_back(std::move(one));
  }
  return references;
}

// PS3.3 section C.18.1: Numeric Measurement Macro
void read_number(const DataSet& data, ContentItem& item) {
  MeasuredValue measured;
  const auto& values = items_of(data, make_tag(0x0040A300));
  if (!values.empty()) {
    measured.text = values[0].text(make_tag(0x0040A30A));
    measured.value = values[0].number(make_tag(0x0040A161));
    if (!measured.value) measured.value = values[0].number(make_tag(0x0040A30A));
    measured.unit = read_code(values[0], make_tag(0x004008EA));
  }
  if (!items_of(data, make_tag(0x0040A301)).empty())
    measured.qualifier = read_code(data, make_tag(0x0040A301));
  if (!values.empty() || measured.qualifier) item.measured.push_back(std::move(measured));
}

void read_coordinates(const DataSet& data, ContentItem& item) {
  Coordinates& to = item.coordinates;
  if (item.type == ValueType::Tcoord) {
    to.type = data.text(make_tag(0x0040A130));
    to.sample_positions = integers(data, make_tag(0x0040A132));
    to.time_offsets = data.texts(make_tag(0x0040A138));
    to.date_times = data.texts(make_tag(0x0040A13A));
    return;
  }
  to.type = data.text(make_tag(0x00700023));
  to.data = data.numbers(make_tag(0x00700022));
  to.frame_of_reference = data.text(make_tag(0x30060024));
  to.fiducial_uid = data.text(make_tag(0x0070031A));
}

std::uint32_t text_tag_of(ValueType type) {
  switch (type) {
    case ValueType::Text:
      return 0x0040A160;
    case ValueType::Date:
      return 0x0040A121;
    case ValueType::Time:
      return 0x0040A122;
    case ValueType::DateTime:
      return 0x0040A120;
    case ValueType::UidRef:
      return 0x0040A124;
    default:
      return 0;
  }
}

// The value of an item, by its type (PS3.3 table C.17.3-7).
void read_value(const DataSet& data, ContentItem& item) {
  if (const auto tag = text_tag_of(item.type)) {
    item.text = data.text(make_tag(tag));
    return;
  }
  switch (item.type) {
    case ValueType::Container:
      item.continuous = data.text(make_tag(0x0040A050)) == "CONTINUOUS";
      break;
    case ValueType::Code:
      item.code = read_code(data, make_tag(0x0040A168));
      break;
    case ValueType::Num:
      read_number(data, item);
      break;
    case ValueType::PName:
      if (auto name = data.person_name(make_tag(0x0040A123)))
        item.person = {std::move(name->alphabetic), std::move(name->ideographic), std::move(name->phonetic)};
      break;
    case ValueType::Image:
    case ValueType::Composite:
    case ValueType::Waveform:
      item.references = read_references(data, kMaxInnerReferences);
      break;
    default:
      read_coordinates(data, item);
  }
}

class TreeReader {
 public:
  TreeReader(std::vector<Finding>& findings, const ContentLimits& limits)
      : findings_(findings), limits_(limits) {}

  // `where` is the path of positions: "1.2.4" (PS3.3 section C.17.3.2.5).
  Result<ContentItem> read(const DataSet& data, const std::string& where, unsigned depth) {
    if (depth > limits_.max_depth || ++count_ > limits_.max_items)
      return gateway::fail(ErrorCode::DicomLimit, "the content tree is too deep or too large",
                           "content item " + where);
    ContentItem item;
    if (depth > 1) item.relationship = relationship_of(data.text(kRelationshipType));
    if (depth > 1 && item.relationship == Relationship::Other)
      note("a relationship that the standard does not know", where);
    if (data.has(kReferencedItem)) {
      item.type = ValueType::Reference;
      for (const auto step : integers(data, kReferencedItem))
        item.target.push_back(static_cast<std::uint32_t>(step));
      return item;
    }
    item.type = value_type_of(data.text(kValueType));
    if (item.type == ValueType::Other) note("a value type that the standard does not know", where);
    read_facts(data, item, where);
    TRY_VOID(read_children(data, item, where, depth));
    return item;
  }

 private:
  void read_facts(const DataSet& data, ContentItem& item, const std::string& where) {
    item.name = read_code(data, kConceptName);
    read_value(data, item);
    if (const Element* text = data.find(make_tag(0x0040A160)); text && text->by_reference)
      note("a text that is too long to be held", where);
    if (const auto& templates = items_of(data, make_tag(0x0040A504)); !templates.empty())
      item.template_id = templates[0].text(make_tag(0x0040DB00));
    item.observed = data.text(make_tag(0x0040A032));
    item.observation_uid = data.text(make_tag(0x0040A171));
  }

  Result<void> read_children(const DataSet& data, ContentItem& item, const std::string& where,
                             unsigned depth) {
    const auto& children = items_of(data, kContentSequence);
    item.children.reserve(std::min<std::size_t>(children.size(), limits_.max_items));
    for (std::size_t i = 0; i < children.size(); ++i) {
      auto child = read(children[i], where + "." + std::to_string(i + 1), depth + 1);
      if (!child) return std::move(child).error();
      item.children.push_back(std::move(*child));
    }
    return {};
  }

  void note(std::string_view what, const std::string& where) {
    if (findings_.size() < limits_.max_findings)
      findings_.push_back({std::string(what), "content item " + where});
  }

  std::vector<Finding>& findings_;
  const ContentLimits& limits_;
  std::uint32_t count_ = 0;
};

}  // namespace

Result<ContentItem> read_content_tree(const DataSet& data, std::vector<Finding>& findings,
                                      const ContentLimits& limits) {
  if (!data.has(kValueType) && !data.has(kContentSequence))
    return gateway::fail(ErrorCode::DicomMissingAttribute, "the object has no content tree",
                         "0040A040, 0040A730");
  return TreeReader(findings, limits).read(data, "1", 1);
}

// PS3.3 section 8.8: Code Value, or one of its longer forms
Code read_code(const DataSet& data, Tag sequence) {
  Code code;
  const auto& items = items_of(data, sequence);
  if (items.empty()) return code;
  for (const std::uint32_t tag : {0x00080100u, 0x00080119u, 0x00080120u})
    if (code.value.empty()) code.value = items[0].text(make_tag(tag));
  code.scheme = items[0].text(make_tag(0x00080102));
  code.meaning = items[0].text(make_tag(0x00080104));
  return code;
}

}  // namespace mappers::dicom
