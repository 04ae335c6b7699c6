// FHIR to records: what the renderer wrote comes back, and what others write is understood.
#include "mappers/fhir/read_imaging_study.h"

#include "mappers/fhir/service_request.h"
#include "tests/mappers/fhir/dicom_rows.h"

namespace mappers::fhir {
namespace {

using testing::code;
using testing::Draft;
using testing::image;
using testing::options;
using testing::parsed;
using testing::Value;
namespace model = gateway::model;

// A study of two series with what a resource can say of it, each person with one name part only: a reference
// shows names without their structure.
std::vector<Draft> full_study() {
  auto first = image();
  first.set("StudyDate", "20240701").set("StudyTime", "093000.5").set("TimezoneOffsetFromUTC", "+0530");
  first.set("StudyDescription", "CT of the chest").set("StudyID", "S-7").set("AccessionNumber", "A-1");
  Draft issuer, request, person;
  issuer.set("UniversalEntityID", "1.2.40").set("UniversalEntityIDType", "ISO");
  first.set_items("IssuerOfAccessionNumberSequence", {issuer});
  first.set("AdmissionID", "V-1").set_items("IssuerOfAdmissionIDSequence", {issuer});
  first.set("ReferringPhysicianName", "Curie").set("NameOfPhysiciansReadingStudy", "One\\Two");
  person.set_items("PersonIdentificationCodeSequence", {code("D-1", "99STAFF")});
  first.set_items("ReferringPhysicianIdentificationSequence", {person});
  first.set_items("ProcedureCodeSequence",
                  {code("24627-2", "LN", "CT Chest"), code("X1", "99LOCAL", "Mine")});
  request.set("RequestedProcedureID", "RP-1").set("PlacerOrderNumberImagingServiceRequest", "PL-1");
  request.set("RequestedProcedureDescription", "Chest as ordered");
  request.set_items("RequestedProcedureCodeSequence", {code("24627-2", "LN", "CT Chest")});
  first.set_items("RequestAttributesSequence", {request});
  first.set("PatientName", "Yamada^Tarou=山田^太郎=やまだ^たろう").set("PatientBirthDate", "19610203");
  first.set("PatientSex", "M").set("IssuerOfPatientID", "HOSPITAL").set("PatientAddress", "Main Street 1");
  first.set("PatientTelephoneNumbers", "1\\2").set_number("SeriesNumber", 3).set("SeriesDescription", "Lung");
  first.set("SeriesDate", "20240701").set("SeriesTime", "101500").set("BodyPartExamined", "LUNG");
  first.set_items("AnatomicRegionSequence", {code("39607008", "SCT", "Lung")}).set("Laterality", "L");
  first.set("Manufacturer", "Maker").set("ManufacturerModelName", "M9").set("StationName", "CT2");
  first.set("DeviceSerialNumber", "SN").set("SoftwareVersions", "1\\2").set("InstitutionName", "Clinic");
  first.set("InstitutionAddress", "Side Street").set("PerformingPhysicianName", "Roentgen");
  first.set("OperatorsName", "Op").set("KVP", "120.5").set_number("InstanceNumber", 17);
  first.set("ImageType", "ORIGINAL\\PRIMARY").set_number("NumberOfFrames", 2);
  first.set("ContentDescription", "Described");
  auto second = image("1.2.3.2.1", "1.2.3.2").set("Modality", "KO");
  second.set("SOPClassUID", "1.2.840.10008.5.1.4.1.1.88.59").set("PatientName", "Yamada^Tarou");
  second.set_items("ConceptNameCodeSequence", {code("113000", "DCM", "Of Interest")});
  return {first, second};
}

ReadStudy read_back(const model::StudyRow& row, const RenderOptions& with = options()) {
  std::string study, patient, endpoint;
  append_imaging_study(study, row, with);
  append_patient(patient, row.subject, with);
  append_endpoint(endpoint, "https://host/dicomweb", 0);
  const Value patient_value = parsed(patient), endpoint_value = parsed(endpoint);
  const auto resolve = [&](std::string_view reference) -> const Value* {
    if (reference.starts_with("Patient/")) return &patient_value;
    return reference == "Endpoint/dicom-wado-rs" ? &endpoint_value : nullptr;
  };
  auto read = read_imaging_study(parsed(study), with, resolve);
  EXPECT_TRUE(read.ok()) << (read.ok() ? "" : read.error().text());
  return read.ok() ? *read : ReadStudy{};
}

TEST(ReadImagingStudy, WhatWasRenderedComesBack) {
  auto mado = options();
  mado.pack = Pack::Mado;
  const model::StudyRow row = testing::row_of(full_study());
  for (const RenderOptions& pack : {options(), mado}) {
    const ReadStudy back = read_back(row, pack);
    EXPECT_EQ(back.losses, std::vector<std::string>());
    EXPECT_EQ(to_value(back.row.subject.subject), to_value(row.subject.subject));
    EXPECT_EQ(to_value(back.row.study), to_value(row.study));
    ASSERT_EQ(back.row.series.size(), 2u);
    EXPECT_EQ(orders_of(back.row), orders_of(row));
    for (std::size_t i = 0; i < 2; ++i) {
      auto series = back.row.series[i], expected = row.series[i];
      series.series.requests.clear();  // of the study: compared above
      expected.series.requests.clear();
      EXPECT_EQ(to_value(series.series), to_value(expected.series));
      expected.instances[0].transfer_syntax_uid.clear();  // no element of FHIR has it
      EXPECT_EQ(to_value(series.instances[0]), to_value(expected.instances[0]));
    }
    EXPECT_EQ(back.row.modalities, row.modalities);
    EXPECT_EQ(back.retrieve_address, "https://host/dicomweb");
    EXPECT_EQ(back.objects().size(), 2u);
    EXPECT_EQ(back.objects()[1].series.modality, "KO");
  }
}

TEST(ReadImagingStudy, RenderedAgainItIsTheSameResource) {
  const model::StudyRow row = testing::row_of(full_study());
  model::StudyRow back = read_back(row).row;
  back.subject.key = row.subject.key;
  std::string first, second;
  append_imaging_study(first, row, options());
  append_imaging_study(second, back, options());
  EXPECT_EQ(first, second);
}

TEST(ReadImagingStudy, VariantsOfOthersAreUnderstood) {
  const auto read = read_imaging_study(parsed(R"({
    "resourceType":"ImagingStudy","status":"available",
    "identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"ACSN"}]},
                   "system":"urn:oid:1.2.40","value":"A-1"},
                  {"system":"urn:dicom:uid","value":"urn:oid:1.2.3"}],
    "subject":{"identifier":{"system":"urn:oid:1.2.41","value":"P1"}},
    "modality":[{"coding":[{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"MR"}]}],
    "started":"2024-07-01T09:30:00Z","note":[{"text":"x"}],"numberOfInstances":7,
    "series":[{"uid":"urn:oid:1.2.3.1","modality":{"system":"http://dicom.nema.org/resources/ontology/DCM",
      "code":"MR"},"laterality":{"system":"http://snomed.info/sct","code":"419161000"},
      "bodySite":{"system":"https://codes.example","code":"b1","display":"Somewhere"},
      "instance":[
        {"uid":"1.2.3.1.1","sopClass":{"system":"http://dicom.nema.org/resources/CodeSystem/DICOM_UIDs",
          "code":"urn:oid:1.2.840.10008.5.1.4.1.1.4"},"extension":[
          {"url":"https://profiles.ihe.net/RAD/MADO/StructureDefinition/MadoNumberOfFrames","valueInteger":3}]},
        {"uid":"1.2.3.1.2","sopClass":{"system":"http://dicom.nema.org/resources/ontology/DCMUID",
          "code":"1.2.840.10008.5.1.4.1.1.4"},"numberOfFrames":4}]}]})"),
                                       options());
  ASSERT_TRUE(read.ok()) << read.error().text();
  EXPECT_EQ(read->row.study.uid, "1.2.3");
  EXPECT_EQ(read->row.study.accession_number, "A-1");
  EXPECT_EQ(read->row.study.accession_issuer, "1.2.40");
  EXPECT_EQ(read->row.subject.subject.patient_id, "P1");
  EXPECT_EQ(read->row.study.timezone_offset, "+0000");
  const auto& series = read->row.series[0];
  EXPECT_EQ(series.series.uid, "1.2.3.1");
  EXPECT_EQ(series.series.laterality, "L");
  EXPECT_EQ(series.series.anatomic_regions[0].scheme, "https://codes.example");
  EXPECT_EQ(series.instances[0].sop_class_uid, "1.2.840.10008.5.1.4.1.1.4");
  EXPECT_EQ(series.instances[1].sop_class_uid, "1.2.840.10008.5.1.4.1.1.4");
  EXPECT_EQ(series.instances[0].frames, 3);
  EXPECT_EQ(series.instances[1].frames, 4);
  EXPECT_EQ(read->row.modalities, std::vector<std::string>{"MR"});
  EXPECT_EQ(read->retrieve_address, "");
  EXPECT_EQ(read->losses,
            (std::vector<std::string>{"numberOfInstances: says 7, listed are 2", "note: no record has it"}));
}

TEST(ReadImagingStudy, WhatNoRecordHoldsIsTold) {
  const auto read = read_imaging_study(parsed(R"({"resourceType":"ImagingStudy","status":"registered",
    "identifier":[{"system":"urn:dicom:uid","value":"urn:oid:1.2.3"}],
    "contained":[{"resourceType":"ServiceRequest","id":"o"},
      {"resourceType":"Patient","id":"p","name":[{"family":"A"},{"family":"B"}],
       "address":[{"line":["Street 1","Door 2"],"city":"Wien","postalCode":"1010","country":"AT"},{"text":"x"}]}],
    "procedureCode":[{"coding":[{"system":"http://loinc.org","code":"1"},{"system":"http://x.org","code":"2"}]}],
    "basedOn":[{"reference":"#o"}],"subject":{"reference":"#p"}})"),
                                       options());
  ASSERT_TRUE(read.ok()) << read.error().text();
  EXPECT_EQ(read->row.subject.subject.address, "Street 1, Door 2, 1010, Wien, AT");
  EXPECT_EQ(read->row.subject.subject.name.alphabetic, "A");
  EXPECT_EQ(read->losses,
            (std::vector<std::string>{"status: \"registered\" is none that DICOM objects have",
                                      "procedureCode: a code of DICOM has one coding: the first is kept",
                                      "Patient.name: only the first of each representation is kept",
                                      "Patient.address: only the first is kept",
                                      "basedOn: an order is told by series, and there are none"}));
}

TEST(ReadImagingStudy, WithoutItsUidsItIsRefused) {
  for (const char* bad :
       {R"({"resourceType":"Patient"})", R"({"resourceType":"ImagingStudy"})",
        R"({"resourceType":"ImagingStudy","identifier":[{"system":"urn:dicom:uid","value":"urn:oid:1.2"}],)"
        R"("series":[{}]})",
        R"({"resourceType":"ImagingStudy","identifier":[{"system":"urn:dicom:uid","value":"urn:oid:1.2"}],)"
        R"("series":[{"uid":"1.2.3","instance":[{"number":1}]}]})"}) {
    const auto read = read_imaging_study(parsed(bad), options());
    ASSERT_FALSE(read.ok()) << bad;
    EXPECT_EQ(read.error().code, gateway::ErrorCode::InvalidParameter);
  }
}

TEST(ReadImagingStudy, ResourcesOfAnotherShapeDoNoHarm) {
  for (const char* odd :
       {R"("series":{"uid":"1"})", R"("series":[1,null,"x"])", R"("basedOn":[[]],"subject":[])",
        R"("started":"yesterday","modality":"CT","encounter":7,"procedureReference":{"identifier":[]})"}) {
    const auto read = read_imaging_study(
        parsed(R"({"resourceType":"ImagingStudy","identifier":[{"system":"urn:dicom:uid","value":"1.2"}],)" +
               std::string(odd) + "}"),
        options());
    EXPECT_TRUE(!read.ok() || !read->losses.empty()) << odd;
  }
}

TEST(WadoAddress, IsTheBaseBeforeStudies) {
  const auto address = [](const std::string& text) {
    return wado_address(parsed(R"({"resourceType":"Endpoint","connectionType":{"code":"dicom-wado-rs"},)"
                               R"("address":")" +
                               text + "\"}"));
  };
  EXPECT_EQ(address("https://host/rs"), "https://host/rs");
  EXPECT_EQ(address("https://host/rs/"), "https://host/rs");
  EXPECT_EQ(address("https://host/rs/studies/1.2.3"), "https://host/rs");
  EXPECT_EQ(address("http://notspecified"), "");
  EXPECT_EQ(wado_address(parsed(R"({"resourceType":"Endpoint","connectionType":{"code":"ihe-iid"},)"
                                R"("address":"https://host"})")),
            "");
}

}  // namespace
}  // namespace mappers::fhir
