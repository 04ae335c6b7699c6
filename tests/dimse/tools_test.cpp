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

}  // namespace
}  // namespace gateway::dimse
