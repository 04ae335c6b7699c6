// ImagingStudy from records: forms and limits. What becomes of each DICOM attribute: dicom_mapping_test.cpp.
#include <chrono>

#include "mappers/fhir/resource_parts.h"
#include "tests/mappers/fhir/fhir_fixture.h"

namespace mappers::fhir {
namespace {

using testing::at;
using testing::options;
using testing::rendered;
using testing::sample_study;
using testing::Value;
namespace model = gateway::model;

constexpr const char* kDar =
    R"([{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":)";

TEST(ImagingStudy, IdentifiesTheStudyByItsUid) {
  const Value study = rendered(sample_study());
  EXPECT_EQ(at(study, "resourceType"), "ImagingStudy");
  EXPECT_EQ(at(study, "id"), "1.2.826.0.1.3680043.8.1055.1");
  EXPECT_EQ(at(study, "identifier.0.system"), "urn:dicom:uid");
  EXPECT_EQ(at(study, "identifier.0.value"), "urn:oid:1.2.826.0.1.3680043.8.1055.1");
  EXPECT_EQ(at(study, "identifier.0.type.coding.0.code"), "110180");
  EXPECT_EQ(at(study, "identifier.0.type.coding.0.system"), "http://dicom.nema.org/resources/ontology/DCM");
  EXPECT_EQ(at(study, "status"), "available");
  EXPECT_EQ(at(study, "meta.versionId"), "3");
  EXPECT_EQ(at(study, "meta.lastUpdated"), "2023-11-14T22:13:21.000Z");
  EXPECT_EQ(at(study, "meta.profile.0"),
            "http://hl7.eu/fhir/imaging/StructureDefinition/ImagingStudyEuImaging|1.0.0-ballot");
}

TEST(ImagingStudy, IdOfAnIrregularUidIsADigest) {
  const std::string uid = "1.2_3";
  EXPECT_EQ(imaging_study_id(uid).size(), 33u);
  EXPECT_EQ(imaging_study_id(uid)[0], 'h');
  EXPECT_EQ(imaging_study_id(std::string(65, '1')).size(), 33u);
  EXPECT_EQ(imaging_study_id(std::string(64, '1')), std::string(64, '1'));
}

TEST(ImagingStudy, StudyIdIsAnIdentifierWithoutSystem) {
  auto row = sample_study();
  row.study.study_id = "S17";
  const Value study = rendered(row);
  EXPECT_EQ(at(study, "identifier.1.value"), "S17");
  EXPECT_EQ(at(study, "identifier.1.system"), "");
}

TEST(ImagingStudy, AccessionNumberIsALogicalReferenceToTheOrder) {
  auto row = sample_study();
  EXPECT_EQ(at(rendered(row), "basedOn.0.identifier.system"), "urn:x-local:accession-number");
  row.study.accession_issuer = "1.2.3.4";
  const Value study = rendered(row);
  EXPECT_EQ(at(study, "basedOn.0.type"), "ServiceRequest");
  EXPECT_EQ(at(study, "basedOn.0.identifier.type.coding.0.code"), "ACSN");
  EXPECT_EQ(at(study, "basedOn.0.identifier.system"), "urn:oid:1.2.3.4");
  EXPECT_EQ(at(study, "basedOn.0.identifier.value"), "ACC1");
  row.study.accession_number.clear();
  EXPECT_EQ(at(rendered(row), "basedOn"), "");
}

TEST(ImagingStudy, AllOfSeveralOrdersAreThere) {
  model::StudyRow row = sample_study();
  model::Request first, second, third;
  first.accession = {"ACC1", "", {}};
  second.accession = {"ACC2", "1.2.3", {}};
  third.accession = {"ACC3", "", {}};
  third.placer = {"PL3", "", {}};
  row.series[0].series.requests = {first, second, third};
  const Value study = rendered(row);
  EXPECT_EQ(at(study, "basedOn.0.identifier.value"), "ACC1");
  EXPECT_EQ(at(study, "basedOn.1.identifier.value"), "ACC2");
  EXPECT_EQ(at(study, "basedOn.1.identifier.system"), "urn:oid:1.2.3");
  EXPECT_EQ(at(study, "basedOn.2.identifier.value"), "ACC3");
  EXPECT_EQ(at(study, "basedOn.2.reference"), "#order-1");
  EXPECT_EQ(at(study, "basedOn.3"), "");
  EXPECT_EQ(at(study, "meta.profile"), "");  // the European profile has room for one
  row.series[0].series.requests = {first};
  EXPECT_NE(at(rendered(row), "meta.profile"), "");
  row.series[0].series.requests = {first, second};
  RenderOptions manifest = options();
  manifest.pack = Pack::Mado;
  std::string text;
  append_imaging_study(text, row, manifest, {});
  EXPECT_EQ(at(testing::parsed(text), "basedOn.1"), "");  // there the others stand beside the study
}

TEST(ImagingStudy, ModalitiesAreDcmCodes) {
  auto row = sample_study();
  row.modalities = {"", "CT", "ZZ"};
  const Value study = rendered(row);
  EXPECT_EQ(at(study, "modality.0.code"), "CT");
  EXPECT_EQ(at(study, "modality.0.display"), "Computed Tomography");
  EXPECT_EQ(at(study, "modality.1.code"), "ZZ");
  EXPECT_EQ(at(study, "modality.1.display"), "");
  EXPECT_EQ(at(study, "modality.2"), "");
}

TEST(ImagingStudy, ASeriesWithoutModalitySaysSo) {
  auto row = sample_study();
  row.series[0].series.modality.clear();
  row.modalities = {""};
  const Value study = rendered(row);
  EXPECT_EQ(at(study, "modality"), "");
  EXPECT_EQ(at(study, "series.0.modality.extension"), std::string(kDar) + "\"unknown\"}]");
}

TEST(ImagingStudy, RefersToItsPatientAndEndpoint) {
  const Value study = rendered(sample_study());
  EXPECT_EQ(at(study, "subject.reference"), "Patient/0123456789abcdef0123456789abcdef");
  EXPECT_EQ(at(study, "endpoint.0.reference"), "Endpoint/dicom-wado-rs");
}

TEST(ImagingStudy, StartedHasTheOffsetOfTheStudy) {
  auto row = sample_study();
  EXPECT_EQ(at(rendered(row), "started"), "2024-01-31T09:30:00.125+01:00");
  row.study.timezone_offset.clear();
  EXPECT_EQ(at(rendered(row), "started"), "2024-01-31");
  auto zoned = options();
  zoned.zone_offset = "-03:30";
  EXPECT_EQ(at(rendered(row, zoned), "started"), "2024-01-31T09:30:00.125-03:30");
  row.study.date.clear();
  EXPECT_EQ(at(rendered(row), "started"), "");
}

TEST(ImagingStudy, CountsSeriesAndInstances) {
  const Value study = rendered(sample_study());
  EXPECT_EQ(at(study, "numberOfSeries"), "1");
  EXPECT_EQ(at(study, "numberOfInstances"), "2");
  EXPECT_EQ(at(study, "series.0.numberOfInstances"), "2");
}

TEST(ImagingStudy, EveryProcedureCodeIsMappedAndNoneIsLost) {
  auto row = sample_study();
  row.study.procedures = {
      {"77477000", "SCT", "CT"}, {"X1", "99LOCAL", "House code"}, {"", "", "only text"}, {"", "", ""}};
  const Value study = rendered(row);
  EXPECT_EQ(at(study, "procedureCode.0.coding.0.system"), "http://snomed.info/sct");
  EXPECT_EQ(at(study, "procedureCode.0.coding.0.code"), "77477000");
  EXPECT_EQ(at(study, "procedureCode.0.text"), "CT");
  EXPECT_EQ(at(study, "procedureCode.1.coding.0.system"), "urn:x-local:coding-scheme:99LOCAL");
  EXPECT_EQ(at(study, "procedureCode.2"), R"({"text":"only text"})");
  EXPECT_EQ(at(study, "procedureCode.3"), "");
}

TEST(ImagingStudy, DescriptionAndReferrerAreText) {
  auto row = sample_study();
  row.study.referring_physician.alphabetic = "Curie^Marie^^Dr.";
  const Value study = rendered(row);
  EXPECT_EQ(at(study, "description"), "CT Thorax");
  EXPECT_EQ(at(study, "referrer.display"), "Dr. Marie Curie");
  EXPECT_EQ(at(study, "referrer.reference"), "");
}

TEST(ImagingStudySeries, HasUidNumberModalityAndDescription) {
  auto row = sample_study();
  row.series[0].series.description = " Lung\x01 1.0 ";
  row.series[0].series.date = "20240131";
  row.series[0].series.time = "093100";
  const Value study = rendered(row);
  EXPECT_EQ(at(study, "series.0.uid"), "1.2.826.0.1.3680043.8.1055.1.1");
  EXPECT_EQ(at(study, "series.0.number"), "1");
  EXPECT_EQ(at(study, "series.0.modality.code"), "CT");
  EXPECT_EQ(at(study, "series.0.description"), "Lung 1.0");
  EXPECT_EQ(at(study, "series.0.started"), "2024-01-31T09:31:00+01:00");
}

TEST(ImagingStudySeries, NumbersThatFhirCannotSayAreLeftOut) {
  auto row = sample_study();
  row.series[0].series.number = -5;
  row.series[0].instances[0].number = 3'000'000'000;
  row.series[0].instances[1].number.reset();
  const Value study = rendered(row);
  EXPECT_EQ(at(study, "series.0.number"), "");
  EXPECT_EQ(at(study, "series.0.instance.0.number"), "");
  EXPECT_EQ(at(study, "series.0.instance.1.number"), "");
}

TEST(ImagingStudySeries, BodySiteComesFromTheRegionElseFromTheBodyPart) {
  auto row = sample_study();
  auto& series = row.series[0].series;
  series.body_part = "CHEST";
  EXPECT_EQ(at(rendered(row), "series.0.bodySite"),
            R"({"system":"http://snomed.info/sct","code":"816094009","display":"Chest"})");
  series.anatomic_regions = {{"39607008", "SCT", "Lung"}};
  EXPECT_EQ(at(rendered(row), "series.0.bodySite.code"), "39607008");
  series.anatomic_regions.clear();
  series.body_part = "LEFT  WING";
  EXPECT_EQ(at(rendered(row), "series.0.bodySite"),
            R"({"system":"urn:x-local:body-part-examined","code":"LEFT WING","display":"LEFT WING"})");
  series.body_part.clear();
  EXPECT_EQ(at(rendered(row), "series.0.bodySite"), "");
}

TEST(ImagingStudySeries, LateralityIsSnomed) {
  auto row = sample_study();
  const auto code = [&](const char* laterality) {
    row.series[0].series.laterality = laterality;
    return at(rendered(row), "series.0.laterality.code");
  };
  EXPECT_EQ(code("L"), "7771000");
  EXPECT_EQ(code("R"), "24028007");
  EXPECT_EQ(code("B"), "51440002");
  EXPECT_EQ(code("U"), "");
}

TEST(ImagingStudySeries, PerformersAreNamedByFunction) {
  auto row = sample_study();
  auto& series = row.series[0].series;
  series.performing_physician.alphabetic = "Roentgen^Wilhelm";
  series.manufacturer = "Maker";
  series.model_name = "Model 1";
  series.institution = "Clinic";
  const Value study = rendered(row);
  EXPECT_EQ(at(study, "series.0.performer.0.function.coding.0.code"), "PRF");
  EXPECT_EQ(at(study, "series.0.performer.0.actor"),
            R"({"reference":"#performer-1","type":"PractitionerRole","display":"Wilhelm Roentgen"})");
  EXPECT_EQ(at(study, "series.0.performer.1.actor.display"), "Maker Model 1");
  EXPECT_EQ(at(study, "series.0.performer.2.actor.display"), "Clinic");
}

TEST(ImagingStudyInstance, HasUidSopClassNumberAndTitle) {
  auto row = sample_study();
  row.series[0].instances[0].concept_name = {{"113000", "DCM", "Of Interest"}};
  row.series[0].instances[1].sop_class_uid.clear();
  const Value study = rendered(row);
  EXPECT_EQ(at(study, "series.0.instance.0"),
            R"({"uid":"1.2.826.0.1.3680043.8.1055.1.1.1","sopClass":{"system":"urn:ietf:rfc:3986",)"
            R"("code":"urn:oid:1.2.840.10008.5.1.4.1.1.2"},"number":1,"title":"Of Interest"})");
  EXPECT_EQ(at(study, "series.0.instance.1.sopClass.extension"), std::string(kDar) + "\"unknown\"}]");
}

TEST(ImagingStudyInstance, AUidThatIsNoFhirIdIsMarkedAndNotMadeUp) {
  auto row = sample_study();
  row.series[0].instances[0].uid = "1.2 3";
  const Value study = rendered(row);
  EXPECT_EQ(at(study, "series.0.instance.0.uid"), "");
  EXPECT_EQ(at(study, "series.0.instance.0._uid.extension"), std::string(kDar) + "\"error\"}]");
}

TEST(ImagingStudy, TheManifestProfileIsClaimedWithRetrieveEndpointsOnly) {
  auto row = sample_study();
  auto mado = options();
  mado.pack = Pack::Mado;
  EXPECT_EQ(at(rendered(row, mado), "meta.profile"), "");
  References references;
  references.subject = "urn:uuid:1";
  references.order = "urn:uuid:2";
  references.series_endpoints = {{"urn:uuid:3"}};
  std::string json;
  append_imaging_study(json, row, mado, references);
  const Value study = testing::parsed(json);
  EXPECT_EQ(at(study, "meta.profile.0"),
            "https://profiles.ihe.net/RAD/MADO/StructureDefinition/MadoImagingStudy|0.1.0");
  EXPECT_EQ(at(study, "subject.reference"), "urn:uuid:1");
  EXPECT_EQ(at(study, "basedOn.0.reference"), "urn:uuid:2");
  EXPECT_EQ(at(study, "endpoint"), "");
  EXPECT_EQ(at(study, "series.0.endpoint.0.reference"), "urn:uuid:3");
}

TEST(ImagingStudy, NumbersOfDicomBecomeNumbersOfJson) {
  const std::pair<const char*, const char*> numbers[] = {
      {"120", "120"}, {" +1.50 ", "1.50"}, {"-.5", "-0.5"}, {"1.", "1"},   {"007", "7"}, {"1E+02", "1e+02"},
      {"", ""},       {"abc", ""},         {"1e", ""},      {"1.2.3", ""}, {".", ""}};
  for (const auto& [text, number] : numbers) EXPECT_EQ(decimal_of(text), number) << text;
}

TEST(ImagingStudy, TenThousandInstancesRenderInTime) {
  auto row = sample_study();
  auto& instances = row.series[0].instances;
  for (int i = 3; i <= 10'000; ++i) {
    instances.push_back(instances[0]);
    instances.back().number = i;
  }
  const auto begin = std::chrono::steady_clock::now();
  std::string json;
  append_imaging_study(json, row, options());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
  EXPECT_LT(json.size(), 4u << 20);
}

}  // namespace
}  // namespace mappers::fhir
