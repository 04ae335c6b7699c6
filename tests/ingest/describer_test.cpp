// Studies that no object tells of: their entries are what an object with these attributes would have given.
#include "gateway/ingest/describer.h"

#include "gateway/codec/json.h"
#include "gateway/ingest/dicom_source.h"
#include "mappers/dicom/json_encode.h"
#include "mappers/dicom/record_json.h"
#include "tests/ingest/ingest_fixture.h"

namespace gateway::ingest {
namespace {

using model::ImagingObject;

ImagingObject full_object() {
  ImagingObject object;
  auto& [subject, study, series, instance] = object;
  subject = {"P1", "1.2.276.0.76", {"Doe^Jane", "\xE6\xA3\xAE", "mori"}, "19600102", "F"};
  subject.other_ids = {{"P2", "HOSPITAL", "TEXT"}};
  subject.address = "Street 1";
  subject.telephones = "+43 1\\+43 2";
  study.uid = "1.2.3";
  study.date = "20240131";
  study.time = "093000";
  study.timezone_offset = "+0100";
  study.accession_number = "A1";
  study.accession_issuer = "https://ris.example";
  study.study_id = "S1";
  study.description = "Thorax";
  study.referring_physician = {"Doctor^Doris", {}, {}};
  study.procedures = {{"77343006", "SCT", "Angiography"}, {"urn:x:y", "", "by URN"}};
  study.referring_physician_ids = {{"4711", "1.2.40", ""}};
  study.interpreters = {{"Reader^Rita", {}, {}}, {"Second^Sam", {}, {}}};
  study.interpreter_ids = {{"1", "L", "one"}};
  study.admission_id = "V1";
  study.admission_issuer = "urn:uuid:0e9b7d3a-4ab2-4d1e-9d3e-0a8d8a0b8f0e";
  study.reason = "pain";
  study.reasons = {{"22253000", "SCT", "Pain"}};
  study.performed_location = "Room 2";
  series.uid = "1.2.3.4";
  series.modality = "CT";
  series.number = 3;
  series.description = "Lung 1.0";
  series.date = "20240131";
  series.time = "093100";
  series.body_part = "CHEST";
  series.anatomic_regions = {{"51185008", "SCT", "Chest"}};
  series.laterality = "L";
  series.manufacturer = "Maker";
  series.model_name = "Model";
  series.station_name = "CT1";
  series.institution = "Hospital";
  series.device_serial = "12345";
  series.protocol_name = "Lung";
  series.performing_physician = {"One^A", {}, {}};
  series.performing_physicians = {{"One^A", {}, {}}, {"Two^B", {}, {}}};
  series.operators = {{"Op^C", {}, {}}};
  series.department = "Radiology";
  series.institution_address = "Street 2";
  series.institution_codes = {{"H1", "L", "Hospital"}};
  series.device_uid = "1.2.3.9";
  series.software_versions = "1.0\\2.0";
  series.udi = "(01)0123";
  series.region_modifiers = {{"7771000", "SCT", "Left"}};
  series.requests = {{{"A1", "https://ris.example", {}},
                      {"PL", "", {}},
                      {"FI", "X", {}},
                      "RP1",
                      "CT Thorax",
                      {{"77343006", "SCT", "Angiography"}},
                      "why",
                      {{"22253000", "SCT", "Pain"}}}};
  series.performed_step = "1.2.3.8";
  series.kvp = "120";
  series.tube_current = "200";
  series.exposure = "50";
  instance.uid = "1.2.3.4.5";
  instance.sop_class_uid = "1.2.840.10008.5.1.4.1.1.88.59";
  instance.number = 7;
  instance.frames = 12;
  instance.concept_name = {{"113000", "DCM", "Of Interest"}};
  instance.image_type = "ORIGINAL\\PRIMARY";
  instance.document_title = "Title";
  instance.content_label = "LABEL";
  instance.content_description = "described";
  instance.specimens = {{{"SP1", "LAB", {}}, "1.2.3.7", "tissue", {{"119376003", "SCT", "Tissue"}}}};
  return object;
}

TEST(RecordJson, IsReadAsTheSameRecordsByTheMappingTable) {
  const auto table = mappers::engine::Table::load(SOURCE_DIR "/profiles", "dicom/core-2025");
  ASSERT_TRUE(table.ok());
  const ImagingObject object = full_object();
  const auto read = mappers::dicom::file_of_metadata(mappers::dicom::json_of_records(object), "");
  ASSERT_TRUE(read.ok()) << read.error().text();
  ImagingObject back;
  mappers::engine::MappingReport report;
  table->run(DicomSource(read->file), back, report);
  back.instance.transfer_syntax_uid.clear();  // the file says one; the records know none
  EXPECT_EQ(model::to_value(back.subject), model::to_value(object.subject));
  EXPECT_EQ(model::to_value(back.study), model::to_value(object.study));
  EXPECT_EQ(model::to_value(back.series), model::to_value(object.series));
  EXPECT_EQ(model::to_value(back.instance), model::to_value(object.instance));
}

TEST(RecordJson, TextKeepsWhatDicomTextCanHold) {
  ImagingObject object;
  object.study.description = "a\\b\nc";
  const Value json = mappers::dicom::json_of_records(object);
  const Value* values = json.find("00081030")->find("Value");
  EXPECT_EQ(*values->as_list()->front().as_string(), "a/bc");
  EXPECT_FALSE(json.find("00080020"));
}

class DescriberTest : public IngestTest {
 protected:
  static DescriberOptions options() {
    DescriberOptions options;
    options.reference = [](const std::string& address, const model::RemoteId& id) -> Result<model::BlobRef> {
      model::BlobRef ref;
      ref.kind = model::BlobRef::Kind::Remote;
      ref.name = address + " " + id.study_uid + " " + id.series_uid + " " + id.instance_uid;
      return ref;
    };
    options.reaches = [](std::string_view address) { return address == "https://known"; };
    return options;
  }
  static model::Description description(const std::string& address) {
    const ImagingObject object = full_object();
    model::Description description;
    description.resource = "ImagingStudy/1";
    description.address = address;
    description.row.study = object.study;
    description.row.subject.subject = object.subject;
    model::SeriesRow series;
    series.series = object.series;
    series.instances = {object.instance};
    series.instance_count = 30;
    description.row.series = {series};
    description.row.modalities = {"CT"};
    return description;
  }
  std::string search(model::Level level) {
    const auto rows = index().search({level, {}});
    EXPECT_TRUE(rows.ok() && rows->size() == 1);
    return rows.ok() && !rows->empty() ? rows->front().json : std::string();
  }
};

TEST_F(DescriberTest, EntriesAnswerSearchesLikeThoseOfObjects) {
  Describer describer(store_->blobs(), options());
  const auto described = describer.describe(description("https://known"));
  ASSERT_TRUE(described.ok()) << described.error().text();
  const std::vector<model::RecordChange> changes = {{"ImagingStudy/1", *described}};
  ASSERT_TRUE(store_->resources().commit({}, std::nullopt, changes).ok());
  const std::string study = search(model::Level::Study);
  EXPECT_NE(study.find(R"("00080020":{"vr":"DA","Value":["20240131"]})"), std::string::npos) << study;
  EXPECT_NE(study.find("ONLINE"), std::string::npos);
  EXPECT_NE(search(model::Level::Series).find(R"("00200011":{"vr":"IS","Value":[3]})"), std::string::npos);
  EXPECT_NE(search(model::Level::Instance).find(R"("00080018":{"vr":"UI","Value":["1.2.3.4.5"]})"),
            std::string::npos);
  const auto at = located();
  ASSERT_EQ(at.size(), 1u);
  EXPECT_EQ(at[0].content.name, "https://known 1.2.3 1.2.3.4 1.2.3.4.5");
  const auto metadata = store_->blobs().read(at[0].metadata);
  ASSERT_TRUE(metadata.ok());
  EXPECT_NE(metadata->find("Lung 1.0"), std::string::npos);
}

TEST_F(DescriberTest, WhatNobodyReachesIsUnavailable) {
  Describer describer(store_->blobs(), options());
  const auto described = describer.describe(description("https://elsewhere"));
  ASSERT_TRUE(described.ok());
  EXPECT_NE((*described)->head.json.study.find("UNAVAILABLE"), std::string::npos);
  EXPECT_NE((*described)->series[0].instances[0].json.instance.find("UNAVAILABLE"), std::string::npos);
}

TEST_F(DescriberTest, ObjectThatArrivesReplacesTheDescription) {
  Describer describer(store_->blobs(), options());
  const std::vector<model::RecordChange> changes = {
      {"ImagingStudy/1", describer.describe(description("https://elsewhere")).value()}};
  ASSERT_TRUE(store_->resources().commit({}, std::nullopt, changes).ok());
  const auto outcomes = ingest({item_of(sample(5))});  // of study 1.2.3
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_EQ(outcomes[0].kind, model::ItemOutcome::Kind::Stored);
  ASSERT_EQ(located().size(), 1u);
  EXPECT_EQ(located()[0].instance_uid, "1.2.3.4.5");
  EXPECT_NE(located()[0].content.kind, model::BlobRef::Kind::Remote);
}

TEST_F(DescriberTest, DescriptionsThatGrowWithTheirInstancesAreRefused) {
  DescriberOptions bounded = options();
  bounded.max_bytes = 20'000;
  Describer describer(store_->blobs(), bounded);
  EXPECT_TRUE(describer.describe(description("https://known")).ok());
  auto large = description("https://known");
  large.row.study.description = std::string(1000, 'x');
  large.row.series[0].instances.resize(20, large.row.series[0].instances[0]);
  const auto refused = describer.describe(large);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::InvalidParameter);
  EXPECT_FALSE(describer.describe(description("https://" + std::string(3000, 'x'))).ok());
}

}  // namespace
}  // namespace gateway::ingest
