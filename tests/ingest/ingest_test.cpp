#include "tests/ingest/ingest_fixture.h"

#include <sys/stat.h>

#include <thread>

#include "mappers/dicom/reader.h"
#include "tests/support/forgetful_blobs.h"

namespace gateway::ingest {
namespace {

using Kind = model::ItemOutcome::Kind;

TEST_F(IngestTest, StoresAnObjectWithItsBytesAndMetadata) {
  const std::string bytes = sample();
  const auto outcomes = ingest({item_of(bytes, "a.dcm")});
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_EQ(outcomes[0].kind, Kind::Stored);
  EXPECT_FALSE(outcomes[0].error);
  EXPECT_EQ(outcomes[0].label, "a.dcm");
  EXPECT_EQ(outcomes[0].study_uid, "1.2.3");
  EXPECT_EQ(outcomes[0].series_uid, "1.2.3.4");
  EXPECT_EQ(outcomes[0].sop_instance_uid, "1.2.3.4.1");
  EXPECT_EQ(outcomes[0].sop_class_uid, "1.2.840.10008.5.1.4.1.1.2");
  const auto at = located();
  ASSERT_EQ(at.size(), 1u);
  EXPECT_EQ(store_->blobs().read(at[0].content).value(), bytes);
  EXPECT_NE(store_->blobs().read(at[0].metadata).value().find(R"("00100020":{"vr":"LO","Value":["P1"]})"),
            std::string::npos);
  EXPECT_EQ(at[0].transfer_syntax_uid, "1.2.840.10008.1.2.1");
}

TEST_F(IngestTest, MapsTheRecordByTheTable) {
  ingest({item_of(sample(1)), item_of(sample(2))});
  const auto studies = index().studies({}, model::Depth::Instances);
  ASSERT_TRUE(studies.ok());
  ASSERT_EQ(studies->size(), 1u);
  const auto& study = studies->front();
  EXPECT_EQ(study.subject.subject.name.alphabetic, "Doe^Jane");
  EXPECT_EQ(study.study.date, "20240131");
  ASSERT_EQ(study.series.size(), 1u);
  EXPECT_EQ(study.series[0].series.modality, "CT");
  ASSERT_EQ(study.series[0].instances.size(), 2u);
  EXPECT_EQ(study.series[0].instances[1].number, 2);
}

TEST_F(IngestTest, AnswersInTheOrderOfTheItems) {
  auto other = sample_draft(1);
  other.set("PatientID", "P2");
  auto incomplete = sample_draft(4);
  incomplete.set("StudyInstanceUID", "");
  const auto outcomes =
      ingest({item_of(sample(1)), item_of("no DICOM at all, but long enough to be looked at"),
              item_of(sample(1)), item_of(sample(2)), item_of(encoded(other)), item_of(encoded(incomplete))});
  ASSERT_EQ(outcomes.size(), 6u);
  EXPECT_EQ(outcomes[0].kind, Kind::Stored);
  EXPECT_EQ(outcomes[1].kind, Kind::Refused);
  EXPECT_EQ(outcomes[1].error->code, ErrorCode::NotDicom);
  EXPECT_EQ(outcomes[2].kind, Kind::Identical);
  EXPECT_EQ(outcomes[3].kind, Kind::Stored);
  EXPECT_EQ(outcomes[4].kind, Kind::Conflict);
  EXPECT_EQ(outcomes[4].error->code, ErrorCode::InstanceConflict);
  EXPECT_EQ(outcomes[5].kind, Kind::Refused);
  EXPECT_EQ(outcomes[5].error->code, ErrorCode::DicomMissingAttribute);
  EXPECT_EQ(outcomes[5].sop_instance_uid, "1.2.3.4.4");
  EXPECT_EQ(located().size(), 2u);
}

TEST_F(IngestTest, RefusesObjectsOfAnotherStudyThanTheOneTheyWereSentTo) {
  model::IngestItem right = item_of(sample(1));
  model::IngestItem wrong = item_of(sample(2));
  right.required_study_uid = "1.2.3";
  wrong.required_study_uid = "9.9.9";
  const auto outcomes = ingest({right, wrong});
  EXPECT_EQ(outcomes[0].kind, Kind::Stored);
  EXPECT_EQ(outcomes[1].kind, Kind::Refused);
  EXPECT_EQ(outcomes[1].error->code, ErrorCode::InvalidParameter);
  EXPECT_EQ(outcomes[1].study_uid, "1.2.3");
}

TEST_F(IngestTest, ABatchWithoutAnAcceptableObjectTouchesNothing) {
  EXPECT_EQ(ingest({}).size(), 0u);
  EXPECT_EQ(ingest({item_of("")})[0].kind, Kind::Refused);
  EXPECT_EQ(index().totals().value().instances, 0u);
}

TEST_F(IngestTest, ABadValueIsReportedAndKeptInTheMetadata) {
  auto draft = sample_draft();
  draft.set("StudyDate", "20240231");
  const auto outcomes = ingest({item_of(encoded(draft))});
  EXPECT_EQ(outcomes[0].kind, Kind::Stored);
  ASSERT_EQ(outcomes[0].findings.size(), 1u);
  EXPECT_TRUE(outcomes[0].findings[0].starts_with("study.date from 00080020: not a date"))
      << outcomes[0].findings[0];
  EXPECT_EQ(index().studies({}, model::Depth::Study)->front().study.date, "");
  EXPECT_NE(store_->blobs().read(located()[0].metadata)->find("20240231"), std::string::npos);
}

TEST_F(IngestTest, IndexesInPlaceWithoutCopying) {
  const std::string path = write_file("images/a.dcm", sample());
  model::IngestItem item = item_of(sample());
  item.external_path = path;
  item.modified_us = 77;
  ingest({item});
  const auto at = located();
  ASSERT_EQ(at.size(), 1u);
  EXPECT_EQ(at[0].content, (model::BlobRef{model::BlobRef::Kind::External, path, 0, sample().size(), 77}));
}

TEST_F(IngestTest, PromisesNothingWhenTheBlobsAreNotDurable) {
  testing::ForgetfulBlobs blobs;
  Ingestor ingestor(index(), blobs, table(), metrics_);
  const std::vector<model::IngestItem> items = {item_of(sample())};
  blobs.fail_next_sync();
  const auto failed = ingestor.ingest(items);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::StoreFailed);
  EXPECT_EQ(index().totals().value().instances, 0u);

  const auto again = ingestor.ingest(items);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->front().kind, Kind::Stored);
  blobs.lose_power();
  const auto at = located();
  ASSERT_EQ(at.size(), 1u);
  EXPECT_TRUE(blobs.read(at[0].content).ok());
  EXPECT_TRUE(blobs.read(at[0].metadata).ok());
}

// Repeating or contradicting what is stored must not fill the disk.
TEST_F(IngestTest, WhatIsKnownTakesNoSpace) {
  testing::ForgetfulBlobs blobs;
  Ingestor ingestor(index(), blobs, table(), metrics_);
  auto other = sample_draft();
  other.set("PatientID", "P2");
  const std::vector<model::IngestItem> items = {item_of(sample()), item_of(sample()),
                                                item_of(encoded(other))};
  const auto kinds = [&] {
    const auto outcomes = ingestor.ingest(items);
    EXPECT_TRUE(outcomes.ok());
    return std::vector{(*outcomes)[0].kind, (*outcomes)[1].kind, (*outcomes)[2].kind};
  };
  EXPECT_EQ(kinds(), (std::vector{Kind::Stored, Kind::Identical, Kind::Conflict}));
  EXPECT_EQ(blobs.durable_count(), 2u);  // metadata and content
  EXPECT_EQ(kinds(), (std::vector{Kind::Identical, Kind::Identical, Kind::Conflict}));
  EXPECT_EQ(blobs.durable_count(), 2u);
  EXPECT_EQ(ingestor.ingest(items)->back().error->code, ErrorCode::InstanceConflict);
}

// In place there is no digest: the bytes themselves are compared, pixel data included.
TEST_F(IngestTest, ComparesWithTheBytesOfWhatIsIndexedInPlace) {
  auto draft = sample_draft();
  draft.set_bytes("PixelData", "OW", "abcd");
  const std::string path = write_file("images/a.dcm", encoded(draft));
  model::IngestItem item = item_of(encoded(draft));
  item.external_path = path;
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  item.modified_us =
      static_cast<std::int64_t>(status.st_mtim.tv_sec) * 1'000'000 + status.st_mtim.tv_nsec / 1000;
  EXPECT_EQ(ingest({item})[0].kind, Kind::Stored);
  EXPECT_EQ(ingest({item_of(encoded(draft))})[0].kind, Kind::Identical);
  draft.set_bytes("PixelData", "OW", "abce");
  EXPECT_EQ(ingest({item_of(encoded(draft))})[0].kind, Kind::Conflict);
}

TEST_F(IngestTest, IndexesTheTransferSyntaxOfTheBytes) {
  std::string bytes = encoded(sample_draft());
  const std::string implicit =
      encode_part10(sample_draft(), mappers::dicom::Encoding::ImplicitLittle).value();
  // The file meta information of the explicit object in front of the implicit data set.
  const gateway::MemorySource whole(bytes), data(implicit);
  bytes = bytes.substr(0, mappers::dicom::read_file(whole)->data_offset) +
          implicit.substr(mappers::dicom::read_file(data)->data_offset);
  EXPECT_EQ(ingest({item_of(bytes)})[0].kind, Kind::Stored);
  EXPECT_EQ(located().at(0).transfer_syntax_uid, "1.2.840.10008.1.2");
}

TEST_F(IngestTest, RefusesObjectsWhoseMetadataWouldBeHuge) {
  std::vector<mappers::dicom::Draft> items;
  mappers::dicom::Draft pixels;
  pixels.set_bytes("PixelData", "OW", "ab");
  items.assign(250'000 / 2, pixels);
  auto draft = sample_draft();
  draft.set_items("ReferencedImageSequence", std::move(items));
  draft.set("StudyInstanceUID", "1." + std::string(60, '2'))
      .set("SeriesInstanceUID", "1." + std::string(60, '3'))
      .set("SOPInstanceUID", "1." + std::string(60, '4'));
  const auto outcomes = ingest({item_of(encoded(draft))});
  EXPECT_EQ(outcomes[0].kind, Kind::Refused);
  EXPECT_EQ(outcomes[0].error->code, ErrorCode::DicomLimit);
}

TEST_F(IngestTest, ABatchCostsOneSync) {
  testing::ForgetfulBlobs blobs;
  Ingestor ingestor(index(), blobs, table(), metrics_);
  std::vector<model::IngestItem> items;
  for (int i = 1; i <= 50; ++i) items.push_back(item_of(sample(i)));
  ASSERT_TRUE(ingestor.ingest(items).ok());
  EXPECT_EQ(blobs.syncs(), 1);
  EXPECT_EQ(index().totals().value().instances, 50u);
}

TEST_F(IngestTest, SeveralCallersMayIngestAtOnce) {
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller)
    callers.emplace_back([this, caller] {
      for (int i = 0; i < 10; ++i) {
        const std::vector<model::IngestItem> items = {item_of(sample(caller * 100 + i + 1)),
                                                      item_of(sample(9999))};
        EXPECT_TRUE(ingestor_->ingest(items).ok());
      }
    });
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(index().totals().value().instances, 41u);
}

TEST_F(IngestTest, CountsWhatBecameOfTheItems) {
  ingest({item_of(sample()), item_of(sample()), item_of("x")});
  const std::string text = metrics_.text();
  for (const char* line : {"gateway_ingest_items_total{outcome=\"stored\"} 1", "{outcome=\"identical\"} 1",
                           "{outcome=\"refused\"} 1"})
    EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
}

}  // namespace
}  // namespace gateway::ingest
