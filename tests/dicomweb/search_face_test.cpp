// QIDO-RS as a client sees it (PS3.18 sections 8.3.4 and 10.6).
#include "mappers/dicom/query_keys.h"
#include "tests/dicomweb/search_fixture.h"

namespace gateway::dicomweb {
namespace {

// Three studies: 1 of Doe^Jane with two CT series, 2 of Müller^Jörg (MR), 3 without name, number and
// modality.
class SearchFaceTest : public SearchFixture {
 protected:
  void SetUp() override {
    SearchFixture::SetUp();
    Draft request;
    request.set("ScheduledProcedureStepID", "SPS1").set("RequestedProcedureID", "RP1");
    Draft procedure;
    procedure.set("CodeValue", "P-100").set("CodingSchemeDesignator", "99X").set("CodeMeaning", "Thorax");
    Draft other_id;
    other_id.set("PatientID", "ALIAS-7");
    std::vector<Draft> objects;
    for (const char* uid : {"1.1.1", "1.1.2", "1.2.1"})
      objects.push_back(object(uid)
                            .set("AccessionNumber", "A 1")
                            .set("StudyTime", "2330")
                            .set("ReferringPhysicianName", "Roe^Richard")
                            .set("StudyID", "ST-1")
                            .set("KVP", {120.0})
                            .set("PerformedProcedureStepStartDate", "20240130")
                            .set("PerformedProcedureStepStartTime", "2345")
                            .set_items("RequestAttributesSequence", {request})
                            .set_items("ProcedureCodeSequence", {procedure})
                            .set_items("OtherPatientIDsSequence", {other_id}));
    objects.push_back(object("2.1.1")
                          .set("PatientID", "P2")
                          .set("PatientName", "Müller^Jörg=山田^太郎")
                          .set("PatientBirthDate", "19600102")
                          .set("PatientSex", "M")
                          .set("Modality", "MR")
                          .set("SOPClassUID", "1.2.840.10008.5.1.4.1.1.4")
                          .set("StudyDate", "20240201")
                          .set("StudyTime", "0515")
                          .set("AccessionNumber", "A2")
                          .set("KVP", {80.0}));
    objects.push_back(object("3.1.1")
                          .set("PatientID", "P3")
                          .set("PatientName", "")
                          .set("Modality", "")
                          .set("StudyDate", "20240301")
                          .set("StudyTime", "1200"));
    ingest(objects);
  }
};

struct Row {
  const char *target, *expected;
};

// Table 10.6.1-5.
TEST_F(SearchFaceTest, EveryRequiredKeyIsMatched) {
  const Row rows[] = {
      {"/studies?StudyDate=20240131", "1"},
      {"/studies?StudyTime=2330", "1"},
      {"/studies?AccessionNumber=A%201", "1"},
      {"/studies?ModalitiesInStudy=MR", "2"},
      {"/studies?ModalitiesInStudy=CT,MR", "1 2"},
      {"/studies?ReferringPhysicianName=roe%5Erichard", "1"},
      {"/studies?PatientName=doe*", "1"},
      {"/studies?PatientID=P1", "1"},
      {"/studies?StudyInstanceUID=9.1%2C9.3", "1 3"},
      {"/studies?StudyInstanceUID=9.1%5C9.3", "1 3"},
      {"/studies?StudyID=ST-1", "1"},
      {"/series?Modality=MR", "2.1"},
      {"/series?SeriesInstanceUID=9.1.2", "1.2"},
      {"/series?SeriesNumber=2", "1.2"},
      {"/series?PerformedProcedureStepStartDate=20240130", "1.1 1.2"},
      {"/series?PerformedProcedureStepStartTime=2300-0100", "1.1 1.2"},
      {"/series?RequestAttributesSequence.ScheduledProcedureStepID=SPS1", "1.1 1.2"},
      {"/series?00400275.00401001=RP*", "1.1 1.2"},
      {"/series?00400275.00401001=RP2", ""},
      {"/studies/9.1/series?00400275.00400009=SPS1&SeriesNumber=1", "1.1"},
      {"/instances?SOPClassUID=1.2.840.10008.5.1.4.1.1.4", "2.1.1"},
      {"/instances?SOPInstanceUID=9.1.1.2", "1.1.2"},
      {"/instances?InstanceNumber=2", "1.1.2"},
      {"/studies/9.1/instances?InstanceNumber=1", "1.1.1 1.2.1"},
      {"/studies/9.1/series/9.1.1/instances?InstanceNumber=1", "1.1.1"},
      // keys of higher levels
      {"/instances?PatientName=DOE*", "1.1.1 1.1.2 1.2.1"},
      {"/series?StudyDate=20240201-", "2.1 3.1"},
      {"/instances?ModalitiesInStudy=MR", "2.1.1"},
      {"/series?PatientID=P2", "2.1"},
      // of lower ones
      {"/studies?Modality=MR", "2"},
      {"/studies?SOPClassesInStudy=1.2.840.10008.5.1.4.1.1.4", "2"},
      {"/studies?SOPInstanceUID=9.1.1.2", "1"},
      {"/studies?RequestAttributesSequence.RequestedProcedureID=RP1", "1"},
  };
  for (const Row& row : rows) EXPECT_EQ(found(row.target), row.expected) << row.target;
}

TEST_F(SearchFaceTest, ValuesAreMatchedAsTheStandardSays) {
  const Row rows[] = {
      {"/studies?StudyDate=20240131-20240201", "1 2"},
      {"/studies?StudyDate=-20240201", "1 2"},
      {"/studies?StudyDate=20240202-", "3"},
      {"/studies?StudyTime=2200-0600", "1 2"},
      {"/studies?StudyDate=20240131-20240201&StudyTime=2300-0510", "1"},
      {"/studies?PatientName=%2AJ%C3%B6rg", "2"},
      {"/studies?PatientName=M%3Fller%5Ej%C3%B6rg", "2"},
      {"/studies?PatientName=%E5%B1%B1%E7%94%B0%5E%E5%A4%AA%E9%83%8E", "2"},
      {"/studies?PatientName=%3D%E5%B1%B1%E7%94%B0*", "2"},
      {"/studies?PatientName=Jane", ""},
      {"/studies?PatientName=mueler%20jorg", ""},
      {"/studies?PatientName=mueler%20jorg&fuzzymatching=true", "2"},
      {"/studies?PatientName=%E5%B1%B1&fuzzymatching=true", "2"},
      {"/series?PatientName=do&fuzzymatching=true", "1.1 1.2"},
      {"/studies?PatientName=%22%22&emptyvaluematching=true", "3"},
      {"/studies?AccessionNumber=%22%22&emptyvaluematching=true", "3"},
      {"/studies?OtherPatientIDsSequence.PatientID=%22%22&emptyvaluematching=true", "2 3"},
      {"/studies?AccessionNumber=%22%22", ""},
      {"/studies?PatientID=P1%5CP3&multiplevaluematching=true", "1 3"},
      {"/studies?PatientID=P1%5CP3", ""},
      {"/studies?PatientSex=M,O&multiplevaluematching=true", "2"},
      {"/studies?StudyDate=20240131,20240301&multiplevaluematching=true", "1 3"},
      {"/studies?StudyDate=20240131%5C20240201-&multiplevaluematching=true", "1 2 3"},
      {"/studies?PatientID=p1", ""},
      {"/studies?PatientID=*&PatientName=&StudyDate=*", "1 2 3"},
      {"/studies?ModalitiesInStudy=*", "1 2 3"},
      {"/studies?SpecificCharacterSet=ISO_IR%20192&nosuchthing=1&accept=*/*", "1 2 3"},
  };
  for (const Row& row : rows) EXPECT_EQ(found(row.target), row.expected) << row.target;
}

TEST_F(SearchFaceTest, AttributesWithoutAColumnAreMatchedOnWhatIsStored) {
  const Row rows[] = {
      {"/studies?OtherPatientIDsSequence.PatientID=ALIAS-7", "1"},
      {"/studies?00101002.00100020=alias*", ""},
      {"/studies?ProcedureCodeSequence.CodeValue=P-100", "1"},
      {"/studies?ProcedureCodeSequence.CodeMeaning=Tho*", "1"},
      {"/studies?NumberOfStudyRelatedInstances=3", "1"},
      {"/studies?NumberOfStudyRelatedSeries=1&StudyDate=20240201-", "2 3"},
      {"/series?NumberOfSeriesRelatedInstances=2", "1.1"},
      {"/studies?InstanceAvailability=ONLINE", "1 2 3"},
      {"/instances?KVP=120", "1.1.1 1.1.2 1.2.1"},
      {"/instances?KVP=120&limit=1&offset=1", "1.1.2"},
      {"/instances?KVP=80.0&PatientID=P2", "2.1.1"},
  };
  for (const Row& row : rows) EXPECT_EQ(found(row.target), row.expected) << row.target;
}

TEST_F(SearchFaceTest, WhatCannotBeMatchedIsRefusedByTheNameThatWasGiven) {
  const Row rows[] = {
      {"/studies?Rows=512", "Rows"},
      {"/studies?00180060=120", "00180060"},
      {"/series?KVP=120", "KVP"},
      {"/studies?PixelData=x", "PixelData"},
      {"/studies?RequestAttributesSequence=x", "RequestAttributesSequence"},
      {"/studies?PatientID.PatientName=x", "PatientID.PatientName"},
      {"/studies?StudyDate=yesterday", "StudyDate"},
      {"/studies?00080020=20241301", "00080020"},
      {"/studies?StudyTime=9", "StudyTime"},
      {"/studies?limit=-1", "limit"},
      {"/studies?limit=", "limit"},
      {"/studies?limit=1.5", "limit"},
      {"/studies?offset=-1", "offset"},
      {"/studies?fuzzymatching=maybe", "fuzzymatching"},
      {"/studies?includefield=NoSuchAttribute", "includefield"},
      {"/series?SeriesNumber=one", "SeriesNumber"},
  };
  for (const Row& row : rows) EXPECT_EQ(refusal(row.target), row.expected) << row.target;
}

TEST_F(SearchFaceTest, PagesAreStableWhileStudiesAreAdded) {
  EXPECT_EQ(found("/studies?limit=2"), "1 2");
  EXPECT_EQ(found("/studies?StudyDate=20000101-&limit=2"), "1 2");
  ingest({object("4.1.1").set("StudyDate", "20000101")});
  EXPECT_EQ(found("/studies?limit=2&offset=2"), "3 4");
  EXPECT_EQ(found("/studies?StudyDate=20000101-&limit=2&offset=2"), "3 4");
  EXPECT_EQ(found("/studies?limit=0"), "");
  EXPECT_EQ(found("/studies?limit=99999999999999999999999"), "1 2 3 4");
  EXPECT_EQ(found("/studies?offset=99999999999999999999999"), "");
  EXPECT_EQ(text_of(*call("/studies?offset=4")), "[]");
}

// PS3.4 section C.2.2.2.8: a logical AND for attributes that may have several values.
TEST_F(SearchFaceTest, OfMultipleValuesEachHasToBeThere) {
  ingest({object("4.1.1").set("Modality", "CT").set("ImageType", "ORIGINAL\\PRIMARY"),
          object("4.2.1").set("Modality", "MR")});
  const Row rows[] = {
      {"/studies?ModalitiesInStudy=CT%5CMR&multiplevaluematching=true", "4"},
      {"/studies?ModalitiesInStudy=CT,MR&multiplevaluematching=true", "4"},
      {"/studies?ModalitiesInStudy=CT%5CMR", "1 2 4"},
      {"/instances?ImageType=PRIMARY%5CORIGINAL&multiplevaluematching=true", "4.1.1"},
      {"/instances?ImageType=PRIMARY%5CDERIVED&multiplevaluematching=true", ""},
  };
  for (const Row& row : rows) EXPECT_EQ(found(row.target), row.expected) << row.target;
}

TEST_F(SearchFaceTest, WhatALimitCutsOffIsAnnounced) {
  DicomwebConfig config;
  config.max_results = 2;
  make_face(config);
  const auto warning = [&](const char* target) {
    return std::string(call(target)->headers.joined("Warning"));
  };
  EXPECT_EQ(warning("/studies"),
            "299 http://h/dicomweb: There are 1 additional results that can be requested");
  EXPECT_NE(warning("/studies?limit=500").find("There are 1 additional"), std::string::npos);
  EXPECT_NE(warning("/instances?KVP=120").find("There are 1 additional"), std::string::npos);
  EXPECT_EQ(warning("/studies?limit=1"),
            "299 http://h/dicomweb: There are additional results that can be requested");
  EXPECT_EQ(get("/studies?limit=1").as_list()->size(), 1u);
  EXPECT_NE(warning("/instances?KVP=120&limit=1&offset=1").find("additional results"), std::string::npos);
  for (const char* target :
       {"/studies?limit=2&offset=1", "/studies?limit=1&offset=2", "/studies?offset=1", "/studies?limit=0",
        "/studies?fuzzymatching=true&emptyvaluematching=true&multiplevaluematching=true&offset=2"})
    EXPECT_EQ(warning(target), "") << target;
}

// Tables 10.6.3-3 to 10.6.3-5.
TEST_F(SearchFaceTest, RequiredAttributesAreThereEvenWhenEmpty) {
  const Value study = get("/studies?StudyInstanceUID=9.3").as_list()->front();
  for (const char* tag :
       {"00080020", "00080030", "00080050", "00080056", "00080061", "00080090", "00081190", "00100010",
        "00100020", "00100030", "00100040", "0020000D", "00200010", "00201206", "00201208"})
    EXPECT_NE(study.find(tag), nullptr) << tag;
  EXPECT_FALSE(study.find("00080061")->find("Value")->as_list()->empty());
  const Value series = get("/studies/9.1/series").as_list()->front();
  for (const char* tag :
       {"00080060", "00081190", "0020000E", "00200011", "00201209", "00400244", "00400245", "00400275"})
    EXPECT_NE(series.find(tag), nullptr) << tag;
  const Value instance = get("/studies/9.1/series/9.1.1/instances").as_list()->front();
  for (const char* tag : {"00080016", "00080018", "00080056", "00081190", "00200013"})
    EXPECT_NE(instance.find(tag), nullptr) << tag;
}

TEST_F(SearchFaceTest, IncludeFieldTakesAllForms) {
  const auto has = [&](const char* target, const char* tag) {
    return get(target).as_list()->front().find(tag) != nullptr;
  };
  EXPECT_FALSE(has("/studies?PatientID=P1", "00081032"));
  EXPECT_TRUE(has("/studies?PatientID=P1&includefield=00081032", "00081032"));
  EXPECT_TRUE(
      has("/studies?PatientID=P1&includefield=PatientAge,ProcedureCodeSequence.CodeValue", "00081032"));
  EXPECT_TRUE(
      has("/studies?PatientID=P1&includefield=StudyID&includefield=ProcedureCodeSequence", "00081032"));
  EXPECT_TRUE(has("/studies?PatientID=P1&includefield=all", "00081032"));
  EXPECT_FALSE(has("/studies?PatientID=P1&includefield=all", "00180060"));  // of an instance only
  EXPECT_TRUE(has("/instances?PatientID=P1&includefield=all", "00180060"));
  EXPECT_TRUE(has("/instances?PatientID=P1", "00100010"));
  EXPECT_TRUE(has("/studies?OtherPatientIDsSequence.PatientID=ALIAS-7", "00101002"));
  EXPECT_TRUE(has("/studies?00081032=", "00081032"));
}

TEST_F(SearchFaceTest, ResultsComeAsJsonXmlOrCsv) {
  const auto answer = [&](const std::string& accept, const std::string& target = "/studies?PatientID=P2") {
    return call(target, {{"Accept", accept}});
  };
  const auto type = [&](const std::string& accept) {
    auto got = answer(accept);
    return got.ok() ? std::string(got->headers.get("Content-Type"))
                    : std::to_string(got.error().face().http_status);
  };
  for (const char* accept : {"", "*/*", "application/json", "application/dicom+json", "text/html, */*;q=0.1",
                             "application/dicom+json, multipart/related; type=application/octet-stream"})
    EXPECT_EQ(type(accept), "application/dicom+json") << accept;
  EXPECT_TRUE(type("multipart/related; type=\"application/dicom+xml\"")
                  .starts_with("multipart/related; type=\"application/dicom+xml\"; boundary="));
  EXPECT_TRUE(type("text/csv").starts_with("text/csv"));
  for (const char* accept :
       {"text/html", "image/png", "multipart/related; type=application/dicom", "application/dicom+json;q=0"})
    EXPECT_EQ(type(accept), "406") << accept;
  EXPECT_EQ(type("text/csv;q=0.5, application/dicom+json"), "application/dicom+json");
  const auto by_parameter = call("/studies?accept=text/csv", {{"Accept", "application/dicom+json"}});
  EXPECT_TRUE(by_parameter->headers.get("Content-Type").starts_with("text/csv"));
  const std::string xml = text_of(*answer("multipart/related; type=\"application/dicom+xml\""));
  EXPECT_NE(xml.find("<NativeDicomModel"), std::string::npos);
  EXPECT_NE(xml.find("http://h/dicomweb/studies/9.2"), std::string::npos);
  EXPECT_EQ(answer("multipart/related; type=\"application/dicom+xml\"", "/studies?PatientID=P9")->status,
            204);
}

TEST_F(SearchFaceTest, CsvHasAColumnForEachAttributeOfTheResult) {
  const auto answer = call("/studies?includefield=ProcedureCodeSequence&StudyDate=20240131-20240201",
                           {{"Accept", "text/csv"}});
  ASSERT_TRUE(answer.ok()) << answer.error().text();
  const std::string text = text_of(*answer);
  const auto lines = split(text, '\n');
  ASSERT_EQ(lines.size(), 4u) << text;
  const std::string header(lines[0]);
  EXPECT_TRUE(header.starts_with("SpecificCharacterSet,StudyDate,StudyTime,AccessionNumber,")) << header;
  EXPECT_NE(header.find("ProcedureCodeSequence.CodeValue,"), std::string::npos);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(std::count(lines[i].begin(), lines[i].end(), ','),
              std::count(header.begin(), header.end(), ','));
  EXPECT_NE(lines[1].find("P-100,99X,Thorax"), std::string_view::npos) << lines[1];
  EXPECT_NE(lines[2].find("Müller^Jörg=山田^太郎"), std::string_view::npos) << lines[2];
  EXPECT_EQ(text_of(*call("/studies?PatientID=P9", {{"Accept", "text/csv"}})), "");
}

// Many rows under an attribute that no index has are refused by name, not walked over.
TEST_F(SearchFaceTest, TooManyCandidatesAreRefusedByName) {
  std::vector<model::IndexEntry> entries;
  for (int i = 0; i <= static_cast<int>(mappers::dicom::kMaxCandidates); ++i) {
    model::IndexEntry entry;
    entry.object.study.uid = "8";
    entry.object.series.uid = "8.1";
    entry.object.instance.uid = "8.1." + std::to_string(i);
    entry.json = {"{}", "{}", "{}"};
    entries.push_back(std::move(entry));
  }
  ASSERT_TRUE(store_->index().commit(entries).ok());
  EXPECT_EQ(refusal("/instances?KVP=120"), "KVP");
  EXPECT_EQ(found("/instances?KVP=120&PatientID=P1"), "1.1.1 1.1.2 1.2.1");
}

}  // namespace
}  // namespace gateway::dicomweb
