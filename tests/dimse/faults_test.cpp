// Peers that do not answer, lie or hang up: named errors, and nothing left behind.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <new>
#include <thread>

#include "mappers/dicom/transfer_syntax.h"
#include "tests/dimse/dimse_fixture.h"

namespace gateway::dimse {
namespace {

std::size_t entries_of(const char* folder) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++count;
  return count;
}
std::size_t open_files() { return entries_of("/proc/self/fd"); }
std::size_t threads() { return entries_of("/proc/self/task"); }

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// Accepts connections and does with each what it was told, in one thread.
class FakePeer {
 public:
  using Act = std::function<void(int fd)>;
  explicit FakePeer(Act act) : act_(std::move(act)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback(0);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 64) != 0)
      std::abort();
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] {
      for (int fd = 0; (fd = ::accept(listener_, nullptr, nullptr)) >= 0; ::close(fd)) act_(fd);
    });
  }
  ~FakePeer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  DimsePeer address() const { return {"FAKE", "127.0.0.1", port_, false}; }

 private:
  Act act_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

void read_some(int fd) {
  char buffer[8192];
  [[maybe_unused]] const auto got = ::recv(fd, buffer, sizeof buffer, 0);
}
void read_to_end(int fd) {
  char buffer[8192];
  while (::recv(fd, buffer, sizeof buffer, 0) > 0) {
  }
}
void write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

DimseLimits tiny_limits() {
  DimseLimits limits;
  limits.connect = limits.associate = limits.message = std::chrono::milliseconds(60);
  return limits;
}

DimseSourceOptions asking(const DimsePeer& peer) {
  DimseSourceOptions options;
  options.name = "pacs";
  options.peer = peer;
  options.limits = tiny_limits();
  return options;
}

void expect_named(const Result<void>& done, ErrorCode code) {
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().code, code) << done.error().text();
  EXPECT_NE(done.error().message.find("FAKE"), std::string::npos) << done.error().message;
  EXPECT_EQ(done.error().text().find("127.0.0.1"), std::string::npos) << "addresses are for the log";
  EXPECT_NE(done.error().detail.find("127.0.0.1:"), std::string::npos) << done.error().detail;
}

TEST(DimseFaults, NobodyListens) {
  DimsePeer gone;
  {
    const FakePeer peer([](int) {});
    gone = peer.address();
  }
  expect_named(DimseSource(asking(gone)).check(), ErrorCode::BadGateway);
}

TEST(DimseFaults, AHostWithoutAnAddress) {
  const auto done = DimseSource(asking({"FAKE", "no.such.host.invalid", 104, false})).check();
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().code, ErrorCode::BadGateway);
}

TEST(DimseFaults, APeerThatNeverAnswers) {
  const FakePeer peer(read_to_end);
  expect_named(DimseSource(asking(peer.address())).check(), ErrorCode::GatewayTimeout);
}

TEST(DimseFaults, StoppingHangsUpOnAPeerThatNeverAnswers) {
  std::atomic<bool> asked = false;
  const FakePeer peer([&](int fd) {
    read_some(fd);
    asked = true;
    read_to_end(fd);
  });
  DimseSourceOptions options;
  options.name = "pacs";
  options.peer = peer.address();
  options.limits.associate = options.limits.message = std::chrono::hours(1);
  DimseSource source(options);
  std::thread stopper([&] {
    while (!asked) std::this_thread::yield();
    source.stop();
  });
  const auto checked = source.check();
  stopper.join();
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().code, ErrorCode::BadGateway) << checked.error().text();
  EXPECT_FALSE(source.check().ok()) << "and asks nothing any more";
}

TEST(DimseFaults, APeerThatAnswersGarbage) {
  const FakePeer peer([](int fd) {
    read_some(fd);
    write_all(fd, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
  });
  expect_named(DimseSource(asking(peer.address())).check(), ErrorCode::BadGateway);
}

TEST(DimseFaults, APeerThatClaimsFourGigabytes) {
  const FakePeer peer([](int fd) {
    read_some(fd);
    write_all(fd, std::string("\x02\x00\xFF\xFF\xFF\xFF", 6) + std::string(1 << 16, 'x'));
  });
  expect_named(DimseSource(asking(peer.address())).check(), ErrorCode::BadGateway);
}

TEST(DimseFaults, APeerThatHangsUpInTheMiddle) {
  const FakePeer peer([](int fd) {
    read_some(fd);
    write_all(fd, std::string("\x02\x00\x00\x00\x10\x00\x00\x01", 8));
  });
  expect_named(DimseSource(asking(peer.address())).check(), ErrorCode::BadGateway);
}

// Resident, in KiB.
std::size_t memory() {
  std::ifstream statm("/proc/self/statm");
  std::size_t all = 0, resident = 0;
  statm >> all >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) / 1024;
}

// What a process holds that faults must not add to.
struct Holdings {
  std::size_t files = open_files(), tasks = threads(), kib = memory();
};
void expect_no_more_than(const Holdings& before) {
  const Holdings now;
  EXPECT_LE(now.files, before.files + 1);
  EXPECT_LE(now.tasks, before.tasks);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they keep freed memory for a while
  EXPECT_LE(now.kib, before.kib + (8 << 10));
#endif
}

// PS3.8 section 9.3.4: rejected for good, no reason given.
const std::string kRejection("\x03\x00\x00\x00\x00\x04\x00\x01\x01\x01", 10);

TEST(DimseFaults, TenThousandOfThemLeaveNothingBehind) {
  constexpr int kCount = 10'000;
  std::atomic<int> kind = 0;
  const FakePeer peer([&](int fd) {
    read_some(fd);
    switch (++kind % 4) {
      case 0:
        return write_all(fd, std::string("\x02\x00\xFF\xFF\xFF\xFF", 6));  // a lie about the length
      case 1:
        return write_all(fd, std::string(40, '\x04'));  // garbage
      case 2:
        return write_all(fd, kRejection);
      default:
        return;  // hangs up
    }
  });
  DimseSource source(asking(peer.address()));
  for (int i = 0; i < 200; ++i) EXPECT_FALSE(source.check().ok());
  const Holdings before;
  for (int i = 0; i < kCount; ++i) EXPECT_FALSE(source.check().ok());
  expect_no_more_than(before);
  EXPECT_GE(kind, kCount) << "each was a connection";
}

TEST(MoveInboxFaults, WhatATakerThrowsLeavesNobodyWaiting) {
  MoveInbox inbox;
  {
    const MoveInbox::Waiting waiting(inbox, "GATEWAY", 7, {},
                                     [](const auto&) -> Result<void> { throw std::bad_alloc(); });
    const auto offered = inbox.offer({"GATEWAY", 7, {}, std::make_shared<OwnedText>("object")});
    ASSERT_TRUE(offered.has_value());
    EXPECT_FALSE(offered->ok());
  }
  EXPECT_FALSE(inbox.anybody_waits());
}

// The other way round: clients that do such things to our server.
class DimseServerFaults : public DimseTest {
 protected:
  void SetUp() override {
    DimseTest::SetUp();
    options_.limits.associate = std::chrono::milliseconds(100);
    options_.limits.message = options_.limits.idle = std::chrono::milliseconds(500);
    start();
  }
  int connect() const {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = loopback(server_->port());
    EXPECT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    return fd;
  }
  static void drain(int fd) {
    read_to_end(fd);
    ::close(fd);
  }
};

TEST_F(DimseServerFaults, ASilentClientKeepsNobodyOut) {
  const int silent = connect();
  DimseSource source(source_options());
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(source.check().ok());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, options_.limits.associate);
  drain(silent);  // the server ends it
}

TEST_F(DimseServerFaults, GarbageAndLiesEndTheirConnectionOnly) {
  for (const std::string& lie :
       {std::string("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), std::string("\x01\x00\xFF\xFF\xFF\xF0", 6),
        std::string("\x01\x00\x00\x00\x00\x04....", 10), std::string(200, '\0'),
        std::string("\x04\x00\x00\x00\x00\x06\x00\x00\x00\x02\x01\x03", 12)}) {
    const int fd = connect();
    write_all(fd, lie);
    drain(fd);
  }
  DimseSource source(source_options());
  EXPECT_TRUE(source.check().ok());
}

// Clients that hang up at once, in the middle of a request, send garbage, or ask for somebody else.
class ManyServerFaults : public DimseServerFaults {
 protected:
  void hurt(int i) {
    if (i % 4 == 3) {
      auto options = source_options();
      options.peer.ae_title = "ELSE";
      EXPECT_FALSE(DimseSource(options).check().ok());
      return;
    }
    const int fd = connect();
    if (i % 4 == 1) write_all(fd, std::string("\x01\x00\x00\x00\x00\xFF\x00\x01", 8));
    if (i % 4 == 2) write_all(fd, std::string(200, '\x07'));
    if (i % 4 == 2) return drain(fd);
    ::close(fd);
  }
};

TEST_F(ManyServerFaults, TenThousandOfThemLeaveNothingBehind) {
  for (int i = 0; i < 200; ++i) hurt(i);
  DimseSource(source_options()).check().ok();
  server_->stop();
  const Holdings before;
  start();
  for (int i = 0; i < 10'000; ++i) hurt(i);
  EXPECT_TRUE(DimseSource(source_options()).check().ok()) << "it serves others all the same";
  server_->stop();
  expect_no_more_than(before);
}

// A12: a peer with very many answers.
TEST(DimseFaults, AtTheLimitAQueryIsCancelled) {
  bool cancelled = false;
  std::uint64_t sent = 0;
  const FakePeer peer([&](int fd) {
    const int own = ::dup(fd);
    auto association = Association::receive(own, short_limits(), nullptr);
    ASSERT_TRUE(association.ok()) << association.error().text();
    const auto& proposed = (*association)->proposed();
    std::vector<Context> contexts;
    for (const auto& context : proposed)
      contexts.push_back({context.id, context.abstract_syntax, "1.2.840.10008.1.2", false});
    ASSERT_TRUE((*association)->accept(contexts).ok());
    const auto request = (*association)->receive_answer();
    ASSERT_TRUE(request.ok());
    ASSERT_TRUE((*association)->receive_data(request->context).ok());
    std::string data;
    mappers::dicom::Draft()
        .set("StudyInstanceUID", "1.2")
        .encode(data, mappers::dicom::Encoding::ImplicitLittle);
    for (; sent < 100'000 && !cancelled; ++sent) {
      const auto pending = CommandSet::response(request->command, status::kPending, true);
      if (!(*association)->send(request->context, pending, data).ok()) break;
      if (sent == 0 || (*association)->something_waits()) {
        const auto next = (*association)->receive_command(std::chrono::milliseconds(sent == 0 ? 2'000 : 0));
        cancelled = next.ok() && next->command.is(Operation::Cancel);
      }
    }
    const std::uint16_t last = cancelled ? status::kCancelled : status::kSuccess;
    EXPECT_TRUE((*association)->send(request->context, CommandSet::response(request->command, last)).ok());
    (*association)->receive_command(std::chrono::milliseconds(2'000)).ok();
    (*association)->acknowledge_release();
  });
  {
    auto options = asking(peer.address());
    options.limits = short_limits();
    options.keep_idle = std::chrono::milliseconds(0);
    DimseSource source(options);
    std::size_t used = 0;
    const auto report = source.find({model::Level::Study, {}, 1}, [&](std::string) { return ++used, true; });
    ASSERT_TRUE(report.ok()) << report.error().text();
    EXPECT_EQ(used, 1u);
    EXPECT_TRUE(report->cut);
  }
  EXPECT_TRUE(cancelled);
  EXPECT_LT(sent, 100u);
}

}  // namespace
}  // namespace gateway::dimse
