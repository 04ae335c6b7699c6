// Documents among the images, as resources: from their ingest to what clients see.
#include "gateway/fhir/reports.h"

#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "gateway/ingest/ingest.h"
#include "mappers/dicom/json.h"
#include "mappers/dicom/reader.h"
#include "mappers/fhir/report.h"
#include "tests/fhir/server_fixture.h"
#include "tests/support/report_trees.h"

namespace gateway::fhir {
namespace {

using tests::kReportUid;

constexpr const char* kDoseClass = "1.2.840.10008.5.1.4.1.1.88.67";

class ReportsTest : public ServerTest {
 protected:
  // The store with its own index, a face over both, and what reads reports.
  void SetUp() override {
    close();
    auto store = store::Store::open({folder_ / "data", false}, clock_);
    ASSERT_TRUE(store.ok()) << store.error().text();
    store_ = std::move(*store);
    FhirParts parts;
    parts.index = &store_->index();
    parts.resources = &store_->resources();
    parts.definitions = &tests::r4_definitions();
    parts.validator = &validator();
    auto face = FhirFace::open(parts, config_, clock_);
    ASSERT_TRUE(face.ok()) << face.error().text();
    face_ = std::move(*face);
    router_ = std::make_unique<http::Router>();
    add_routes(*router_, *face_);
    reports_ = std::make_unique<Reports>(*face_, store_->blobs());
    ingestor_ = std::make_unique<ingest::Ingestor>(store_->index(), store_->blobs(), table(), metrics_);
  }
  void TearDown() override { close(); }

  void close() {
    ingestor_.reset();
    reports_.reset();
    router_.reset();
    face_.reset();
    store_.reset();
  }

  static const mappers::engine::Table& table() {
    static const auto kTable = mappers::engine::Table::load(SOURCE_DIR "/profiles", "dicom/core-2025");
    return *kTable;
  }

  void take_in(const std::string& bytes) {
    const model::IngestItem item{"object", std::make_shared<OwnedText>(bytes), {}, 0, {}};
    const auto outcomes = ingestor_->ingest(std::span(&item, 1));
    ASSERT_TRUE(outcomes.ok()) << outcomes.error().text();
    EXPECT_FALSE(outcomes->front().error) << outcomes->front().error->text();
  }

  void take_in_place(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
    auto file = FileSource::open(path);
    ASSERT_TRUE(file.ok());
    const model::IngestItem item{
        "object", std::make_shared<FileSource>(std::move(*file)), path, modified_us(path), {}};
    const auto outcomes = ingestor_->ingest(std::span(&item, 1));
    ASSERT_TRUE(outcomes.ok()) << outcomes.error().text();
    EXPECT_FALSE(outcomes->front().error) << outcomes->front().error->text();
  }

  static std::int64_t modified_us(const std::string& path) {
    struct stat about {};
    EXPECT_EQ(::stat(path.c_str(), &about), 0);
    return about.st_mtim.tv_sec * 1'000'000 + about.st_mtim.tv_nsec / 1000;
  }

  void look() {
    const auto done = reports_->step();
    ASSERT_TRUE(done.ok()) << done.error().text() << " " << done.error().detail;
  }

  static std::string id() { return mappers::fhir::report_id(kReportUid); }
  std::int64_t total(const std::string& query) { return get("/" + query + "&_total=accurate").total(); }
  std::uint64_t versions() {
    const auto page = store_->resources().history({});
    EXPECT_TRUE(page.ok());
    return page.ok() ? page->total : 0;
  }

  Metrics metrics_;
  std::unique_ptr<ingest::Ingestor> ingestor_;
  std::unique_ptr<Reports> reports_;
};

TEST_F(ReportsTest, AnIngestedDocumentIsReadAndSearched) {
  take_in(tests::report_bytes(tests::measurement_report()));
  look();
  const Answer report = get("/DiagnosticReport/" + id());
  ASSERT_EQ(report.status, 200) << report.body;
  EXPECT_EQ(report.version(), "1");
  EXPECT_EQ(total("DiagnosticReport?identifier=urn:dicom:uid|urn:oid:1.2.3.9.1"), 1);
  EXPECT_EQ(total("Observation?code=http://snomed.info/sct|81827009"), 1);
  EXPECT_EQ(total("Observation?value-quantity=gt12.4|http://unitsofmeasure.org|mm"), 1);
  EXPECT_EQ(total("Observation?category=imaging&patient.identifier=P1"), 3) << "a chain to the image plane";
  EXPECT_EQ(total("Observation?part-of=ImagingStudy/1.2.3"), 3);
  EXPECT_EQ(total("DiagnosticReport?result.code=49755003"), 1);
  EXPECT_EQ(total("Basic?code=ImagingSelection"), 1);
  EXPECT_EQ(total("Provenance?target=DiagnosticReport/" + id()), 1);
}

TEST_F(ReportsTest, EveryResourceIsValid) {
  take_in(tests::report_bytes(tests::measurement_report()));
  take_in(tests::report_bytes(tests::ct_dose_report(), kDoseClass, "1.2.3.9.2"));
  take_in(tests::report_bytes(tests::xray_dose_report(), kDoseClass, "1.2.3.9.3"));
  look();
  std::size_t seen = 0;
  for (const char* type : {"DiagnosticReport", "Observation", "Device", "Practitioner", "PractitionerRole",
                           "BodyStructure", "Basic", "Provenance"}) {
    const Answer answer = get("/" + std::string(type) + "?_count=100");
    for (const Value& entry : answer.entries()) {
      const Value& resource = *entry.find("resource");
      EXPECT_EQ(errors(resource), "") << to_json(resource);
      ++seen;
    }
  }
  EXPECT_GT(seen, 20u);
}

TEST_F(ReportsTest, ClientsCannotChangeIt) {
  take_in(tests::report_bytes(tests::measurement_report()));
  look();
  const std::string path = "/DiagnosticReport/" + id();
  const std::string body = get(path).body;
  EXPECT_EQ(put(path, body).status, 405);
  EXPECT_EQ(remove(path).status, 405);
  EXPECT_EQ(patch(path, R"([{"op":"replace","path":"/status","value":"cancelled"}])").status, 405);
  const std::string other = "sop-" + std::string(32, '0');
  EXPECT_EQ(put("/Basic/" + other, R"({"resourceType":"Basic","id":")" + other + R"(","code":{"text":"x"}})")
                .status,
            405)
      << "nor take ids of the form";
  EXPECT_EQ(get(path).version(), "1");
}

TEST_F(ReportsTest, LookingAgainWritesNothing) {
  take_in(tests::report_bytes(tests::measurement_report()));
  look();
  const std::uint64_t before = versions();
  look();
  reports_ = std::make_unique<Reports>(*face_, store_->blobs());  // which knows nothing of what was done
  look();
  EXPECT_EQ(versions(), before);
}

TEST_F(ReportsTest, ARestartGoesOnWhereItWas) {
  take_in(tests::report_bytes(tests::measurement_report()));
  look();
  SetUp();
  clock_.advance_us(60'000'000);
  take_in(tests::report_bytes(tests::ct_dose_report(), kDoseClass, "1.2.3.9.2"));
  look();
  EXPECT_EQ(get("/DiagnosticReport?_summary=count").total(), 2);
  EXPECT_EQ(get("/DiagnosticReport/" + id()).version(), "1");
}

TEST_F(ReportsTest, DocumentsOfEarlierTimesAreReadToo) {
  take_in(tests::report_bytes(tests::measurement_report()));
  clock_.advance_us(1'000'000'000'000);
  look();
  EXPECT_EQ(get("/DiagnosticReport?_summary=count").total(), 1);
}

TEST_F(ReportsTest, AFileThatBecameAnotherReportReplacesTheFirst) {
  const std::string path = folder_ / "report.dcm";
  take_in_place(path, tests::report_bytes(tests::measurement_report()));
  look();
  ASSERT_EQ(get("/Observation?_summary=count").total(), 3);
  clock_.advance_us(60'000'000);
  auto shorter = tests::measurement_report();
  shorter.children.back().children.front().children.pop_back();  // the rating
  take_in_place(path, tests::report_bytes(shorter));
  look();
  EXPECT_EQ(get("/Observation?_summary=count").total(), 2);
  EXPECT_EQ(get("/Observation/" + id() + "-6.1.9").status, 410);
  EXPECT_EQ(get("/DiagnosticReport/" + id()).version(), "1") << "says the same as before";
  EXPECT_EQ(get("/Observation/" + id() + "-6.1").version(), "2") << "has a member less";
}

TEST_F(ReportsTest, WhatCannotBeReadHindersNothingElse) {
  auto broken =
      tests::report_draft(tests::measurement_report(), "1.2.840.10008.5.1.4.1.1.88.33", "1.2.3.9.7");
  mappers::dicom::Draft without_content;
  without_content.set("SOPClassUID", "1.2.840.10008.5.1.4.1.1.88.33")
      .set("SOPInstanceUID", "1.2.3.9.8")
      .set("StudyInstanceUID", "1.2.3")
      .set("SeriesInstanceUID", "1.2.3.9")
      .set("PatientID", "P1")
      .set("Modality", "SR");
  take_in(mappers::dicom::encode_part10(without_content).value());
  take_in(mappers::dicom::encode_part10(broken).value());
  look();
  EXPECT_EQ(get("/DiagnosticReport?_summary=count").total(), 1);
}

// Of what is in another system the metadata are here, and nothing is fetched.
TEST_F(ReportsTest, ADocumentOfAnotherSystemIsReadFromItsMetadata) {
  const std::string bytes = tests::report_bytes(tests::measurement_report());
  const MemorySource source(bytes);
  const auto file = mappers::dicom::read_file(source);
  ASSERT_TRUE(file.ok());
  std::string json = "[";
  ASSERT_TRUE(mappers::dicom::append_dicom_json(json, *file).ok());
  auto remote = std::make_shared<model::RemoteContent>();
  remote->content.kind = model::BlobRef::Kind::Remote;
  remote->content.name = "pacs 1.2.3 1.2.3.9 1.2.3.9.1";
  remote->json_only = true;
  model::IngestItem item{"object", std::make_shared<OwnedText>(json + "]"), {}, 0, {}};
  item.remote = std::move(remote);
  const auto outcomes = ingestor_->ingest(std::span(&item, 1));
  ASSERT_TRUE(outcomes.ok());
  ASSERT_FALSE(outcomes->front().error) << outcomes->front().error->text();
  look();
  EXPECT_EQ(get("/DiagnosticReport/" + id()).status, 200);
  EXPECT_EQ(get("/Observation?_summary=count").total(), 3);
}

TEST_F(ReportsTest, AFinalReportIsAnEventOfItsTopic) {
  config_.notify_hosts = {"127.0.0.1:1"};
  SetUp();
  take_in(tests::report_bytes(tests::measurement_report()));
  look();
  const auto page = store_->resources().history({"DiagnosticReport", {}, 0, 0, 10, 0, 0});
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->versions.size(), 1u);
  EXPECT_EQ(page->versions[0].origin, "sop:1.2.3.9.1");
  EXPECT_NE(page->versions[0].json.find(R"("status":"final")"), std::string::npos);
}

TEST_F(ReportsTest, IsDoneByItsThreadSoonAfterIngest) {
  reports_->start();
  take_in(tests::report_bytes(tests::measurement_report()));
  reports_->wake();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (get("/DiagnosticReport/" + id()).status != 200 && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  reports_->stop();
  EXPECT_EQ(get("/DiagnosticReport/" + id()).status, 200);
}

TEST_F(ReportsTest, EverythingOfAPatientHasTheReports) {
  take_in(tests::report_bytes(tests::measurement_report()));
  look();
  const Answer patients = get("/Patient?identifier=P1");
  ASSERT_EQ(patients.entries().size(), 1u);
  const std::string patient(patients.entries()[0].find("resource")->text("id"));
  const Answer everything = get("/Patient/" + patient + "/$everything?_type=DiagnosticReport,Observation");
  EXPECT_EQ(everything.total(), 4) << everything.body;
}

TEST_F(ReportsTest, BytesThatAreAwayAreWaitedFor) {
  const std::string path = folder_ / "report.dcm", away = folder_ / "away.dcm";
  take_in_place(path, tests::report_bytes(tests::measurement_report()));
  std::filesystem::rename(path, away);
  look();
  EXPECT_EQ(get("/DiagnosticReport/" + id()).status, 404);
  std::filesystem::rename(away, path);
  look();
  EXPECT_EQ(get("/DiagnosticReport/" + id()).status, 404) << "not at once again";
  clock_.advance_us(10'000'000);
  look();
  EXPECT_EQ(get("/DiagnosticReport/" + id()).status, 200);
}

TEST_F(ReportsTest, WhatWasMadeOfBytesThatAreAwayStays) {
  const std::string path = folder_ / "report.dcm";
  take_in_place(path, tests::report_bytes(tests::measurement_report()));
  look();
  ASSERT_EQ(get("/DiagnosticReport/" + id()).status, 200);
  std::filesystem::remove(path);
  reports_ = std::make_unique<Reports>(*face_, store_->blobs());
  for (int i = 0; i < 8; ++i) {
    look();
    clock_.advance_us(3'600'000'000);
  }
  EXPECT_EQ(get("/DiagnosticReport/" + id()).status, 200);
}

}  // namespace
}  // namespace gateway::fhir
