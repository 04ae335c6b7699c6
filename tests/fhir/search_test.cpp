#include "tests/fhir/face_fixture.h"

namespace gateway::fhir {
namespace {

TEST_F(FaceTest, PagesThroughAllMatchesOnce) {
  for (int n = 0; n < 7; ++n) add_study(n);
  std::string all;
  int pages = 0;
  for (std::string next = "ImagingStudy?_count=3"; !next.empty(); ++pages) {
    const Answer page = get(next);
    ASSERT_EQ(page.status, 200);
    EXPECT_EQ(total(page), 7);
    all += ids(page) + " ";
    EXPECT_EQ(link(page, "first"), std::string(kBase) + "/fhir/ImagingStudy?_count=3");
    next = link(page, "next");
  }
  EXPECT_EQ(all, "1.2.3.0 1.2.3.1 1.2.3.2 1.2.3.3 1.2.3.4 1.2.3.5 1.2.3.6 ");
  EXPECT_EQ(pages, 3);
}

TEST_F(FaceTest, APageEndsEarlyRatherThanHoldTooManyInstances) {
  for (int n = 0; n < 6; ++n) add_study(n);  // 2 instances each, 8 a page
  const Answer page = get("ImagingStudy?_count=6");
  EXPECT_EQ(ids(page), "1.2.3.0 1.2.3.1 1.2.3.2 1.2.3.3");
  EXPECT_EQ(total(page), 6);
  EXPECT_EQ(ids(get(link(page, "next"))), "1.2.3.4 1.2.3.5");
}

TEST_F(FaceTest, AskingForTheCountGivesNoEntries) {
  for (int n = 0; n < 3; ++n) add_study(n);
  for (const char* target :
       {"ImagingStudy?_count=0", "ImagingStudy?_summary=count", "ImagingStudy?_count=5&_summary=count"}) {
    const Answer answer = get(target);
    EXPECT_EQ(total(answer), 3) << target;
    EXPECT_EQ(answer.json.find("entry"), nullptr) << target;
    EXPECT_EQ(link(answer, "next"), "") << target;
  }
  EXPECT_EQ(total(get("ImagingStudy?_total=none")), -1);
}

TEST_F(FaceTest, UnknownParametersLeaveNoTraceOrAreRefused) {
  add_study(0);
  const Answer lenient = get("ImagingStudy?nosuch=1&modality=CT&_sort=nosuch");
  EXPECT_EQ(lenient.status, 200);
  EXPECT_EQ(link(lenient, "self"), std::string(kBase) + "/fhir/ImagingStudy?modality=CT");
  for (const char* target :
       {"ImagingStudy?nosuch=1", "ImagingStudy?_sort=nosuch", "ImagingStudy?_include=Patient:x"}) {
    const Answer strict = get(target, {{"Prefer", "return=minimal; handling=strict"}});
    EXPECT_EQ(strict.status, 400) << target;
    EXPECT_EQ(issue_code(strict), "invalid") << target;
  }
}

TEST_F(FaceTest, MalformedValuesAndUnknownModifiersAreRefused) {
  for (const char* target :
       {"ImagingStudy?_lastUpdated=notadate", "ImagingStudy?started=2024-13", "ImagingStudy?_count=x",
        "ImagingStudy?_count=-1", "ImagingStudy?modality:exact=CT", "ImagingStudy?patient.nosuch=x",
        "ImagingStudy?identifier:=x", "ImagingStudy?_summary=x", "Patient?birthdate=x",
        "Patient?name:not=Doe", "ImagingStudy?_page=d.-1"}) {
    const Answer answer = get(target);
    EXPECT_EQ(answer.status, 400) << target;
    EXPECT_EQ(issue_code(answer), "invalid") << target;
  }
}

TEST_F(FaceTest, APostedSearchEqualsTheOther) {
  for (int n = 0; n < 4; ++n) add_study(n);
  http::Request posted = request(http::Method::Post, "/fhir/ImagingStudy/_search?_count=1");
  posted.headers.add("Content-Type", "application/x-www-form-urlencoded");
  posted.body = std::make_shared<MemorySource>(
      std::string_view("modality=http%3A%2F%2Fdicom.nema.org%2Fresources%2Fontology%2FDCM%7CMR"));
  const Answer answer = send(posted);
  EXPECT_EQ(ids(answer), "1.2.3.1");
  EXPECT_EQ(total(answer), 2);
  EXPECT_EQ(ids(get(link(answer, "next"))), "1.2.3.3");
  posted.headers.set("Content-Type", "application/json");
  EXPECT_EQ(send(posted).status, 415);
}

TEST_F(FaceTest, FindsStudiesByIdentifier) {
  for (int n = 0; n < 3; ++n) add_study(n);
  for (const char* value : {"urn:dicom:uid|urn:oid:1.2.3.1", "urn:oid:1.2.3.1", "1.2.3.1", "S1", "|S1"})
    EXPECT_EQ(ids(get(std::string("ImagingStudy?identifier=") + value)), "1.2.3.1") << value;
  EXPECT_EQ(hits("ImagingStudy?identifier=1.2.3.0,S2"), 2);
  EXPECT_EQ(hits("ImagingStudy?identifier=urn:dicom:uid|"), 3);
  for (const char* value : {"|1.2.3.1", "urn:other|urn:oid:1.2.3.1", "urn:dicom:uid|S1", "1.2.3"})
    EXPECT_EQ(hits(std::string("ImagingStudy?identifier=") + value), 0) << value;
}

TEST_F(FaceTest, FindsStudiesByAccessionNumber) {
  for (int n = 0; n < 3; ++n) add_study(n);
  EXPECT_EQ(ids(get("ImagingStudy?basedon:identifier=A1")), "1.2.3.1");
  EXPECT_EQ(ids(get("ImagingStudy?basedon:identifier=urn:oid:1.9|A1")), "1.2.3.1");
  EXPECT_EQ(hits("ImagingStudy?basedon:identifier=urn:oid:1.8|A1"), 0);
  EXPECT_EQ(hits("ImagingStudy?basedon=ServiceRequest/A1"), 0);
}

TEST_F(FaceTest, FindsStudiesByPatient) {
  for (int n = 0; n < 6; ++n) add_study(n);
  const std::string key = subject(1).key;
  for (const std::string& value : {key, "Patient/" + key, std::string(kBase) + "/fhir/Patient/" + key})
    for (const char* name : {"patient", "subject", "subject:Patient"})
      EXPECT_EQ(ids(get("ImagingStudy?" + std::string(name) + "=" + value)), "1.2.3.2 1.2.3.3")
          << name << value;
  EXPECT_EQ(hits("ImagingStudy?patient=Group/" + key), 0);
  EXPECT_EQ(hits("ImagingStudy?patient=http://other.example/fhir/Patient/" + key), 0);
  EXPECT_EQ(hits("ImagingStudy?patient.identifier=P1"), 2);
  EXPECT_EQ(hits("ImagingStudy?patient.identifier=urn:oid:1.2.3.4|P1"), 2);
  EXPECT_EQ(hits("ImagingStudy?patient.identifier=urn:oid:1.2.3.4|P0"), 0);
  EXPECT_EQ(hits("ImagingStudy?subject:Patient.identifier=urn:x-local:patient-id|P0"), 2);
}

TEST_F(FaceTest, FindsStudiesByDay) {
  for (int n = 0; n < 28; ++n) add_study(n);  // 1 to 28 January 2024
  EXPECT_EQ(hits("ImagingStudy?started=2024-01-05"), 1);
  EXPECT_EQ(hits("ImagingStudy?started=2024-01"), 28);
  EXPECT_EQ(hits("ImagingStudy?started=2023"), 0);
  EXPECT_EQ(hits("ImagingStudy?started=ne2024-01-05"), 27);
  EXPECT_EQ(hits("ImagingStudy?started=lt2024-01-05"), 4);
  EXPECT_EQ(hits("ImagingStudy?started=le2024-01-05"), 5);
  EXPECT_EQ(hits("ImagingStudy?started=gt2024-01-05"), 23);
  EXPECT_EQ(hits("ImagingStudy?started=ge2024-01-05"), 24);
  EXPECT_EQ(hits("ImagingStudy?started=sa2024-01-05"), 23);
  EXPECT_EQ(hits("ImagingStudy?started=eb2024-01-05"), 4);
  EXPECT_EQ(hits("ImagingStudy?started=ap2024-01-05"), 28);
  EXPECT_EQ(hits("ImagingStudy?started=ge2024-01-05&started=le2024-01-06"), 2);
  EXPECT_EQ(hits("ImagingStudy?started=2024-01-05,2024-01-09"), 2);
}

TEST_F(FaceTest, DatesAtTheEndsOfTheCalendarBoundNothingAway) {
  for (int n = 0; n < 3; ++n) add_study(n);
  for (const char* all : {"le9999-12-31", "le9999", "lt9999-12-31", "le9999-12-31T23:59:59Z", "ge0001-01-01",
                          "lt9999-12-31T23:59:59-12:00", "ge0001-01-01T00:00:00Z", "gt0001", "ne9999"})
    EXPECT_EQ(hits(std::string("ImagingStudy?started=") + all), 3) << all;
  for (const char* none : {"gt9999-12-31", "gt9999", "sa9999-12-31", "lt0001-01-01", "eb0001", "9999-12-31",
                           "gt9999-12-31T23:59:59Z", "lt0001-01-01T00:00:00Z", "le0001-01-01"})
    EXPECT_EQ(hits(std::string("ImagingStudy?started=") + none), 0) << none;
  EXPECT_EQ(hits("Patient?birthdate=gt9999-12-31"), 0);
  EXPECT_EQ(hits("Patient?birthdate=le9999-12-31"), 2);
  EXPECT_EQ(hits("Patient?birthdate=lt0001-01-01"), 0);
  EXPECT_EQ(hits("ImagingStudy?_lastUpdated=gt9999-12-31"), 0);
  EXPECT_EQ(hits("ImagingStudy?_lastUpdated=le9999-12-31T23:59:59Z"), 3);
}

TEST_F(FaceTest, FindsStudiesByMomentWhateverTheZone) {
  for (int n = 0; n < 5; ++n) add_study(n);  // at 12:00 +01:00
  EXPECT_EQ(hits("ImagingStudy?started=2024-01-02T11:00:00Z"), 1);
  EXPECT_EQ(hits("ImagingStudy?started=2024-01-02T12:00:00Z"), 0);
  EXPECT_EQ(hits("ImagingStudy?started=2024-01-02T16:30:00+05:30"), 1);
  EXPECT_EQ(hits("ImagingStudy?started=ge2024-01-02T11:00:01Z"), 3);
  EXPECT_EQ(hits("ImagingStudy?started=lt2024-01-02T11:00:00Z"), 1);
  EXPECT_EQ(ids(get("ImagingStudy?started=ge2024-01-01T00:00Z&_count=2")), "1.2.3.0 1.2.3.1");
}

TEST_F(FaceTest, FindsStudiesByWhatIsInThem) {
  for (int n = 0; n < 4; ++n) add_study(n);
  EXPECT_EQ(hits("ImagingStudy?modality=CT"), 2);
  EXPECT_EQ(hits("ImagingStudy?modality=CT,MR"), 4);
  EXPECT_EQ(hits("ImagingStudy?modality=http://dicom.nema.org/resources/ontology/DCM|CT"), 2);
  EXPECT_EQ(hits("ImagingStudy?modality=http://dicom.nema.org/resources/ontology/DCM|"), 4);
  EXPECT_EQ(hits("ImagingStudy?modality=urn:other|CT"), 0);
  EXPECT_EQ(hits("ImagingStudy?modality=|CT"), 0);
  EXPECT_EQ(ids(get("ImagingStudy?series=1.2.3.2.1")), "1.2.3.2");
  EXPECT_EQ(ids(get("ImagingStudy?series=urn:oid:1.2.3.2.1")), "1.2.3.2");
  EXPECT_EQ(ids(get("ImagingStudy?instance=1.2.3.3.2.1")), "1.2.3.3");
  EXPECT_EQ(hits("ImagingStudy?dicom-class=urn:ietf:rfc:3986|urn:oid:1.2.840.10008.5.1.4.1.1.4"), 2);
  EXPECT_EQ(hits("ImagingStudy?dicom-class=urn:oid:1.2.840.10008.5.1.4.1.1.4"), 2);
  EXPECT_EQ(hits("ImagingStudy?dicom-class=1.2.840.10008.5.1.4.1.1.2&modality=MR"), 0);
}

TEST_F(FaceTest, FindsStudiesByWhatAllOfThemHave) {
  for (int n = 0; n < 4; ++n) add_study(n);
  EXPECT_EQ(hits("ImagingStudy?status=available"), 4);
  EXPECT_EQ(hits("ImagingStudy?status=http://hl7.org/fhir/imagingstudy-status|available"), 4);
  EXPECT_EQ(hits("ImagingStudy?status=cancelled"), 0);
  EXPECT_EQ(hits("ImagingStudy?endpoint=Endpoint/dicom-wado-rs"), 4);
  EXPECT_EQ(hits("ImagingStudy?endpoint=Endpoint/other"), 0);
  EXPECT_EQ(hits("ImagingStudy?_id=1.2.3.0,1.2.3.1,nobody"), 2);
}

TEST_F(FaceTest, FindsByLastUpdate) {
  for (int n = 0; n < 4; ++n) add_study(n);  // kUpdated + n microseconds
  EXPECT_EQ(hits("ImagingStudy?_lastUpdated=2023-11-14"), 4);
  EXPECT_EQ(hits("ImagingStudy?_lastUpdated=2023-11-14T22:13:20.123Z"), 4);
  EXPECT_EQ(hits("ImagingStudy?_lastUpdated=2023-11-14T23:13:20%2B01:00"), 4);
  EXPECT_EQ(hits("ImagingStudy?_lastUpdated=2023-11-14T23:13:20+01:00"), 4);
  EXPECT_EQ(hits("ImagingStudy?_lastUpdated=gt2023-11-14T22:13:20Z"), 0);
  EXPECT_EQ(hits("ImagingStudy?_lastUpdated=ne2023-11-14"), 0);
  EXPECT_EQ(hits("Patient?_lastUpdated=le2023-11-14"), 2);
  EXPECT_EQ(hits("Endpoint?_lastUpdated=2026-11-22"), 1);
}

TEST_F(FaceTest, IncludesEachOnceAndBesideTheCount) {
  for (int n = 0; n < 4; ++n) add_study(n);
  const Answer answer =
      get("ImagingStudy?_count=2&_include=ImagingStudy:patient&_include=ImagingStudy:endpoint");
  EXPECT_EQ(ids(answer), "1.2.3.0 1.2.3.1");
  EXPECT_EQ(ids(answer, "include"), subject(0).key + " dicom-wado-rs");
  EXPECT_EQ(ids(get("ImagingStudy?_count=1&_include=ImagingStudy:subject:Patient"), "include"),
            subject(0).key);
}

TEST_F(FaceTest, FindsPatients) {
  for (int n = 0; n < 12; ++n) add_study(n);  // subjects 0 to 5
  EXPECT_EQ(hits("Patient"), 6);
  EXPECT_EQ(hits("Patient?family=smi"), 3);
  EXPECT_EQ(hits("Patient?family=mith"), 0);
  EXPECT_EQ(hits("Patient?family=smi,DOE"), 6);
  EXPECT_EQ(hits("Patient?given=que"), 3);
  EXPECT_EQ(hits("Patient?given=dr"), 0);
  EXPECT_EQ(hits("Patient?name=dr"), 3);
  EXPECT_EQ(hits("Patient?name=jane&family=doe"), 3);
  EXPECT_EQ(hits("Patient?family=*"), 0);
  EXPECT_EQ(hits("Patient?identifier=P1"), 1);
  EXPECT_EQ(hits("Patient?identifier=urn:oid:1.2.3.4|P1"), 1);
  EXPECT_EQ(hits("Patient?identifier=urn:oid:1.2.3.4|"), 3);
  EXPECT_EQ(hits("Patient?identifier=|P1"), 0);
  EXPECT_EQ(hits("Patient?identifier=urn:oid:1.2.3.4|P1,urn:x-local:patient-id|P2"), 2);
  EXPECT_EQ(hits("Patient?birthdate=1971"), 1);
  EXPECT_EQ(hits("Patient?birthdate=lt1972-01-15"), 2);
  EXPECT_EQ(hits("Patient?birthdate=1970-01-15,1975-01-15"), 2);
  EXPECT_EQ(hits("Patient?gender=female"), 2);
  EXPECT_EQ(hits("Patient?gender=http://hl7.org/fhir/administrative-gender|unknown"), 2);
  EXPECT_EQ(hits("Patient?gender=male,female"), 4);
  EXPECT_EQ(ids(get("Patient?_id=" + subject(3).key)), subject(3).key);
}

TEST_F(FaceTest, FindsTheEndpoint) {
  EXPECT_EQ(ids(get("Endpoint")), "dicom-wado-rs");
  EXPECT_EQ(hits("Endpoint?status=active&connection-type=dicom-wado-rs"), 1);
  EXPECT_EQ(hits("Endpoint?connection-type=http://terminology.hl7.org/CodeSystem/"
                 "endpoint-connection-type|dicom-wado-rs"),
            1);
  EXPECT_EQ(hits("Endpoint?connection-type=dicom-qido-rs"), 0);
  EXPECT_EQ(hits("Endpoint?_id=other"), 0);
}

TEST_F(FaceTest, ASearchThatWouldExamineTooMuchIsRefused) {
  model::StudyRow row;
  for (int n = 0; n < 5001; ++n) {
    row.study.uid = "1.2." + std::to_string(n);
    row.study.date = "20240101";
    index_.rows.push_back(row);
  }
  EXPECT_EQ(get("ImagingStudy?started=ne2023").status, 400);
  EXPECT_EQ(get("ImagingStudy?started=ne2023&modality=CT").status, 200);
}

}  // namespace
}  // namespace gateway::fhir
