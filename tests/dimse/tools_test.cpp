// DCMTK's own tools against our node and, the other way round, our source against dcmqrscp. Skips what is not
// installed.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

#include "tests/dimse/dimse_fixture.h"
#include "tests/dimse/free_port.h"
#include "tests/support/process.h"

namespace gateway::dimse {
namespace {

using tests::quoted;

bool installed(const std::string& program) { return tests::run("command -v " + program).exit_code == 0; }

#define NEEDS(program) \
  if (!installed(program)) GTEST_SKIP() << program << " is not installed"

class ToolsTest : public DimseTest {
 protected:
  std::string node() const { return "127.0.0.1 " + std::to_string(server_->port()) + " "; }
  std::string titles() const { return " -aec GATEWAY -aet TOOL "; }
  std::vector<std::string> files(int count, int pixels = 0) {
    std::vector<std::string> paths;
    for (int i = 1; i <= count; ++i) {
      auto draft = ingest::sample_draft(i);
      if (pixels > 0) draft.set_bytes("PixelData", "OB", std::string(static_cast<std::size_t>(pixels), 'x'));
      paths.push_back(write_file("in/" + std::to_string(i) + ".dcm", ingest::encoded(draft)));
    }
    return paths;
  }
};

TEST_F(ToolsTest, Echoscu) {
  NEEDS("echoscu");
  start();
  const auto done = tests::run("echoscu" + titles() + node());
  EXPECT_EQ(done.exit_code, 0) << done.err;
}

TEST_F(ToolsTest, StorescuWithItsDefaults) {
  NEEDS("storescu");
  start();
  files(50);
  const auto begin = std::chrono::steady_clock::now();
  const auto done = tests::run("storescu +sd" + titles() + node() + quoted(folder_ / "in"));
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(located().size(), 50u);
  // With Nagle's algorithm and delayed acknowledgements against each other, 50 objects take 4.5 s.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
}

TEST_F(ToolsTest, Findscu) {
  NEEDS("findscu");
  store_samples(3);
  start();
  const std::string keys =
      "-k QueryRetrieveLevel=STUDY -k PatientName=DOE* -k StudyInstanceUID -k ModalitiesInStudy ";
  for (const char* model : {"-S ", "-P "}) {
    const auto done = tests::run("findscu -v " + std::string(model) + keys + titles() + node());
    EXPECT_EQ(done.exit_code, 0) << done.err;
    EXPECT_NE((done.out + done.err).find("[1.2.3"), std::string::npos) << done.out << done.err;
  }
  const auto patients = tests::run("findscu -v -P -k QueryRetrieveLevel=PATIENT -k PatientID -k PatientName" +
                                   titles() + node());
  EXPECT_NE((patients.out + patients.err).find("Doe^Jane"), std::string::npos)
      << patients.out << patients.err;
}

TEST_F(ToolsTest, Getscu) {
  NEEDS("getscu");
  store_samples(3);
  start();
  std::filesystem::create_directories(folder_ / "out");
  const auto done = tests::run("getscu -S -k QueryRetrieveLevel=STUDY -k StudyInstanceUID=1.2.3 -od " +
                               quoted(folder_ / "out") + titles() + node());
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_ / "out"), {}), 3);
}

TEST_F(ToolsTest, MovescuToStorescp) {
  NEEDS("movescu");
  NEEDS("storescp");
  store_samples(3);
  const std::uint16_t port = tests::free_port();
  std::filesystem::create_directories(folder_ / "out");
  const tests::Background receiver(
      {"/usr/bin/storescp", "-aet", "RECEIVER", "-od", folder_ / "out", std::to_string(port)});
  ASSERT_TRUE(tests::wait_for_port(port));
  options_.destinations = {{"RECEIVER", "127.0.0.1", port, false}};
  start();
  const auto done = tests::run(
      "movescu -S -k QueryRetrieveLevel=STUDY -k StudyInstanceUID=1.2.3 -aem RECEIVER" + titles() + node());
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_ / "out"), {}), 3);
}

// Each byte comes in time for the read that waits for it; the handshake as a whole does not.
TEST_F(ToolsTest, ATlsHandshakeByteByByteIsCutOff) {
  NEEDS("openssl");
  const std::string key = folder_ / "key.pem", certificate = folder_ / "cert.pem";
  ASSERT_EQ(tests::run("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=gateway -keyout " +
                       quoted(key) + " -out " + quoted(certificate))
                .exit_code,
            0);
  options_.tls = true;
  options_.tls_files = {certificate, key, certificate, true};
  options_.limits.associate = std::chrono::milliseconds(300);
  start();
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server_->port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const std::string hello =
      std::string("\x16\x03\x01\x40\x00\x01\x00\x3F\xFC", 9) + std::string(16'000, '\0');
  bool ended = false;
  for (std::size_t i = 0; i < 80 && !ended; ++i) {
    pollfd entry{fd, POLLIN, 0};
    ended = ::send(fd, &hello[i], 1, MSG_NOSIGNAL) != 1 || ::poll(&entry, 1, 100) > 0;
  }
  EXPECT_TRUE(ended);
  ::close(fd);
}

TEST_F(ToolsTest, TlsBothWays) {
  NEEDS("openssl");
  NEEDS("echoscu");
  const std::string key = folder_ / "key.pem", certificate = folder_ / "cert.pem";
  ASSERT_EQ(tests::run("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=gateway -keyout " +
                       quoted(key) + " -out " + quoted(certificate))
                .exit_code,
            0);
  options_.tls = true;
  options_.tls_files = {certificate, key, certificate, true};
  start();
  auto asking = source_options();
  asking.tls_files = {certificate, key, certificate, true};
  DimseSource source(asking);
  const auto done = source.check();
  EXPECT_TRUE(done.ok()) << done.error().text();
  const auto outcomes = source.store(std::vector{object_of(ingest::sample_draft(1))});
  EXPECT_TRUE(outcomes.ok() && outcomes->front().dicom_status == 0);
  const auto tool = tests::run("echoscu +tls " + quoted(key) + " " + quoted(certificate) + " +cf " +
                               quoted(certificate) + titles() + node());
  EXPECT_EQ(tool.exit_code, 0) << tool.err;
  asking.tls_files = {"", "", certificate, true};  // without a certificate of its own
  EXPECT_FALSE(DimseSource(asking).check().ok());
  asking.peer.tls = false;
  EXPECT_FALSE(DimseSource(asking).check().ok());
}

// Our source with a PACS of DCMTK's.
TEST_F(ToolsTest, SourceAgainstDcmqrscp) {
  NEEDS("dcmqrscp");
  const std::uint16_t port = tests::free_port();
  std::filesystem::create_directories(folder_ / "pacs");
  start();
  const std::string config = write_file(
      "dcmqrscp.cfg",
      "NetworkTCPPort = " + std::to_string(port) +
          "\nMaxPDUSize = 16384\nMaxAssociations = 16\nHostTable BEGIN\nus = (GATEWAY, 127.0.0.1, " +
          std::to_string(server_->port()) +
          ")\nHostTable END\nVendorTable BEGIN\nVendorTable END\nAETable BEGIN\nPACS " + (folder_ / "pacs") +
          " RW (200, 1024mb) ANY\nAETable END\n");
  const tests::Background pacs({"/usr/bin/dcmqrscp", "-c", config});
  ASSERT_TRUE(tests::wait_for_port(port));
  auto asking = source_options();
  asking.peer = {"PACS", "127.0.0.1", port, false};
  asking.our_ae_title = "GATEWAY";
  asking.retrieve = DimseSourceOptions::Retrieve::Move;
  asking.move_destination = "GATEWAY";
  for (const bool move : {false, true}) {
    asking.retrieve = move ? DimseSourceOptions::Retrieve::Move : DimseSourceOptions::Retrieve::Get;
    DimseSource source(asking, &inbox_);
    std::vector<std::shared_ptr<const ByteSource>> objects;
    for (int i = 1; i <= 5; ++i) objects.push_back(object_of(ingest::sample_draft(i)));
    const auto outcomes = source.store(objects);
    ASSERT_TRUE(outcomes.ok()) << outcomes.error().text();
    EXPECT_EQ(outcomes->front().dicom_status, 0) << outcomes->front().message;
    EXPECT_EQ(find_all(source, {model::Level::Study, {{0x00100020, "P1"}}, 0}).size(), 1u);
    std::size_t got = 0;
    const auto report =
        source.fetch({"1.2.3", "1.2.3.4", "1.2.3.4.3"}, [&](auto) { return ++got, Result<void>(); });
    EXPECT_TRUE(report.ok()) << report.error().text();
    EXPECT_EQ(got, 1u) << (move ? "by C-MOVE" : "by C-GET");
  }
}

// Figures, on demand: --gtest_also_run_disabled_tests.
class StorescuFigures : public ToolsTest {
 protected:
  void SetUp() override {
    ToolsTest::SetUp();
    store_.reset();
    auto durable = store::Store::open({folder_ / "durable", true});
    ASSERT_TRUE(durable.ok());
    store_ = std::move(*durable);
    ingestor_ = std::make_unique<ingest::Ingestor>(index(), store_->blobs(), table(), metrics_);
    start();
  }
  // Objects of one study for each of `folders`.
  void make_files(int folders, int count, std::size_t pixels) {
    for (int folder = 0; folder < folders; ++folder)
      for (int i = 1; i <= count; ++i) {
        auto draft = ingest::sample_draft(++last_);
        const std::string study = "1.2.3." + std::to_string(round_ * 100 + folder);
        draft.set("StudyInstanceUID", study).set("SeriesInstanceUID", study + ".1");
        draft.set_bytes("PixelData", "OB", std::string(pixels, 'x'));
        write_file("in" + std::to_string(folder) + "/" + std::to_string(i) + ".dcm", ingest::encoded(draft));
      }
    ++round_;
  }
  void send(int folders, int count, std::size_t pixels) {
    make_files(folders, count, pixels);
    const std::int64_t version = *index().version();
    const std::string each =
        "storescu +sd" + titles() + node() + quoted(folder_ / "in") + "$i & pids=\"$pids $!\"; done; ";
    const auto begin = std::chrono::steady_clock::now();
    const auto done = tests::run("for i in $(seq 0 " + std::to_string(folders - 1) + "); do " + each +
                                 "for pid in $pids; do wait $pid || exit 1; done");
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    EXPECT_EQ(done.exit_code, 0) << done.err;
    std::printf("%d associations, %d objects of %zu bytes: %.0f objects/s, %.1f a transaction\n", folders,
                folders * count, pixels, folders * count / took.count(),
                folders * count / static_cast<double>(*index().version() - version));
  }
  int last_ = 0, round_ = 0;
};

TEST_F(StorescuFigures, DISABLED_OneAndEightAssociations) {
  NEEDS("storescu");
  for (const std::size_t pixels : {1'500u, 1'500u, 30'000u, 524'288u})
    send(1, pixels > 100'000 ? 300 : 2'000, pixels);
  for (const std::size_t pixels : {1'500u, 524'288u}) send(8, pixels > 100'000 ? 50 : 400, pixels);
}

// What the same tool reaches with a receiver that leaves Nagle's algorithm and delayed acknowledgements on.
TEST_F(StorescuFigures, DISABLED_AReceiverThatStoresNothing) {
  NEEDS("storescp");
  make_files(1, 100, 1'500);
  const std::uint16_t port = tests::free_port();
  const tests::Background peer({"/usr/bin/storescp", "--ignore", std::to_string(port)});
  ASSERT_TRUE(tests::wait_for_port(port));
  const auto begin = std::chrono::steady_clock::now();
  tests::run("storescu +sd 127.0.0.1 " + std::to_string(port) + " " + quoted(folder_ / "in0"));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf("storescp that stores nothing: %.0f objects/s\n", 100 / took.count());
}

TEST_F(ToolsTest, DISABLED_MeasureFind) {
  NEEDS("findscu");
  std::vector<model::IngestItem> items;
  for (int i = 0; i < 400; ++i) {
    auto draft = ingest::sample_draft(i);
    draft.set("StudyInstanceUID", "1.2.3." + std::to_string(i))
        .set("SeriesInstanceUID", "1.2.4." + std::to_string(i));
    items.push_back(ingest::item_of(ingest::encoded(draft)));
  }
  ingest(items);
  start();
  DimseSource source(source_options());
  ASSERT_TRUE(source.check().ok());
  for (int round = 0; round < 3; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(find_all(source, {model::Level::Study, {{0x00100010, ""}, {0x00080020, ""}}, 0}).size(), 400u);
    const std::chrono::duration<double> ours = std::chrono::steady_clock::now() - begin;
    const auto again = std::chrono::steady_clock::now();
    tests::run("findscu -S -k QueryRetrieveLevel=STUDY -k PatientName -k StudyDate -k StudyInstanceUID" +
               titles() + node());
    const std::chrono::duration<double> tool = std::chrono::steady_clock::now() - again;
    std::printf("400 studies: our source %.3f s, findscu %.3f s\n", ours.count(), tool.count());
  }
}

}  // namespace
}  // namespace gateway::dimse
