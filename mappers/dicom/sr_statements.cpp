#include "mappers/dicom/sr_statements.h"

#include <utility>

#include "mappers/dicom/sr_codes.h"

namespace mappers::dicom::sr {
namespace {

using gateway::model::ReportValue;
using Kind = ReportValue::Kind;

constexpr std::size_t kMaxFindings = 256;
constexpr std::size_t kMaxPoints = 50'000;  // numbers of one region
constexpr std::string_view kValueMapClass = "1.2.840.10008.5.1.4.1.1.67";

std::string below(const std::string& where, std::size_t index) {
  return where + "." + std::to_string(index + 1);
}

bool is_coordinates(ValueType type) {
  return type == ValueType::Scoord || type == ValueType::Scoord3D || type == ValueType::Tcoord;
}

bool is_object(ValueType type) {
  return type == ValueType::Image || type == ValueType::Composite || type == ValueType::Waveform;
}

Kind kind_of(ValueType type) {
  switch (type) {
    case ValueType::Num:
      return Kind::Number;
    case ValueType::Code:
      return Kind::Coded;
    case ValueType::Text:
      return Kind::Text;
    case ValueType::Date:
      return Kind::Date;
    case ValueType::Time:
      return Kind::Time;
    case ValueType::DateTime:
      return Kind::DateTime;
    case ValueType::PName:
      return Kind::Person;
    case ValueType::UidRef:
      return Kind::Uid;
    default:
      return Kind::None;
  }
}

std::string words_of(const ContentItem& item) {
  return item.name.meaning.empty() ? item.name.value : item.name.meaning;
}

}  // namespace

void StatementReader::read_into(std::vector<ReportItem>& items, const ContentItem& item,
                                const std::string& where) {
  if (item.type == ValueType::Reference) return note("a reference to another item has no place here", where);
  if (item.type == ValueType::Container || item.type == ValueType::Other)
    return note("not taken over: " + words_of(item), where);
  if (is_object(item.type) || is_coordinates(item.type)) return note("an image without statement", where);
  items.push_back(read_item(item, where));
}

ReportItem StatementReader::read_item(const ContentItem& item, const std::string& where) {
  ReportItem made;
  made.name = item.name;
  made.where = where;
  made.uid = item.observation_uid;
  made.observed = item.observed;
  made.value = read_value(item, where);
  for (std::size_t i = 0; i < item.children.size(); ++i) {
    const ContentItem& child = item.children[i];
    if (!take_item_fact(child, below(where, i), made) && !take_common(child, below(where, i), made))
      read_into(made.properties, child, below(where, i));
  }
  return made;
}

// PS3.16 TID 310: normality and significance
bool StatementReader::take_item_fact(const ContentItem& item, const std::string& where, ReportItem& to) {
  if (item.type != ValueType::Code || !(kNormality.names(item.name) || kSignificance.names(item.name)))
    return false;
  to.interpretations.push_back(item.code);
  note_children(item, where);
  return true;
}

ReportValue StatementReader::read_value(const ContentItem& item, const std::string& where) {
  ReportValue value;
  value.kind = kind_of(item.type);
  value.text = item.text;
  value.code = item.code;
  value.person = item.person;
  if (value.kind != Kind::Number) return value;
  if (item.measured.empty()) {
    note("a measurement without value: " + words_of(item), where);
    return value;
  }
  const MeasuredValue& measured = item.measured.front();
  value.text = measured.text;
  value.number = measured.value;
  value.unit = measured.unit;
  value.qualifier = measured.qualifier;
  return value;
}

// PS3.16 TID 1410 row 9 and the like: the site, below it or beside it side and modifier
bool StatementReader::take_site(const ContentItem& item, const std::string& where,
                                std::vector<ReportSite>& to) {
  if (item.type != ValueType::Code) return false;
  if (kLaterality.names(item.name) || kTopography.names(item.name)) {
    if (to.empty()) to.emplace_back();
    if (kTopography.names(item.name))
      to.back().modifiers.push_back(item.code);
    else
      to.back().laterality = item.code;
    note_children(item, where);
    return true;
  }
  if (!kSite.names(item.name)) return false;
  if (to.empty() || !to.back().site.value.empty()) to.emplace_back();
  to.back().site = item.code;
  for (std::size_t i = 0; i < item.children.size(); ++i) {
    const ContentItem& child = item.children[i];
    const bool known = kLaterality.names(child.name) || kTopography.names(child.name);
    if (!known || !take_site(child, below(where, i), to))
      note("of a finding site: " + words_of(child), below(where, i));
  }
  return true;
}

// PS3.16 TID 4019
bool StatementReader::take_algorithm(const ContentItem& item, ReportAlgorithm& to) {
  if (kAlgorithmFamily.names(item.name) && item.type == ValueType::Code) {
    to.family = item.code;
    return true;
  }
  if (item.type != ValueType::Text) return false;
  if (kAlgorithmName.names(item.name) && to.name.empty()) {
    to.name = item.text;
  } else if (kAlgorithmVersion.names(item.name) && to.version.empty()) {
    to.version = item.text;
  } else if (kAlgorithmParameters.names(item.name)) {
    to.parameters.push_back(item.text);
  } else {
    return false;
  }
  return true;
}

bool StatementReader::take_text(const ContentItem& item, std::string& tracking_id,
                                std::string& tracking_uid) {
  const bool id = kTrackingId.names(item.name) && item.type == ValueType::Text && tracking_id.empty();
  const bool uid = kTrackingUid.names(item.name) && item.type == ValueType::UidRef && tracking_uid.empty();
  if ((!id && !uid) || !item.children.empty()) return false;
  (id ? tracking_id : tracking_uid) = item.text;
  return true;
}

bool StatementReader::take_method(const ContentItem& item, Code& to) {
  const bool method = kMethod.names(item.name) || kMethodOlder.names(item.name);
  if (!method || item.type != ValueType::Code || !to.value.empty() || !item.children.empty()) return false;
  to = item.code;
  return true;
}

// Images, regions of images and of space, series; also what is said by reference (PS3.3 C.17.3.2.5)
bool StatementReader::take_reference(const ContentItem& item, const std::string& where, References& to) {
  if (item.type == ValueType::Reference) {
    const ContentItem* target = target_of(root_, item.target);
    if (!target || !(is_object(target->type) || is_coordinates(target->type))) return false;
    return take_reference(*target, where, to);
  }
  if (is_object(item.type)) {
    add_objects(item, item.name, to);
    note_children(item, where);
    return true;
  }
  if (is_coordinates(item.type)) return add_region(item, where, to), true;
  if (!kSourceSeries.names(item.name) || item.type != ValueType::UidRef) return false;
  ReportReference series;
  series.role = item.name;
  series.series_uid = item.text;
  to.push_back(std::move(series));
  return true;
}

ReportReference StatementReader::reference_to(const SopReference& object, const Code& role) const {
  ReportReference made;
  made.role = role;
  made.sop_class_uid = object.sop_class_uid;
  made.sop_instance_uid = object.sop_instance_uid;
  made.frames = object.frames;
  made.segments = object.segments;
  if (const auto* place = evidence_.find(object.sop_instance_uid)) {
    made.study_uid = place->study_uid;
    made.series_uid = place->series_uid;
  }
  return made;
}

// An object, and with it the presentation state or value map that it is seen by.
void StatementReader::add_objects(const ContentItem& item, const Code& role, References& to) {
  static const Code kValueMap{"126100", "DCM", "Real World Value Map used for measurement"};
  for (const SopReference& object : item.references) {
    push(reference_to(object, role), to);
    for (const SopReference& inner : object.inner)
      push(reference_to(inner, inner.sop_class_uid == kValueMapClass ? kValueMap : role), to);
  }
}

void StatementReader::push(ReportReference reference, References& to) {
  if (reference.points.size() > kMaxPoints) {
    note("the points of a region are too many to be held", "1");
    reference.points.clear();
  }
  const std::size_t cost = 1 + reference.points.size();
  if (cost > spare_) return note("there are more references than can be held", "1");
  spare_ -= cost;
  to.push_back(std::move(reference));
}

// SCOORD with the images it is selected from; SCOORD3D stands in its frame of reference.
void StatementReader::add_region(const ContentItem& item, const std::string& where, References& to) {
  References images;
  for (std::size_t i = 0; i < item.children.size(); ++i) {
    const ContentItem* child = &item.children[i];
    if (child->type == ValueType::Reference) child = target_of(root_, child->target);
    if (child && is_object(child->type))
      add_objects(*child, item.name, images);
    else
      note("of a region: " + (child ? words_of(*child) : std::string("an item that is not there")),
           below(where, i));
  }
  if (item.type == ValueType::Tcoord) note("a span of time within a recording", where);
  if (images.empty()) images.emplace_back().role = item.name;
  for (ReportReference& image : images) {
    if (item.type != ValueType::Tcoord) {
      image.graphic_type = item.coordinates.type;
      image.points = item.coordinates.data;
      image.solid = item.type == ValueType::Scoord3D;
      image.frame_of_reference_uid = item.coordinates.frame_of_reference;
    }
    push(std::move(image), to);
  }
}

void StatementReader::note(std::string what, const std::string& where) {
  if (findings_.size() < kMaxFindings) findings_.push_back({std::move(what), "content item " + where});
}

void StatementReader::note_children(const ContentItem& item, const std::string& where) {
  for (std::size_t i = 0; i < item.children.size(); ++i)
    note("of " + words_of(item) + ": " + words_of(item.children[i]), below(where, i));
}

}  // namespace mappers::dicom::sr
