// Our requestor against our provider, in one process: every service.
#include <algorithm>
#include <atomic>
#include <thread>

#include "gateway/dimse/context_choice.h"
#include "mappers/dicom/reader.h"
#include "tests/dimse/dimse_fixture.h"

namespace gateway::dimse {
namespace {

using mappers::dicom::Encoding;
using model::Level;

::testing::AssertionResult holds(std::string_view text, std::string_view part) {
  if (text.find(part) != std::string_view::npos) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << '"' << part << "\" is not in: " << text;
}

std::string pixel_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 7);
  return bytes;
}

mappers::dicom::Draft image(int number, std::size_t pixel_size) {
  auto draft = ingest::sample_draft(number);
  draft.set_number("Rows", 16).set_number("Columns", 16).set_number("BitsAllocated", 8);
  draft.set_number("BitsStored", 8).set_number("HighBit", 7).set_number("PixelRepresentation", 0);
  draft.set_number("SamplesPerPixel", 1).set("PhotometricInterpretation", "MONOCHROME2");
  draft.set_bytes("PixelData", "OB", pixel_bytes(pixel_size));
  return draft;
}

TEST_F(DimseTest, AnswersAnEcho) {
  start();
  DimseSource source(source_options());
  const auto done = source.check();
  EXPECT_TRUE(done.ok()) << done.error().text();
  EXPECT_TRUE(source.check().ok()) << "on the same association";
}

TEST_F(DimseTest, KeepsADataSetByteForByte) {
  start();
  DimseSource source(source_options());
  const std::vector objects = {object_of(image(1, 256)), object_of(image(2, 300), Encoding::ImplicitLittle),
                               object_of(image(3, 3 << 20))};
  const auto outcomes = source.store(objects);
  ASSERT_TRUE(outcomes.ok()) << outcomes.error().text();
  for (const auto& outcome : *outcomes) EXPECT_EQ(outcome.dicom_status, 0) << outcome.message;
  const auto at = located();
  ASSERT_EQ(at.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(store_->blobs().read(at[i].content).value(), bytes_of(*objects[i])) << i;
}

TEST_F(DimseTest, RecognisesTheSameObjectAndRefusesAnotherWithItsName) {
  start();
  DimseSource source(source_options());
  const std::vector objects = {object_of(image(1, 256)), object_of(image(1, 256)), object_of(image(1, 258))};
  const auto outcomes = source.store(objects);
  ASSERT_TRUE(outcomes.ok());
  EXPECT_EQ((*outcomes)[0].dicom_status, 0);
  EXPECT_EQ((*outcomes)[1].dicom_status, 0);
  EXPECT_EQ((*outcomes)[2].dicom_status, 0x0111);
  EXPECT_TRUE(holds((*outcomes)[2].message, "another object"));
}

TEST_F(DimseTest, SaysWhyAnObjectIsRefusedAndStoresTheOthers) {
  start();
  auto incomplete = ingest::sample_draft(1);
  incomplete.set("StudyInstanceUID", "");
  DimseSource source(source_options());
  const std::vector objects = {object_of(incomplete), object_of(ingest::sample_draft(2))};
  const auto outcomes = source.store(objects);
  ASSERT_TRUE(outcomes.ok());
  EXPECT_EQ((*outcomes)[0].dicom_status, 0xA900);
  EXPECT_FALSE((*outcomes)[0].message.empty());
  EXPECT_EQ((*outcomes)[1].dicom_status, 0);
  EXPECT_EQ(located().size(), 1u);
}

TEST_F(DimseTest, ObjectsWithoutACommonContextFailAloneWith0122) {
  options_.accept_private_classes = false;
  start();
  auto odd = ingest::sample_draft(1);
  odd.set("SOPClassUID", "1.2.3.4.5.6");
  DimseSource source(source_options());
  const std::vector objects = {object_of(odd), object_of(ingest::sample_draft(2))};
  const auto outcomes = source.store(objects);
  ASSERT_TRUE(outcomes.ok());
  EXPECT_EQ((*outcomes)[0].dicom_status, 0x0122);
  EXPECT_EQ((*outcomes)[1].dicom_status, 0);
}

TEST_F(DimseTest, FindsStudiesSeriesAndImages) {
  store_samples(3);
  auto other = ingest::sample_draft(9);
  other.set("StudyInstanceUID", "9.9").set("SeriesInstanceUID", "9.9.1").set("SOPInstanceUID", "9.9.1.1");
  other.set("PatientID", "P2").set("StudyDate", "20250101").set("Modality", "MR");
  ingest({ingest::item_of(ingest::encoded(other))});
  start();
  DimseSource source(source_options());
  EXPECT_EQ(find_all(source, {Level::Study, {}, 0}).size(), 2u);
  const auto by_date =
      find_all(source, {Level::Study, {{0x00080020, "20250101-"}, {0x00080061, ""}, {0x00201208, ""}}, 0});
  ASSERT_EQ(by_date.size(), 1u);
  EXPECT_TRUE(holds(by_date[0], R"("00080061":{"vr":"CS","Value":["MR"]})"));
  EXPECT_TRUE(holds(by_date[0], R"("00201208":{"vr":"IS","Value":[1]})"));
  EXPECT_TRUE(holds(by_date[0], R"("0020000D":{"vr":"UI","Value":["9.9"]})"));
  EXPECT_EQ(find_all(source, {Level::Study, {{0x00080061, "CT"}}, 0}).size(), 1u);
  EXPECT_EQ(find_all(source, {Level::Study, {{0x00100010, "doe*"}}, 0}).size(), 2u);
  EXPECT_EQ(find_all(source, {Level::Series, {{0x0020000D, "1.2.3"}}, 0}).size(), 1u);
  EXPECT_EQ(find_all(source, {Level::Instance, {{0x0020000D, "1.2.3"}, {0x0020000E, "1.2.3.4"}}, 0}).size(),
            3u);
}

TEST_F(DimseTest, FindsNamesBeyondAscii) {
  auto draft = ingest::sample_draft(1);
  draft.set("SpecificCharacterSet", "ISO_IR 192").set("PatientName", "Müller^Łukasz");
  ingest({ingest::item_of(ingest::encoded(draft))});
  start();
  for (const char* set : {"ISO_IR 192", "ISO_IR 100"}) {
    auto options = source_options();
    options.query_character_set = set;
    DimseSource source(options);
    const auto found = find_all(source, {Level::Study, {{0x00100010, "müller*"}}, 0});
    ASSERT_EQ(found.size(), 1u) << set;
    EXPECT_TRUE(holds(found[0], "Müller^Łukasz"));
  }
}

TEST_F(DimseTest, QueriesOutsideTheHierarchyAreRefusedWithTheKey) {
  store_samples(1);
  start();
  DimseSource source(source_options());
  const auto report = source.find({Level::Series, {}, 0}, [](std::string) { return true; });
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().code, ErrorCode::BadGateway);
  EXPECT_TRUE(holds(report.error().message, "A900"));
  EXPECT_TRUE(source.check().ok()) << "the next association works";
}

TEST_F(DimseTest, KeysThatCannotBeMatchedAreWarnedOf) {
  store_samples(1);
  start();
  DimseSource source(source_options());
  std::size_t count = 0;
  const auto report =
      source.find({Level::Study, {{0x00280010, "512"}}, 0}, [&](std::string) { return ++count, true; });
  ASSERT_TRUE(report.ok()) << report.error().text();
  EXPECT_TRUE(count == 0 || !report->warnings.empty());
}

TEST_F(DimseTest, GetsExactlyTheLevelThatWasAskedFor) {
  store_samples(3);
  start();
  DimseSource source(source_options());
  std::vector<std::string> got;
  const auto take = [&](std::shared_ptr<const ByteSource> object) {
    got.push_back(bytes_of(*object));
    return Result<void>();
  };
  const auto one = source.fetch({"1.2.3", "1.2.3.4", "1.2.3.4.2"}, take);
  ASSERT_TRUE(one.ok()) << one.error().text();
  EXPECT_EQ(one->received, 1u);
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0], ingest::sample(2));
  const auto all = source.fetch({"1.2.3", "", ""}, take);
  ASSERT_TRUE(all.ok()) << all.error().text();
  EXPECT_EQ(all->received, 3u);
  EXPECT_EQ(all->failed, 0u);
}

TEST_F(DimseTest, ATakerThatFailsEndsTheTransfer) {
  store_samples(3);
  start();
  DimseSource source(source_options());
  int calls = 0;
  const auto report = source.fetch({"1.2.3", "", ""}, [&](auto) {
    ++calls;
    return Result<void>(fail(ErrorCode::StoreBusy, "no room"));
  });
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().code, ErrorCode::StoreBusy);
  EXPECT_EQ(calls, 1);
}

TEST_F(DimseTest, MovesToAConfiguredDestinationAndToNoOther) {
  // The node moves to itself, as a PACS would to our server: the objects meet the fetch in the inbox.
  store_samples(3);
  std::uint16_t port = 0;
  {
    start();
    port = server_->port();
    server_.reset();
  }
  options_.port = port;
  options_.destinations = {{"GATEWAY", "127.0.0.1", port, false}};
  start();
  auto options = source_options();
  options.retrieve = DimseSourceOptions::Retrieve::Move;
  options.move_destination = "GATEWAY";
  DimseSource source(options, &inbox_);
  std::vector<std::string> got;
  const auto report = source.fetch({"1.2.3", "", ""}, [&](std::shared_ptr<const ByteSource> object) {
    got.push_back(bytes_of(*object));
    return Result<void>();
  });
  ASSERT_TRUE(report.ok()) << report.error().text();
  EXPECT_EQ(report->received, 3u);
  std::sort(got.begin(), got.end());
  EXPECT_EQ(got, (std::vector{ingest::sample(1), ingest::sample(2), ingest::sample(3)}));

  options.move_destination = "NOBODY";
  DimseSource wrong(options, &inbox_);
  const auto refused = wrong.fetch({"1.2.3", "", ""}, [](auto) { return Result<void>(); });
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(holds(refused.error().message, "NOBODY"));
}

TEST_F(DimseTest, CommitsWhatIsThereAndNamesWhatIsNot) {
  store_samples(1);
  start();
  const ProposedContext proposal{0, std::string(sop_class::kStorageCommitment), {"1.2.840.10008.1.2"}, false};
  auto association = Association::request(us(), "MODALITY", {&proposal, 1}, short_limits(), nullptr);
  ASSERT_TRUE(association.ok()) << association.error().text();
  mappers::dicom::Draft known, unknown, request;
  known.set("ReferencedSOPClassUID", "1.2").set("ReferencedSOPInstanceUID", "1.2.3.4.1");
  unknown.set("ReferencedSOPClassUID", "1.2").set("ReferencedSOPInstanceUID", "8.8");
  request.set("TransactionUID", "7.7").set_items("ReferencedSOPSequence", {known, unknown});
  std::string bytes;
  request.encode(bytes, Encoding::ImplicitLittle);
  CommandSet command = CommandSet::request(Operation::Action, 1, {}, true);
  command.set(Item::RequestedSopClass, sop_class::kStorageCommitment);
  command.set(Item::RequestedSopInstance, kCommitmentInstance).set(Item::ActionType, std::uint16_t{1});
  ASSERT_TRUE((*association)->send(1, command, bytes).ok());
  const auto answer = (*association)->receive_answer();
  ASSERT_TRUE(answer.ok()) << answer.error().text();
  EXPECT_EQ(answer->command.status(), 0);
  const auto report = (*association)->receive_answer();
  ASSERT_TRUE(report.ok()) << report.error().text();
  EXPECT_TRUE(report->command.is(Operation::EventReport));
  EXPECT_EQ(report->command.number(Item::EventType), 2);
  const auto data = (*association)->receive_data(1);
  ASSERT_TRUE(data.ok());
  EXPECT_TRUE(holds(*data, "8.8"));
  EXPECT_TRUE((*association)->send(1, CommandSet::response(report->command, 0)).ok());
  (*association)->release();
}

// More than fits an identifier of a query: a study of ten thousand images.
TEST_F(DimseTest, ARequestToCommitAWholeStudyIsAnswered) {
  store_samples(1);
  start();
  const ProposedContext proposal{0, std::string(sop_class::kStorageCommitment), {"1.2.840.10008.1.2"}, false};
  auto association = Association::request(us(), "MODALITY", {&proposal, 1}, short_limits(), nullptr);
  ASSERT_TRUE(association.ok()) << association.error().text();
  std::vector<mappers::dicom::Draft> references(12'000);
  for (std::size_t i = 0; i < references.size(); ++i)
    references[i]
        .set("ReferencedSOPClassUID", "1.2.840.10008.5.1.4.1.1.2")
        .set("ReferencedSOPInstanceUID",
             "1.2.826.0.1.3680043.8.498.123456789012345678901." + std::to_string(i));
  mappers::dicom::Draft request;
  request.set("TransactionUID", "7.7").set_items("ReferencedSOPSequence", references);
  std::string bytes;
  request.encode(bytes, Encoding::ImplicitLittle);
  ASSERT_GT(bytes.size(), std::size_t{short_limits().max_identifier});
  CommandSet command = CommandSet::request(Operation::Action, 1, {}, true);
  command.set(Item::RequestedSopClass, sop_class::kStorageCommitment);
  command.set(Item::RequestedSopInstance, kCommitmentInstance).set(Item::ActionType, std::uint16_t{1});
  ASSERT_TRUE((*association)->send(1, command).ok());
  for (std::size_t at = 0; at < bytes.size(); at += 100'000) {
    const std::string_view piece = std::string_view(bytes).substr(at, 100'000);
    ASSERT_TRUE((*association)->send_data(1, as_bytes(piece), at + piece.size() == bytes.size()).ok());
  }
  const auto answer = (*association)->receive_answer();
  ASSERT_TRUE(answer.ok()) << answer.error().text();
  EXPECT_EQ(answer->command.status(), 0);
  const auto report = (*association)->receive_answer();
  ASSERT_TRUE(report.ok()) << report.error().text();
  EXPECT_TRUE(report->command.is(Operation::EventReport));
  (*association)->abort();
}

TEST_F(DimseTest, RefusesWhoIsNotAllowedToCall) {
  options_.callers = {{"FRIEND", "localhost", 0, false}, {"ASKER", "192.0.2.1", 0, false}};
  start();
  auto options = source_options();
  DimseSource stranger(options);
  const auto refused = stranger.check();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::BadGateway);
  EXPECT_TRUE(holds(refused.error().message, "calling AE title not recognized"));
  options.our_ae_title = "FRIEND";
  DimseSource guest(options);
  EXPECT_TRUE(guest.check().ok());
  options.peer.ae_title = "ELSE";
  DimseSource lost(options);
  const auto wrong = lost.check();
  ASSERT_FALSE(wrong.ok());
  EXPECT_TRUE(holds(wrong.error().message, "called AE title not recognized"));
}

TEST_F(DimseTest, BeyondTheLimitAssociationsAreRejectedTransiently) {
  options_.max_associations = 1;
  start();
  const ProposedContext echo{0, std::string(sop_class::kVerification), {"1.2.840.10008.1.2"}, false};
  const auto first = Association::request(us(), "ONE", {&echo, 1}, short_limits(), nullptr);
  ASSERT_TRUE(first.ok());
  const auto second = Association::request(us(), "TWO", {&echo, 1}, short_limits(), nullptr);
  ASSERT_FALSE(second.ok());
  EXPECT_TRUE(holds(second.error().message, "local limit exceeded (transient)"));
  (*first)->release();
}

TEST_F(DimseTest, StopsWhileAssociationsAreOpen) {
  start();
  const ProposedContext echo{0, std::string(sop_class::kVerification), {"1.2.840.10008.1.2"}, false};
  const auto open = Association::request(us(), "ONE", {&echo, 1}, short_limits(), nullptr);
  ASSERT_TRUE(open.ok());
  server_->stop();
  const auto answer = (*open)->receive_answer();
  EXPECT_FALSE(answer.ok());
}

TEST_F(DimseTest, ManyStoreAtOnce) {
  start();
  std::atomic<int> stored = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      DimseSource source(source_options());
      std::vector<std::shared_ptr<const ByteSource>> objects;
      for (int i = 0; i < 20; ++i) objects.push_back(object_of(ingest::sample_draft(100 + t * 20 + i)));
      const auto outcomes = source.store(objects);
      ASSERT_TRUE(outcomes.ok()) << outcomes.error().text();
      for (const auto& outcome : *outcomes) stored += outcome.dicom_status == 0;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(stored, 160);
  EXPECT_EQ(located().size(), 160u);
}

TEST(ContextChoice, TakesStorageInAnySyntaxAndPrefersExplicitAmongNativeOnes) {
  const std::vector<ProposedContext> proposed = {
      {1, "1.2.840.10008.5.1.4.1.1.2", {"1.2.840.10008.1.2", "1.2.840.10008.1.2.1"}, false},
      {3, "1.2.840.10008.5.1.4.1.1.2", {"1.2.3.99"}, false},
      {5, "1.2.840.10008.5.1.4.31", {"1.2.840.10008.1.2"}, false},
      {7, "1.3.12.2.1107.5.9.1", {"1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2"}, false},
      {9, std::string(sop_class::kStudyRootFind), {"1.2.840.10008.1.2.2"}, false}};
  const auto chosen = choose_contexts(proposed, {});
  ASSERT_EQ(chosen.size(), 3u);
  EXPECT_EQ(chosen[0].transfer_syntax, "1.2.840.10008.1.2.1");
  EXPECT_EQ(chosen[1].transfer_syntax, "1.2.3.99");
  EXPECT_EQ(chosen[2].transfer_syntax, "1.2.840.10008.1.2.4.90");
}

TEST(ContextChoice, ProposesNoMoreThanTheProtocolAllows) {
  const auto contexts = storage_proposal(usual_storage_classes(), true);
  EXPECT_LE(contexts.size(), 127u);
  EXPECT_GE(contexts.size(), 2 * usual_storage_classes().size());
}

}  // namespace
}  // namespace gateway::dimse
