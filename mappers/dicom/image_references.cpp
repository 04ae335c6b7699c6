#include "mappers/dicom/image_references.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "mappers/dicom/sr_codes.h"
#include "mappers/dicom/sr_statements.h"

namespace mappers::dicom::sr {
namespace {

using gateway::model::ReportGroup;
using gateway::model::ReportReference;
using gateway::model::ReportSite;

constexpr std::size_t kMaxParts = 10'000;        // segments, regions of interest
constexpr std::size_t kMaxReferences = 200'000;  // images
const Code kSourceImage{"121322", "DCM", "Source image for image processing operation"};
const Code kSegment{"121191", "DCM", "Referenced Segment"};

Code first_code(const DataSet& data, std::uint32_t sequence) { return read_code(data, make_tag(sequence)); }

void note(StructuredReport& report, std::string what, std::string where) {
  report.findings.push_back({std::move(what), std::move(where)});
}

// Without doubles, in the order they are met.
class Sources {
 public:
  explicit Sources(StructuredReport& report) : report_(report) {}
  void add(const DataSet& item, const std::string& study_uid, const std::string& series_uid) {
    const std::string uid = text(item, 0x00081155);
    if (uid.empty() || !seen_.insert(uid).second) return;
    if (report_.references.size() >= kMaxReferences) {
      if (seen_.size() == kMaxReferences + 1) note(report_, "there are more images than can be held", "");
      return;
    }
    ReportReference reference;
    reference.role = kSourceImage;
    reference.study_uid = study_uid;
    reference.series_uid = series_uid;
    reference.sop_class_uid = text(item, 0x00081150);
    reference.sop_instance_uid = uid;
    report_.references.push_back(std::move(reference));
  }

 private:
  StructuredReport& report_;
  std::set<std::string> seen_;
};

// PS3.3 table C.8.20-4: Segment Description, with the anatomic region of section 10.5
ReportGroup read_segment(const DataSet& item, const StructuredReport& report, const std::string& where) {
  ReportGroup segment;
  segment.kind = ReportGroup::Kind::Measurements;
  segment.name = kSegment;
  segment.where = where;
  segment.tracking_id = text(item, 0x00620020);
  segment.label = text(item, 0x00620005);
  segment.tracking_uid = text(item, 0x00620021);
  segment.category = first_code(item, 0x00620003);
  segment.finding = first_code(item, 0x0062000F);
  segment.method.meaning = text(item, 0x00620008);  // AUTOMATIC, SEMIAUTOMATIC, MANUAL
  segment.algorithm.name = text(item, 0x00620009);
  if (const auto& regions = items_of(item, 0x00082218); !regions.empty()) {
    ReportSite site;
    site.site = first_code(item, 0x00082218);
    site.modifiers.push_back(first_code(regions[0], 0x00082220));
    if (site.modifiers[0].value.empty()) site.modifiers.clear();
    segment.sites.push_back(std::move(site));
  }
  ReportReference self;
  self.role = kSegment;
  self.study_uid = report.study_uid;
  self.series_uid = report.series_uid;
  self.sop_class_uid = report.sop_class_uid;
  self.sop_instance_uid = report.sop_instance_uid;
  if (const auto number = item.integer(make_tag(0x00620004))) self.segments.push_back(*number);
  segment.references.push_back(std::move(self));
  return segment;
}

// The images of the frames: Derivation Image Sequence (0008,9124) of the functional groups.
void add_frame_sources(const DataSet& groups, const Evidence& evidence, Sources& sources) {
  for (const DataSet& derivation : items_of(groups, 0x00089124))
    for (const DataSet& source : items_of(derivation, 0x00082112)) {
      const auto* place = evidence.find(text(source, 0x00081155));
      sources.add(source, place ? place->study_uid : "", place ? place->series_uid : "");
    }
}

// PS3.3 table C.8.8-5: what a region is called and what it is
ReportGroup read_roi(const DataSet& roi, const DataSet* observation, const StructuredReport& report,
                     const std::string& where) {
  ReportGroup group;
  group.name = {"130488", "DCM", "Region in Space"};
  group.where = where;
  group.label = text(roi, 0x30060026);
  group.method.meaning = text(roi, 0x30060036);  // AUTOMATIC, SEMIAUTOMATIC, MANUAL
  ReportReference self;
  self.role = group.name;
  self.study_uid = report.study_uid;
  self.series_uid = report.series_uid;
  self.sop_class_uid = report.sop_class_uid;
  self.sop_instance_uid = report.sop_instance_uid;
  if (const auto number = roi.integer(make_tag(0x30060022))) self.segments.push_back(*number);
  self.frame_of_reference_uid = text(roi, 0x30060024);
  group.references.push_back(std::move(self));
  if (!observation) return group;
  group.finding = first_code(*observation, 0x30060086);
  group.category.meaning = text(*observation, 0x300600A4);  // ORGAN, GTV, PTV, ...
  return group;
}

}  // namespace

void read_key_images(const ContentItem& root, const Evidence& evidence, StructuredReport& report) {
  report.kind = StructuredReport::Kind::KeyImages;
  if (kManifestTitle.names(root.name) || (root.name.value == "MADOTEMP001" && root.name.scheme == "99IHE"))
    return;
  StatementReader statements(root, evidence, report.findings);
  for (std::size_t i = 0; i < root.children.size(); ++i) {
    const ContentItem& item = root.children[i];
    const std::string where = "1." + std::to_string(i + 1);
    if (kKeyObjectDescription.names(item.name) && item.type == ValueType::Text)
      report.text += (report.text.empty() ? "" : "\n") + item.text;
    else if (!statements.take_reference(item, where, report.references))
      statements.read_into(report.items, item, where);
  }
}

void read_segmentation(const DataSet& data, const Evidence& evidence, StructuredReport& report) {
  report.kind = StructuredReport::Kind::Segmentation;
  report.title = {"113076", "DCM", "Segmentation"};
  const auto& segments = items_of(data, 0x00620002);
  for (std::size_t i = 0; i < segments.size() && i < kMaxParts; ++i)
    report.groups.push_back(read_segment(segments[i], report, "00620002." + std::to_string(i + 1)));
  if (segments.size() > kMaxParts) note(report, "there are more segments than can be held", "00620002");
  Sources sources(report);
  for (const std::uint32_t functional : {0x52009229u, 0x52009230u})
    for (const DataSet& groups : items_of(data, functional)) add_frame_sources(groups, evidence, sources);
  for (const DataSet& series : items_of(data, 0x00081115))
    for (const DataSet& image : items_of(series, 0x0008114A))
      sources.add(image, report.study_uid, text(series, 0x0020000E));
}

// PS3.3 tables C.8-41 and C.8-42
void read_structure_set(const DataSet& data, StructuredReport& report) {
  report.kind = StructuredReport::Kind::Structures;
  report.title = {"RTSTRUCT", "DCM", "RT Structure Set"};
  report.label = text(data, 0x30060002);
  report.date = text(data, 0x30060008);
  report.time = text(data, 0x30060009);
  const std::string approval = text(data, 0x300E0002);
  if (approval == "APPROVED") report.status = StructuredReport::Status::Final;
  if (approval == "UNAPPROVED") report.status = StructuredReport::Status::Preliminary;
  std::map<std::int64_t, const DataSet*> observations;
  for (const DataSet& item : items_of(data, 0x30060080))
    if (const auto number = item.integer(make_tag(0x30060084))) observations.emplace(*number, &item);
  const auto& regions = items_of(data, 0x30060020);
  for (std::size_t i = 0; i < regions.size() && i < kMaxParts; ++i) {
    const auto found = observations.find(regions[i].integer(make_tag(0x30060022)).value_or(-1));
    report.groups.push_back(read_roi(regions[i], found == observations.end() ? nullptr : found->second,
                                     report, "30060020." + std::to_string(i + 1)));
  }
  if (regions.size() > kMaxParts) note(report, "there are more regions than can be held", "30060020");
  Sources sources(report);
  for (const DataSet& frame : items_of(data, 0x30060010))
    for (const DataSet& study : items_of(frame, 0x30060012))
      for (const DataSet& series : items_of(study, 0x30060014))
        for (const DataSet& image : items_of(series, 0x30060016))
          sources.add(image, text(study, 0x00081155), text(series, 0x0020000E));
}

}  // namespace mappers::dicom::sr
