// Structured reports as resources, beside the example of HL7 DICOM SR to FHIR 1.0.0.
#include "mappers/fhir/report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "gateway/base/bytes.h"
#include "mappers/dicom/json_encode.h"
#include "mappers/dicom/reader.h"
#include "mappers/dicom/report.h"
#include "tests/mappers/fhir/fhir_fixture.h"
#include "tests/support/report_trees.h"

namespace mappers::fhir {
namespace {

using namespace testing;
using model::ReportItem;
using model::ReportValue;
using model::StructuredReport;

class ReportTest : public ::testing::Test {
 protected:
  static StructuredReport read(const std::string& bytes) {
    const gateway::MemorySource source(bytes);
    const auto file = dicom::read_file(source);
    EXPECT_TRUE(file.ok());
    auto report = dicom::read_report(file->data);
    EXPECT_TRUE(report.ok());
    return report.ok() ? std::move(*report) : StructuredReport();
  }

  static model::StudyRow study() {
    model::StudyRow row = sample_study();
    row.study.uid = "1.2.3";
    row.study.accession_number.clear();  // the document says it
    row.series.clear();
    return row;
  }

  void render(const StructuredReport& report, const RenderOptions& with = options()) {
    resources_.clear();
    rendered_ = render_report(report, study(), with);
    for (const auto& resource : rendered_.resources) {
      const Value value = parsed(resource.json);
      EXPECT_EQ(value.text("resourceType"), resource.type);
      EXPECT_EQ(value.text("id"), resource.id);
      EXPECT_TRUE(is_fhir_id(resource.id)) << resource.id;
      EXPECT_TRUE(is_report_id(resource.id)) << resource.id;
      const bool fresh = resources_.emplace(resource.type + "/" + resource.id, value).second;
      EXPECT_TRUE(fresh) << resource.id << " is there twice";
    }
    for (const auto& [name, value] : resources_) check_references(name, value);
  }

  // Every reference into the report has its target.
  void check_references(const std::string& from, const Value& value) {
    if (const auto* list = value.as_list())
      for (const Value& each : *list) check_references(from, each);
    if (!value.as_map()) return;
    for (const auto& [name, inner] : *value.as_map()) {
      const auto* text = inner.as_string();
      const bool ours = name == "reference" && text && text->find("/sop-") != std::string::npos;
      EXPECT_TRUE(!ours || resources_.contains(*text)) << from << " refers to " << *text;
      check_references(from, inner);
    }
  }

  std::vector<const Value*> of_type(const std::string& type) const {
    std::vector<const Value*> all;
    for (const auto& [name, value] : resources_)
      if (name.starts_with(type + "/")) all.push_back(&value);
    return all;
  }

  // The Observation whose code has this display or text.
  const Value& observation(const std::string& words) const {
    for (const Value* value : of_type("Observation"))
      if (at(*value, "code.text") == words || at(*value, "code.coding.0.display") == words) return *value;
    static const Value none;
    ADD_FAILURE() << "no Observation " << words;
    return none;
  }

  const Value& resource(const std::string& reference) const {
    static const Value none;
    const auto found = resources_.find(reference);
    EXPECT_NE(found, resources_.end()) << reference;
    return found == resources_.end() ? none : found->second;
  }

  RenderedReport rendered_;
  std::map<std::string, Value> resources_;
};

TEST_F(ReportTest, ADocumentIsADiagnosticReport) {
  render(read(tests::report_bytes(tests::measurement_report())));
  EXPECT_EQ(rendered_.resources.front().type, "DiagnosticReport");
  const Value report = parsed(rendered_.resources.front().json);
  EXPECT_EQ(report.text("id"), report_id(tests::kReportUid));
  EXPECT_EQ(report.text("status"), "final");
  EXPECT_EQ(report.text("language"), "en");
  EXPECT_EQ(at(report, "identifier.0.value"), "urn:oid:1.2.3.9.1");
  EXPECT_EQ(at(report, "identifier.0.type.coding.0.code"), "00080018");
  EXPECT_EQ(at(report, "code.coding.0.code"), "126000");
  EXPECT_EQ(at(report, "subject.reference"), "Patient/0123456789abcdef0123456789abcdef");
  EXPECT_EQ(at(report, "imagingStudy.0.reference"), "ImagingStudy/1.2.3");
  EXPECT_EQ(at(report, "basedOn.0.identifier.value"), "A1");
  EXPECT_EQ(report.text("effectiveDateTime"), "2024-01-31T10:15:00+01:00");
  EXPECT_EQ(report.text("issued"), "2024-01-31T10:15:00+01:00");
  const Value& role = resource(at(report, "resultsInterpreter.0.reference"));
  EXPECT_EQ(at(role, "organization.display"), "Clinic");
  EXPECT_EQ(at(resource(at(role, "practitioner.reference")), "name.0.family"), "Reader");
}

TEST_F(ReportTest, AGroupHasItsFindingItsSiteAndItsMembers) {
  render(read(tests::report_bytes(tests::measurement_report())));
  const Value& group = observation("Morphologic abnormality");
  EXPECT_EQ(at(group, "category.1.coding.0.code"), "125007");
  EXPECT_EQ(at(group, "valueCodeableConcept.coding.0.code"), "427359005");
  EXPECT_EQ(at(group, "identifier.0.value"), "urn:oid:1.2.3.100");
  EXPECT_EQ(at(group, "identifier.0.type.coding.1.code"), "112040");
  EXPECT_EQ(at(group, "identifier.1.value"), "Nodule 1");
  EXPECT_EQ(at(group, "component.0.code.text"), "Activity Session");
  EXPECT_EQ(at(group, "bodySite.coding.0.code"), "39607008");
  EXPECT_EQ(at(group, "bodySite.text"), "Lung, Left");
  const Value& structure = resource(at(group, "bodySite.extension.0.valueReference.reference"));
  EXPECT_EQ(at(structure, "locationQualifier.0.coding.0.code"), "7771000");
  EXPECT_EQ(at(structure, "identifier.0.value"), "urn:oid:1.2.3.100");
  EXPECT_EQ(group.find("hasMember")->as_list()->size(), 2u);
  const Value& selection = resource(at(group, "focus.0.reference"));
  const std::string text = gateway::to_json(selection);
  EXPECT_NE(text.find(R"("url":"regionType","valueCode":"circle")"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("url":"coordinate","valueDecimal":12.5)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("valueId":"1.2.3.4.1")"), std::string::npos) << text;
}

TEST_F(ReportTest, AMeasurementKeepsItsDigitsAndAllThatIsSaidOfIt) {
  render(read(tests::report_bytes(tests::measurement_report())));
  const Value& measured = observation("Diameter");
  EXPECT_EQ(at(measured, "valueQuantity.value"), "12.50");
  EXPECT_EQ(at(measured, "valueQuantity.code"), "mm");
  EXPECT_EQ(at(measured, "valueQuantity.system"), "http://unitsofmeasure.org");
  EXPECT_EQ(at(measured, "method.coding.0.code"), "126081");
  EXPECT_EQ(at(measured, "interpretation.0.coding.0.code"), "263654008");
  EXPECT_EQ(at(measured, "component.0.valueCodeableConcept.coding.0.display"), "Mean");
  EXPECT_EQ(at(measured, "identifier.0.value"), "urn:oid:1.2.3.77");
  EXPECT_EQ(at(measured, "identifier.0.type.coding.0.code"), "00080018") << "as the profile has it";
  EXPECT_EQ(at(measured, "identifier.0.type.coding.1.code"), "0040A171") << "what it is";
  EXPECT_EQ(at(measured, "bodySite.text"), "Lung, Left") << "of its group";
  EXPECT_EQ(at(measured, "meta.profile.0"),
            "http://hl7.eu/fhir/imaging/StructureDefinition/ObservationFindingEuImaging|1.0.0-ballot");
  const Value& device = resource(at(measured, "device.reference"));
  EXPECT_EQ(at(device, "deviceName.0.name"), "finder");
  EXPECT_EQ(at(device, "version.0.value"), "2.1");
  EXPECT_EQ(at(device, "property.0.valueCode.0.text"), "level=3");
}

TEST_F(ReportTest, WithoutANumberTheReasonIsSaid) {
  const std::pair<const char*, const char*> cases[] = {{"114000", "not-a-number"},
                                                       {"114002", "positive-infinity"},
                                                       {"114006", "error"},
                                                       {"114007", "not-performed"},
                                                       {"114010", "unknown"}};
  for (const auto& [qualifier, reason] : cases) {
    StructuredReport report;
    report.sop_instance_uid = "1.2.3.9.1";
    report.kind = StructuredReport::Kind::Measurements;
    ReportItem item;
    item.name = {"1", "99X", "Length"};
    item.where = "1.1";
    item.value.kind = ReportValue::Kind::Number;
    item.value.qualifier = model::Code{qualifier, "DCM", "why"};
    report.items.push_back(item);
    render(report);
    EXPECT_EQ(at(observation("Length"), "dataAbsentReason.coding.0.code"), reason) << qualifier;
    EXPECT_EQ(at(observation("Length"), "dataAbsentReason.coding.1.code"), qualifier);
  }
}

TEST_F(ReportTest, ValuesOfAllTypesHaveTheirElement) {
  struct Case {
    ReportValue::Kind kind;
    const char *text, *element, *expected;
  };
  const Case cases[] = {
      {ReportValue::Kind::Text, "words", "valueString", "words"},
      {ReportValue::Kind::Date, "20240131", "valueDateTime", "2024-01-31"},
      {ReportValue::Kind::DateTime, "20240131101112.5-0330", "valueDateTime", "2024-01-31T10:11:12.5-03:30"},
      {ReportValue::Kind::DateTime, "2024", "valueDateTime", "2024"},
      {ReportValue::Kind::Time, "101112", "valueTime", "10:11:12"},
      {ReportValue::Kind::Time, "late", "valueString", "late"},
      {ReportValue::Kind::Uid, "1.2.3", "valueString", "1.2.3"},
      {ReportValue::Kind::Coded, "", "dataAbsentReason.coding.0.code", "unknown"},
  };
  for (const Case& each : cases) {
    StructuredReport report;
    report.sop_instance_uid = "1.2.3.9.1";
    ReportItem item;
    item.name = {"1", "99X", "Thing"};
    item.where = "1.1";
    item.value.kind = each.kind;
    item.value.text = each.text;
    report.items.push_back(item);
    render(report);
    EXPECT_EQ(at(observation("Thing"), each.element), each.expected) << each.text;
  }
}

// obs-7: a component with the code of its Observation would be another value of the same.
TEST_F(ReportTest, AParameterOfTheSameNameIsNotCodedLikeIt) {
  StructuredReport report;
  report.sop_instance_uid = "1.2.3.9.1";
  ReportItem item;
  item.name = {"1", "99X", "Length"};
  item.where = "1.1";
  item.value.kind = ReportValue::Kind::Number;
  item.value.text = "3";
  item.properties.push_back(item);
  report.items.push_back(item);
  render(report);
  EXPECT_EQ(at(observation("Length"), "component.0.code"), R"({"text":"Length"})");
}

TEST_F(ReportTest, LongPathsStayIds) {
  StructuredReport report;
  report.sop_instance_uid = "1.2.3.9.1";
  ReportItem item;
  item.where = "1";
  for (int i = 0; i < 31; ++i) item.where += ".1000";
  report.items.push_back(item);
  render(report);
  EXPECT_EQ(of_type("Observation").size(), 1u);
}

TEST_F(ReportTest, DoseIsASummaryWithItsEvents) {
  render(read(tests::report_bytes(tests::ct_dose_report(), "1.2.840.10008.5.1.4.1.1.88.67")));
  const Value& dose = resource("Observation/" + report_id(tests::kReportUid) + "-dose");
  EXPECT_EQ(at(dose, "code.coding.0.code"), "73569-6");
  EXPECT_EQ(at(dose, "code.coding.0.system"), "http://loinc.org");
  EXPECT_EQ(dose.text("valueString"),
            "Total Number of Irradiation Events 2; CT Dose Length Product Total 520.5 mGy.cm");
  EXPECT_EQ(at(dose, "derivedFrom.0.reference"), "ImagingStudy/1.2.3");
  EXPECT_EQ(dose.find("hasMember")->as_list()->size(), 2u);
  EXPECT_EQ(dose.find("component")->as_list()->size(), 5u);
  const Value& event = resource(at(dose, "hasMember.0.reference"));
  EXPECT_EQ(at(event, "code.coding.0.code"), "113852");
  EXPECT_EQ(at(event, "code.coding.1.code"), "113819");
  EXPECT_EQ(at(event, "identifier.0.value"), "urn:oid:1.2.3.501");
  EXPECT_EQ(event.text("effectiveDateTime"), "2024-01-31T09:30:00+01:00");
  EXPECT_EQ(at(event, "bodySite.coding.0.code"), "51185008");
  EXPECT_EQ(event.find("component")->as_list()->size(), 5u);
  const Value& device = resource(at(dose, "device.reference"));
  EXPECT_EQ(at(device, "extension.0.valueCodeableConcept.coding.0.code"), "314789007");
  const Value& two_sources = resource(at(dose, "hasMember.1.reference"));
  EXPECT_EQ(two_sources.find("hasMember")->as_list()->size(), 2u);
}

TEST_F(ReportTest, DoseOfTwoPlanesStaysApart) {
  render(read(tests::report_bytes(tests::xray_dose_report(), "1.2.840.10008.5.1.4.1.1.88.67")));
  const Value& dose = resource("Observation/" + report_id(tests::kReportUid) + "-dose");
  EXPECT_EQ(dose.find("hasMember")->as_list()->size(), 3u);
  EXPECT_EQ(dose.text("valueString"), "1 irradiation events");
  EXPECT_EQ(at(resource(at(dose, "hasMember.0.reference")), "component.1.valueQuantity.value"), "0.0012");
}

TEST_F(ReportTest, KeyImagesAreASelectionWithTitleAndDescription) {
  const auto root = tests::below(
      dicom::make_container(dicom::Relationship::None, tests::dcm("113000", "Of Interest"), "2010"),
      {tests::text(tests::dcm("113012", "Key Object Description"), "look here"),
       tests::image({}, tests::kCtClass, "1.2.3.4.1")});
  render(read(tests::report_bytes(root, "1.2.840.10008.5.1.4.1.1.88.59")));
  ASSERT_EQ(rendered_.resources.size(), 1u);
  const Value& selection = *of_type("Basic").at(0);
  EXPECT_EQ(at(selection, "code.coding.0.code"), "ImagingSelection");
  EXPECT_EQ(at(selection, "extension.0.valueString"), "Of Interest");
  EXPECT_EQ(at(selection, "extension.1.valueMarkdown"), "look here");
  EXPECT_EQ(at(selection, "identifier.0.value"), "urn:oid:1.2.3.9.1");
}

TEST_F(ReportTest, MaskedThereAreNoPersonsAndNoOrders) {
  RenderOptions masked = options();
  masked.mask_identity = true;
  StructuredReport report = read(tests::report_bytes(tests::measurement_report()));
  ReportItem person;
  person.name = {"121008", "DCM", "Person Observer Name"};
  person.where = "1.99";
  person.value.kind = ReportValue::Kind::Person;
  person.value.person.alphabetic = "Reader^Rita";
  report.items.push_back(person);
  render(report, masked);
  for (const auto& resource : rendered_.resources) {
    EXPECT_EQ(resource.json.find("Reader"), std::string::npos) << resource.json;
    EXPECT_EQ(resource.json.find("basedOn"), std::string::npos) << resource.json;
  }
}

TEST_F(ReportTest, TheSameReportGivesTheSameResources) {
  const StructuredReport report = read(tests::report_bytes(tests::measurement_report()));
  render(report);
  const auto first = rendered_.resources;
  render(report);
  ASSERT_EQ(first.size(), rendered_.resources.size());
  for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(first[i].json, rendered_.resources[i].json);
}

TEST_F(ReportTest, TooManyStatementsAreNotedNotWritten) {
  StructuredReport report;
  report.sop_instance_uid = "1.2.3.9.1";
  ReportItem item;
  item.value.kind = ReportValue::Kind::Text;
  item.value.text = "x";
  for (int i = 1; i <= 20'010; ++i) {
    item.where = "1." + std::to_string(i);
    report.items.push_back(item);
  }
  const RenderedReport out = render_report(report, study(), options());
  EXPECT_EQ(out.resources.size(), 20'001u);
  ASSERT_EQ(out.findings.size(), 1u);
}

TEST_F(ReportTest, WhatTheDocumentIsAboutIsNotRepeatedWithoutEnd) {
  StructuredReport report;
  report.sop_instance_uid = "1.2.3.9.1";
  ReportItem item;
  item.value.kind = ReportValue::Kind::Text;
  item.value.text = "x";
  item.where = "1.1";
  report.items = {item};
  for (int i = 1; i <= 40; ++i) {
    model::ReportReference reference;
    reference.study_uid = "1.2.3";
    reference.series_uid = "1.2.3." + std::to_string(i);
    reference.sop_instance_uid = reference.series_uid + ".1";
    report.references.push_back(reference);
  }
  const RenderedReport out = render_report(report, study(), options());
  for (const auto& resource : out.resources) {
    if (resource.type != "Observation") continue;
    EXPECT_EQ(resource.json.find("\"focus\""), std::string::npos);
  }
  EXPECT_EQ(out.findings.size(), 1u);
}

// The one example of the guide: a measurement report and five Observations.
class ReportExampleTest : public ReportTest {
 protected:
  static std::filesystem::path folder() {
    return std::filesystem::path(SOURCE_DIR) / "../shared/corpus/fhir/examples/dicom-sr";
  }

  // The published JSON has one slip: a value that is no list.
  static StructuredReport example() {
    std::string text =
        gateway::read_file((folder() / "Example-MeasurementReport.dicom.json").string()).value();
    const std::string slip = R"("Value": "ACSN-235813")";
    if (const auto place = text.find(slip); place != std::string::npos)
      text.replace(place, slip.size(), R"("Value": ["ACSN-235813"])");
    const auto objects = dicom::parse_dicom_json(text);
    EXPECT_TRUE(objects.ok()) << (objects.ok() ? "" : objects.error().text());
    if (!objects.ok()) return {};
    const auto file = dicom::file_of_metadata(objects->front(), "1.2.840.10008.1.2.1");
    EXPECT_TRUE(file.ok());
    auto report = dicom::read_report(file->file.data);
    EXPECT_TRUE(report.ok());
    return report.ok() ? std::move(*report) : StructuredReport();
  }
};

// What differs from the published resources on purpose, or because these do not follow from the document:
//  - subject, partOf, basedOn, performer, device and so on refer to other ids, basedOn by its identifier;
//  - effectiveDateTime, issued: the document says 2019-03-23 08:24:28 without zone, they say 2024-07-24;
//  - valueQuantity.value of Volume and Diameter: the document says 31112.20 and 49.94462, they 6705.5499...
//    for both;
//  - device of the third measurement: the document names its algorithm, they the equipment;
//  - derivedFrom an ImagingSelection: not in R4, where it is the focus; bodyStructure: bodySite in R4;
//  - the system of UMLS is that of the FHIR registry; 99LIDCQIICR is private here, a web site there.
TEST_F(ReportExampleTest, ObservationsAreThoseOfTheGuide) {
  if (!std::filesystem::exists(folder())) GTEST_SKIP() << "the shared corpus is not here";
  render(example());
  const char* const kEqual[] = {"status",
                                "code.coding.0.code",
                                "code.coding.0.display",
                                "code.coding.0.system",
                                "valueQuantity.unit",
                                "valueQuantity.system",
                                "valueQuantity.code",
                                "valueQuantity.value",
                                "valueCodeableConcept.coding.0.code",
                                "valueCodeableConcept.coding.0.display"};
  const std::map<std::string, std::string> differs = {{"001 valueQuantity.value", "31112.20"},
                                                      {"002 valueQuantity.value", "49.94462"}};
  const std::map<std::string, std::string> files = {{"001", "Observation-imaging-measurement-001.json"},
                                                    {"002", "Observation-imaging-measurement-002.json"},
                                                    {"003", "Observation-imaging-measurement-003.json"},
                                                    {"eval", "Observation-qualitative-evaluation-001.json"}};
  for (const auto& [name, file] : files) {
    const Value expected = parsed(gateway::read_file((folder() / file).string()).value());
    const Value& ours = observation(at(expected, "code.coding.0.display"));
    for (const char* path : kEqual) {
      const auto differing = differs.find(name + " " + path);
      const std::string wanted = differing == differs.end() ? at(expected, path) : differing->second;
      const auto value = [](const std::string& text) { return std::strtod(text.c_str(), nullptr); };
      if (std::string_view(path) == "valueQuantity.value" && !wanted.empty())
        EXPECT_DOUBLE_EQ(value(at(ours, path)), value(wanted)) << file;
      else
        EXPECT_EQ(at(ours, path), wanted) << file << " " << path;
    }
    EXPECT_EQ(at(ours, "subject.reference").substr(0, 8), "Patient/");
    EXPECT_EQ(at(ours, "partOf.0.reference").substr(0, 13), "ImagingStudy/");
    EXPECT_EQ(at(ours, "basedOn.0.identifier.value"), "ACSN-235813");
    EXPECT_FALSE(at(ours, "performer.0.reference").empty());
    EXPECT_FALSE(at(ours, "device.reference").empty());
    EXPECT_EQ(at(ours, "focus.0.reference").substr(0, 6), "Basic/");
    EXPECT_EQ(at(ours, "bodySite.coding.0.code"), "39607008");
    EXPECT_EQ(at(ours, "category.1.coding.0.code"), expected.find("category") ? "C0034375" : "");
  }
}

TEST_F(ReportExampleTest, GroupDeviceAndReportAreThoseOfTheGuide) {
  if (!std::filesystem::exists(folder())) GTEST_SKIP() << "the shared corpus is not here";
  render(example());
  const Value& group = observation("Radiographic measurement of lung volume");
  EXPECT_EQ(at(group, "valueCodeableConcept.coding.0.code"), "427359005");
  EXPECT_EQ(group.find("hasMember")->as_list()->size(), 5u) << "three measurements, two evaluations";
  EXPECT_TRUE(rendered_.findings.empty());
  const Value expected = parsed(
      gateway::read_file((folder() / "DiagnosticReport-dicom-sr-measurement-report.json").string()).value());
  const Value report = parsed(rendered_.resources.front().json);
  EXPECT_EQ(report.text("status"), expected.text("status"));
  EXPECT_EQ(at(report, "code.coding"), at(expected, "code.coding"));
  EXPECT_EQ(of_type("Practitioner").size(), 1u) << "who observed is who verified";
  bool algorithm = false;
  for (const Value* device : of_type("Device")) algorithm |= at(*device, "deviceName.0.name") == "pylidc";
  EXPECT_TRUE(algorithm);
}

}  // namespace
}  // namespace mappers::fhir
