// Objects that say something of images, as records.
#include "mappers/dicom/report.h"

#include <gtest/gtest.h>

#include "gateway/base/bytes.h"
#include "mappers/dicom/reader.h"
#include "tests/mappers/dicom/corpus.h"
#include "tests/support/report_trees.h"

namespace mappers::dicom {
namespace {

using gateway::model::ReportGroup;
using gateway::model::ReportItem;
using gateway::model::ReportValue;
using gateway::model::StructuredReport;
using Kind = StructuredReport::Kind;
using namespace tests;

StructuredReport read(const std::string& bytes) {
  const gateway::MemorySource source(bytes);
  const auto file = read_file(source);
  EXPECT_TRUE(file.ok()) << (file.ok() ? "" : file.error().text());
  if (!file.ok()) return {};
  auto report = read_report(file->data);
  EXPECT_TRUE(report.ok()) << (report.ok() ? "" : report.error().text());
  return report.ok() ? std::move(*report) : StructuredReport();
}

StructuredReport read(const ContentItem& root) { return read(report_bytes(root)); }

std::size_t numbers(const std::vector<ReportItem>& items) {
  std::size_t count = 0;
  for (const ReportItem& item : items)
    count += (item.value.kind == ReportValue::Kind::Number) + numbers(item.properties);
  return count;
}

std::size_t numbers(const std::vector<ReportGroup>& groups) {
  std::size_t count = 0;
  for (const ReportGroup& group : groups)
    count += numbers(group.items) + numbers(group.properties) + numbers(group.groups);
  return count;
}

std::size_t numbers(const ContentItem& item) {
  std::size_t count = item.type == ValueType::Num;
  for (const ContentItem& child : item.children) count += numbers(child);
  return count;
}

TEST(Report, KnowsWhichObjectsItReads) {
  EXPECT_TRUE(is_report_class("1.2.840.10008.5.1.4.1.1.88.33"));
  EXPECT_TRUE(is_report_class("1.2.840.10008.5.1.4.1.1.88.67"));
  EXPECT_TRUE(is_report_class("1.2.840.10008.5.1.4.1.1.66.4"));
  EXPECT_TRUE(is_report_class("1.2.840.10008.5.1.4.1.1.66.7"));
  EXPECT_TRUE(is_report_class("1.2.840.10008.5.1.4.1.1.481.3"));
  EXPECT_FALSE(is_report_class("1.2.840.10008.5.1.4.1.1.66.40"));
  EXPECT_FALSE(is_report_class(kCtClass));
}

TEST(Report, HasTheIdentityOfItsDocument) {
  const StructuredReport report = read(measurement_report());
  EXPECT_EQ(report.kind, Kind::Measurements);
  EXPECT_EQ(report.sop_instance_uid, kReportUid);
  EXPECT_EQ(report.study_uid, "1.2.3");
  EXPECT_EQ(report.title.value, "126000");
  EXPECT_EQ(report.status, StructuredReport::Status::Final);
  EXPECT_EQ(report.language, "eng");
  EXPECT_EQ(report.accession.value, "A1");
  EXPECT_EQ(report.equipment.manufacturer, "Maker");
  EXPECT_EQ(report.procedures.at(0).value, "25045-6");
  ASSERT_EQ(report.persons.size(), 1u);
  EXPECT_EQ(report.persons[0].name.alphabetic, "Reader^Rita");
  EXPECT_EQ(report.persons[0].organization, "Clinic");
  EXPECT_EQ(report.studies, std::vector<std::string>{"1.2.3"});
  EXPECT_TRUE(report.findings.empty()) << report.findings.front().what;
}

TEST(Report, HasTheMeasurementGroupWithWhatIsSaidOfIt) {
  const StructuredReport report = read(measurement_report());
  ASSERT_EQ(report.groups.size(), 1u);
  const ReportGroup& group = report.groups[0];
  EXPECT_EQ(group.where, "1.6.1");
  EXPECT_EQ(group.tracking_id, "Nodule 1");
  EXPECT_EQ(group.tracking_uid, "1.2.3.100");
  EXPECT_EQ(group.category.value, "49755003");
  EXPECT_EQ(group.finding.meaning, "Nodule");
  ASSERT_EQ(group.sites.size(), 1u);
  EXPECT_EQ(group.sites[0].site.meaning, "Lung");
  EXPECT_EQ(group.sites[0].laterality.meaning, "Left");
  ASSERT_EQ(group.references.size(), 1u);
  EXPECT_EQ(group.references[0].graphic_type, "CIRCLE");
  EXPECT_EQ(group.references[0].points, (std::vector<double>{10, 20, 12.5, 20}));
  EXPECT_EQ(group.references[0].sop_instance_uid, "1.2.3.4.1");
  EXPECT_EQ(group.references[0].series_uid, "1.2.3.4") << "of the evidence";
  EXPECT_EQ(group.references[0].study_uid, "1.2.3");
  ASSERT_EQ(group.properties.size(), 1u);
  EXPECT_EQ(group.properties[0].value.text, "1");
  ASSERT_EQ(group.items.size(), 2u);
  EXPECT_EQ(group.items[1].value.code.meaning, "Obvious");
}

TEST(Report, HasTheMeasurementWithMethodAlgorithmAndQualifiers) {
  const StructuredReport report = read(measurement_report());
  const ReportItem& item = report.groups.at(0).items.at(0);
  EXPECT_EQ(item.name.meaning, "Diameter");
  EXPECT_EQ(item.value.text, "12.50");
  EXPECT_EQ(item.value.number, 12.5);
  EXPECT_EQ(item.value.unit.value, "mm");
  EXPECT_EQ(item.uid, "1.2.3.77");
  EXPECT_EQ(item.method.meaning, "RECIST 1.1") << "named with the older code";
  EXPECT_EQ(item.algorithm.name, "finder");
  EXPECT_EQ(item.algorithm.version, "2.1");
  EXPECT_EQ(item.algorithm.parameters, std::vector<std::string>{"level=3"});
  ASSERT_EQ(item.interpretations.size(), 1u);
  EXPECT_EQ(item.interpretations[0].meaning, "Abnormal");
  ASSERT_EQ(item.properties.size(), 1u);
  EXPECT_EQ(item.properties[0].name.meaning, "Derivation");
}

TEST(Report, OfComputedTomographyHasAccumulatedDoseAndEvents) {
  const StructuredReport report = read(ct_dose_report());
  EXPECT_EQ(report.kind, Kind::Dose);
  ASSERT_EQ(report.groups.size(), 3u);
  EXPECT_EQ(report.groups[0].kind, ReportGroup::Kind::AccumulatedDose);
  ASSERT_EQ(report.groups[0].items.size(), 2u);
  const ReportGroup& event = report.groups[1];
  EXPECT_EQ(event.kind, ReportGroup::Kind::IrradiationEvent);
  EXPECT_EQ(event.uid, "1.2.3.501");
  EXPECT_EQ(event.observed, "20240131093000+0100");
  ASSERT_EQ(event.sites.size(), 1u);
  EXPECT_EQ(event.sites[0].site.meaning, "Chest");
  EXPECT_TRUE(event.groups.empty()) << "parts that are there once belong to the event";
  EXPECT_EQ(numbers(event.items), 3u);
  EXPECT_EQ(report.groups[2].groups.size(), 2u) << "two sources stay apart";
  EXPECT_EQ(numbers(report.groups), numbers(ct_dose_report())) << "no number is lost";
  ASSERT_EQ(report.items.size(), 2u);
  EXPECT_EQ(report.items[0].name.meaning, "Has Intent");
  EXPECT_EQ(report.items[1].properties.at(0).value.text, "1.2.3");
  EXPECT_TRUE(report.findings.empty()) << report.findings.front().what;
}

TEST(Report, OfTwoPlanesKeepsThemApart) {
  const StructuredReport report = read(xray_dose_report());
  EXPECT_EQ(report.kind, Kind::Dose);
  ASSERT_EQ(report.groups.size(), 3u);
  EXPECT_EQ(report.groups[0].properties.at(0).value.code.meaning, "Plane A");
  EXPECT_EQ(report.groups[1].properties.at(0).value.code.meaning, "Plane B");
  EXPECT_EQ(numbers(report.groups), 3u);
}

TEST(Report, OfRadiopharmaceuticalsHasTheAdministration) {
  const ContentItem root = below(
      dicom::make_container(Relationship::None, dcm("113500", "Radiopharmaceutical Radiation Dose Report"),
                            "10021"),
      {container(dcm("113502", "Radiopharmaceutical Administration"),
                 {code(sct("349358000", "Radiopharmaceutical agent"), sct("35321007", "Fluorodeoxyglucose")),
                  uid(dcm("113503", "Radiopharmaceutical Administration Event UID"), "1.2.3.701"),
                  moment(dcm("123003", "Radiopharmaceutical Start DateTime"), "20240131080000"),
                  number(dcm("113507", "Administered activity"), "350.5", ucum("MBq"))})});
  const StructuredReport report = read(report_bytes(root, "1.2.840.10008.5.1.4.1.1.88.68"));
  EXPECT_EQ(report.kind, Kind::Dose);
  ASSERT_EQ(report.groups.size(), 1u);
  EXPECT_EQ(report.groups[0].kind, ReportGroup::Kind::IrradiationEvent);
  EXPECT_EQ(report.groups[0].uid, "1.2.3.701");
  EXPECT_EQ(report.groups[0].observed, "20240131080000");
  EXPECT_EQ(report.groups[0].items.size(), 2u);
}

TEST(Report, OfAnyOtherDocumentHasSectionsAndValues) {
  const ContentItem root =
      below(dicom::make_container(Relationship::None, {"1111", "99OFFIS", "Report"}),
            {container(dcm("121070", "Findings"), {text(dcm("121071", "Finding"), "a mass"),
                                                   number({"333", "99OFFIS", "Size"}, "1.5", ucum("cm"))}),
             text(dcm("121077", "Conclusion"), "benign")});
  const StructuredReport report = read(root);
  EXPECT_EQ(report.kind, Kind::Document);
  ASSERT_EQ(report.groups.size(), 1u);
  EXPECT_EQ(report.groups[0].kind, ReportGroup::Kind::Section);
  EXPECT_EQ(report.groups[0].items.size(), 2u);
  EXPECT_EQ(report.items.at(0).value.text, "benign");
}

TEST(Report, OfKeyImagesHasTitleTextAndImages) {
  const ContentItem root =
      below(dicom::make_container(Relationship::None, dcm("113000", "Of Interest"), "2010"),
            {text(dcm("113012", "Key Object Description"), "look here"), image({}, kCtClass, "1.2.3.4.1")});
  const StructuredReport report = read(report_bytes(root, "1.2.840.10008.5.1.4.1.1.88.59"));
  EXPECT_EQ(report.kind, Kind::KeyImages);
  EXPECT_EQ(report.text, "look here");
  ASSERT_EQ(report.references.size(), 1u);
  EXPECT_EQ(report.references[0].series_uid, "1.2.3.4");
}

TEST(Report, OfAManifestHasNothingToTell) {
  const ContentItem root = below(dicom::make_container(Relationship::None, dcm("113030", "Manifest"), "2010"),
                                 {image({}, kCtClass, "1.2.3.4.1")});
  EXPECT_TRUE(read(report_bytes(root, "1.2.840.10008.5.1.4.1.1.88.59")).references.empty());
}

// Every item that is not understood is named with its place.
TEST(Report, NotesWhatHasNoPlace) {
  ContentItem pointer;
  pointer.type = ValueType::Reference;
  pointer.relationship = Relationship::InferredFrom;
  pointer.target = {1, 99};
  ContentItem nothing = number(dcm("1", "Nothing"), "", ucum("mm"));
  nothing.measured.clear();
  ContentItem root = dicom::make_container(Relationship::None, dcm("126000", "Report"), "1500");
  root.children = {pointer, nothing,
                   below(number(dcm("2", "Length"), "3", ucum("mm")), {container(dcm("3", "Inner"), {})}),
                   below(code(sct("363698007", "Finding Site"), sct("1", "Here")), {})};
  const StructuredReport report = read(root);
  ASSERT_EQ(report.findings.size(), 3u);
  EXPECT_EQ(report.findings[0].where, "content item 1.1");
  EXPECT_EQ(report.findings[1].where, "content item 1.2");
  EXPECT_EQ(report.findings[2].where, "content item 1.3.1");
  EXPECT_EQ(report.items.size(), 3u) << "a site without group is a statement";
}

TEST(Report, FollowsReferencesOfItemsOnce) {
  ContentItem pointer;
  pointer.type = ValueType::Reference;
  pointer.relationship = Relationship::InferredFrom;
  pointer.target = {1, 1};
  ContentItem loop = pointer;
  loop.target = {1, 3};
  ContentItem root = dicom::make_container(Relationship::None, dcm("126000", "Report"), "1500");
  root.children = {region("POINT", {1, 2}, image({}, kCtClass, "1.2.3.4.1", Relationship::SelectedFrom)),
                   below(number(dcm("2", "Length"), "3", ucum("mm")), {pointer}), loop};
  const StructuredReport report = read(root);
  ASSERT_EQ(report.items.size(), 1u);
  ASSERT_EQ(report.items[0].references.size(), 1u);
  EXPECT_EQ(report.items[0].references[0].points.size(), 2u);
  EXPECT_EQ(report.findings.size(), 1u) << "what points at itself";
}

// One item with many points, referred to by many others, is no way to much memory.
TEST(Report, BoundsWhatIsReferredTo) {
  ContentItem root = dicom::make_container(Relationship::None, dcm("126000", "Report"), "1500");
  root.children.push_back(region("POLYLINE", std::vector<double>(10'000, 1.5),
                                 image({}, kCtClass, "1.2.3.4.1", Relationship::SelectedFrom)));
  ContentItem pointer;
  pointer.type = ValueType::Reference;
  pointer.relationship = Relationship::InferredFrom;
  pointer.target = {1, 1};
  for (int i = 0; i < 500; ++i)
    root.children.push_back(below(number(dcm("2", "Length"), "3", ucum("mm")), {pointer}));
  const StructuredReport report = read(root);
  std::size_t points = 0;
  for (const ReportItem& item : report.items)
    for (const auto& reference : item.references) points += reference.points.size();
  EXPECT_LE(points, 200'000u);
  EXPECT_FALSE(report.findings.empty());
}

TEST(Report, RefusesWhatIsNoDocument) {
  Draft draft;
  draft.set("SOPClassUID", "1.2.840.10008.5.1.4.1.1.88.33").set("SOPInstanceUID", "1.2.3");
  const std::string bytes = encode_part10(draft).value();
  const gateway::MemorySource source(bytes);
  const auto file = read_file(source);
  ASSERT_TRUE(file.ok());
  const auto report = read_report(file->data);
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().code, gateway::ErrorCode::DicomMissingAttribute);
}

TEST(ReportCorpus, EveryObjectIsReadAndLosesNoNumber) {
  SKIP_WITHOUT_CORPUS();
  std::size_t read_whole = 0;
  for (const std::string& name : dicom_test::corpus_files()) {
    const std::string bytes = dicom_test::corpus_bytes(name);
    const gateway::MemorySource source(bytes);
    const auto file = read_file(source);
    if (!file.ok() || !is_report_class(file->data.text(tags::kSopClassUid))) continue;
    const auto report = read_report(file->data);
    if (name == "modality/Tag-0040-A170-VR-CS.dcm") {
      EXPECT_FALSE(report.ok()) << "its content is lost in a sequence that is none";
      continue;
    }
    ASSERT_TRUE(report.ok()) << name << ": " << report.error().text();
    ++read_whole;
    std::vector<Finding> findings;
    const auto tree = read_content_tree(file->data, findings);
    if (!tree.ok()) continue;
    std::size_t in_tree = 0;  // but for the image library, which is about images
    for (const ContentItem& child : tree->children)
      if (!child.is("111028")) in_tree += numbers(child);
    EXPECT_EQ(numbers(report->groups) + numbers(report->items), in_tree) << name;
  }
  EXPECT_EQ(read_whole, 34u);
}

TEST(ReportCorpus, ASegmentationHasItsSegmentsAndTheImagesItIsMadeOf) {
  SKIP_WITHOUT_CORPUS();
  const StructuredReport report = read(dicom_test::corpus_bytes("seg_ct_study/liver.dcm"));
  EXPECT_EQ(report.kind, Kind::Segmentation);
  ASSERT_EQ(report.groups.size(), 1u);
  EXPECT_EQ(report.groups[0].finding.meaning, "Liver");
  EXPECT_EQ(report.groups[0].label, "Liver");
  EXPECT_EQ(report.groups[0].references.at(0).segments, std::vector<std::int64_t>{1});
  EXPECT_EQ(report.references.size(), 3u) << "one for each slice";
  for (const auto& reference : report.references) EXPECT_FALSE(reference.series_uid.empty());
}

TEST(ReportCorpus, AStructureSetHasItsRegions) {
  SKIP_WITHOUT_CORPUS();
  const StructuredReport report = read(dicom_test::corpus_bytes("modality/rtstruct.dcm"));
  EXPECT_EQ(report.kind, Kind::Structures);
  ASSERT_FALSE(report.groups.empty());
  for (const ReportGroup& group : report.groups) EXPECT_FALSE(group.label.empty());
}

}  // namespace
}  // namespace mappers::dicom
