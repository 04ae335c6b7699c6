// Searches over what records hold in lists, in few rows, or only together with the configured zone.
#include "tests/fhir/face_fixture.h"

namespace gateway::fhir {
namespace {

constexpr const char* kKeyObjects = "1.2.840.10008.5.1.4.1.1.88.59";

class SearchSemanticsTest : public FaceTest {
 protected:
  model::StudyRow& add(int n) {
    add_study(n);
    return index_.rows.back();
  }
  // All that is left of the study is a note that rejects the rest.
  void cancel(model::StudyRow& row) {
    row.series.resize(1);
    row.series[0].series.modality = "KO";
    row.series[0].instances.resize(1);
    model::Instance& note = row.series[0].instances[0];
    note.sop_class_uid = kKeyObjects;
    note.concept_name = {{"113001", "DCM", "Rejected for Quality Reasons"}};
    row.modalities = {"KO"};
    row.series_count = row.series[0].instance_count = row.instance_count = 1;
  }
};

TEST_F(SearchSemanticsTest, StatusIsWhatTheResourceSays) {
  for (int n = 0; n < 4; ++n) add(n);
  cancel(index_.rows[1]);
  model::StudyRow& key_images = index_.rows[2];  // key objects, but none that rejects
  cancel(key_images);
  key_images.series[0].instances[0].concept_name = {{"113000", "DCM", "Of Interest"}};
  EXPECT_EQ(hits("ImagingStudy?status=cancelled"), 1);
  EXPECT_EQ(ids(get("ImagingStudy?status=cancelled")), "1.2.3.1");
  EXPECT_EQ(ids(get("ImagingStudy?status=available")), "1.2.3.0 1.2.3.2 1.2.3.3");
  EXPECT_EQ(hits("ImagingStudy?status=available,cancelled"), 4);
  EXPECT_EQ(hits("ImagingStudy?status=http://hl7.org/fhir/imagingstudy-status|"), 4);
  EXPECT_EQ(hits("ImagingStudy?status=registered"), 0);
  EXPECT_EQ(ids(get("ImagingStudy?status:not=available")), "1.2.3.1");
  EXPECT_EQ(hits("ImagingStudy?status:not=registered"), 4);
  EXPECT_EQ(hits("ImagingStudy?status:not=available,cancelled"), 0);
}

TEST_F(SearchSemanticsTest, StudiesAreFoundByEachOfTheirOrders) {
  for (int n = 0; n < 3; ++n) add(n);
  model::Request first, second;
  first.accession = {"A1", "1.9", {}};
  second.accession = {"B7", "https://ris.example", {}};
  index_.rows[1].series[0].series.requests = {first, second};
  EXPECT_EQ(ids(get("ImagingStudy?basedon:identifier=A1")), "1.2.3.1");
  EXPECT_EQ(ids(get("ImagingStudy?basedon:identifier=B7")), "1.2.3.1");
  EXPECT_EQ(ids(get("ImagingStudy?based-on:identifier=https://ris.example|B7")), "1.2.3.1");
  EXPECT_EQ(hits("ImagingStudy?basedon:identifier=https://ris.example|A1"), 0);
  EXPECT_EQ(hits("ImagingStudy?basedon:identifier=A0,B7"), 2);
  EXPECT_EQ(hits("ImagingStudy?basedon:identifier=|B7"), 0);
}

TEST_F(SearchSemanticsTest, PatientsAreFoundByEachIdentifierAsItIsRendered) {
  for (int n = 0; n < 4; n += 2) add(n);
  model::Subject& subject = index_.rows[1].subject.subject;
  subject.patient_id = "X1";
  subject.issuer = "WARD";
  subject.issuer_entity = "1.2.40.0.34";
  subject.other_ids = {{"OLD", "WARD", {}}, {"SSN", "urn:oid:2.16.1", {}}};
  const std::string key = index_.rows[1].subject.key;
  const Answer patient = get("Patient/" + key);
  const Value* identifiers = patient.json.find("identifier");
  ASSERT_EQ(identifiers->as_list()->size(), 3u) << patient.body;
  for (const Value& identifier : *identifiers->as_list()) {
    const std::string value(identifier.text("value")), system(identifier.text("system"));
    EXPECT_EQ(ids(get("Patient?identifier=" + system + "|" + value)), key) << system;
    EXPECT_EQ(ids(get("Patient?identifier=" + value)), key) << value;
    EXPECT_EQ(ids(get("ImagingStudy?patient.identifier=" + system + "|" + value)),
              mappers::fhir::imaging_study_id(index_.rows[1].study.uid))
        << system;
  }
  EXPECT_EQ(ids(get("Patient?identifier=urn:oid:1.2.40.0.34|")), key);
  EXPECT_EQ(hits("Patient?identifier=urn:x-local:issuer:WARD|X1"), 0);  // the entity goes before
  EXPECT_EQ(hits("Patient?identifier=urn:oid:1.2.40.0.34|OLD"), 0);
}

std::shared_ptr<const mappers::fhir::TimeZone> vienna() {
  auto zone = mappers::fhir::TimeZone::load("Europe/Vienna");
  return zone ? std::make_shared<const mappers::fhir::TimeZone>(std::move(*zone)) : nullptr;
}

class ZonedSearchTest : public FaceTest {
 protected:
  ZonedSearchTest() : FaceTest(vienna()) {}
};

TEST_F(ZonedSearchTest, ANamedZoneCountsInQueriesAsInResources) {
  if (!vienna()) GTEST_SKIP() << "there is no time zone database";
  add_study(0);
  model::StudyRow& summer = index_.rows.back();
  summer.study.date = "20240701";
  summer.study.time = "003000";
  summer.study.timezone_offset.clear();
  const Answer study = get("ImagingStudy/1.2.3.0");
  EXPECT_EQ(study.json.text("started"), "2024-07-01T00:30:00+02:00");
  EXPECT_EQ(hits("ImagingStudy?started=2024-07-01"), 1);
  EXPECT_EQ(hits("ImagingStudy?started=2024-06-30"), 0);
  EXPECT_EQ(hits("ImagingStudy?started=ge2024-07-01T00:30:00"), 1);
  EXPECT_EQ(hits("ImagingStudy?started=lt2024-07-01T00:30:00"), 0);
  EXPECT_EQ(hits("ImagingStudy?started=2024-06-30T22:30:00Z"), 1);
}

}  // namespace
}  // namespace gateway::fhir
