// Codecs in worker processes: a crash, a hang and a lie cost one request each, and nothing is left over.
#include "gateway/pixel/worker_pool.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <thread>

#include "tests/support/process.h"

namespace {

using namespace gateway;
using namespace gateway::pixel;
using model::Frame;
using model::ImageFormat;

constexpr const char* kRle = "1.2.840.10008.1.2.5";
constexpr const char* kJpegLs = "1.2.840.10008.1.2.4.80";

// Codecs that do what codecs should not, when the transfer syntax says so.
class BadCodecs final : public PixelService {
 public:
  Result<Frame> decode(std::string_view syntax, const ImageFormat& format, ByteSpan encoded) override {
    if (syntax == "crash") std::abort();
    if (syntax == "exit") std::_Exit(7);
    while (syntax == "hang") ::pause();
    if (syntax == "garbage" && ::write(3, std::string(64, 'x').data(), 64) != 64) std::abort();
    if (syntax == "liar") return Frame{format, "x"};
    if (syntax == "glutton") return Frame{format, std::string(std::size_t{8} << 30, 'x')};
    if (syntax == "descriptors") return Frame{format, std::to_string(descriptors())};
    return good_.decode(syntax, format, encoded);
  }
  Result<Frame> encode(std::string_view syntax, const Frame& frame, const EncodeOptions& options) override {
    return good_.encode(syntax, frame, options);
  }
  Result<Frame> transcode(std::string_view from, const ImageFormat& format, ByteSpan encoded,
                          std::string_view to, const EncodeOptions& options) override {
    return good_.transcode(from, format, encoded, to, options);
  }

  static std::size_t descriptors() {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
      (void)entry;
      ++count;
    }
    return count;
  }

 private:
  InlinePixelService good_;
};

// Not a test: this program as a worker, started by the pools below.
TEST(CodecWorker, DISABLED_Serves) {
  BadCodecs codecs;
  std::_Exit(run_codec_worker(3, codecs));
}

WorkerPoolOptions options(std::size_t workers = 1) {
  WorkerPoolOptions made;
  made.command = {std::filesystem::read_symlink("/proc/self/exe").string(),
                  "--gtest_filter=CodecWorker.DISABLED_Serves", "--gtest_also_run_disabled_tests"};
  made.workers = workers;
  return made;
}

ImageFormat format_of(std::uint32_t rows, std::uint32_t columns) {
  ImageFormat format;
  format.rows = rows;
  format.columns = columns;
  format.bits_allocated = format.bits_stored = 16;
  format.high_bit = 15;
  format.photometric = "MONOCHROME2";
  return format;
}

Frame frame_of(std::uint32_t rows, std::uint32_t columns) {
  Frame frame{format_of(rows, columns), {}};
  frame.bytes.resize(frame.format.frame_bytes());
  for (std::size_t i = 0; i < frame.bytes.size(); ++i) frame.bytes[i] = static_cast<char>(i * i / 1000);
  return frame;
}

std::vector<pid_t> children() {
  std::vector<pid_t> pids;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream list(task.path() / "children");
    for (pid_t pid = 0; list >> pid;) pids.push_back(pid);
  }
  return pids;
}

TEST(WorkerPool, GivesWhatTheCodecsInThisProcessGive) {
  WorkerPool pool(options());
  const Frame native = frame_of(100, 90);
  const auto encoded = pool.encode(kJpegLs, native, {});
  ASSERT_TRUE(encoded.ok()) << encoded.error().text() << encoded.error().detail;
  EXPECT_EQ(encoded->bytes, encode(kJpegLs, native)->bytes);
  const auto decoded = pool.decode(kJpegLs, encoded->format, as_bytes(encoded->bytes));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->bytes, native.bytes);
  EXPECT_EQ(decoded->format, native.format);
  const auto transcoded = pool.transcode(kJpegLs, encoded->format, as_bytes(encoded->bytes), kRle, {});
  ASSERT_TRUE(transcoded.ok());
  EXPECT_EQ(transcoded->bytes, encode(kRle, native)->bytes);
  EXPECT_EQ(pool.status().started, 1u);
}

TEST(WorkerPool, WorkersDoNotInheritTheEnvironment) {
  ::setenv("GATEWAY_SECRET", "of its operator", 1);
  WorkerPool pool(options());
  ASSERT_TRUE(pool.encode(kRle, frame_of(10, 10), {}).ok());
  ::unsetenv("GATEWAY_SECRET");
  std::ifstream file("/proc/" + std::to_string(children().at(0)) + "/environ");
  const std::string environment{std::istreambuf_iterator<char>(file), {}};
  EXPECT_NE(environment.find("PATH="), std::string::npos);
  EXPECT_EQ(environment.find("GATEWAY_SECRET"), std::string::npos);
}

TEST(WorkerPool, CarriesLargeFrames) {
  WorkerPool pool(options());
  const Frame native = frame_of(4000, 5000);
  const auto encoded = pool.encode("1.2.840.10008.1.2.1.98", native, {});
  ASSERT_TRUE(encoded.ok());
  EXPECT_EQ(encoded->bytes, native.bytes);
}

TEST(WorkerPool, ErrorsOfCodecsArriveAndTheWorkerStays) {
  WorkerPool pool(options());
  for (int i = 0; i < 3; ++i) {
    const auto made = pool.decode(kRle, format_of(4, 4), as_bytes("nonsense"));
    EXPECT_EQ(made.error().code, ErrorCode::DicomMalformed);
    EXPECT_EQ(made.error().where, kRle);
  }
  EXPECT_EQ(pool.status().started, 1u);
}

TEST(WorkerPool, ACrashCostsOneRequest) {
  WorkerPool pool(options());
  const Frame native = frame_of(10, 10);
  for (const char* syntax : {"crash", "exit", "garbage", "liar"}) {
    const auto lost = pool.decode(syntax, native.format, as_bytes("x"));
    ASSERT_FALSE(lost.ok()) << syntax;
    EXPECT_EQ(lost.error().code, ErrorCode::Unprocessable) << syntax;
    EXPECT_EQ(lost.error().where, syntax);
    EXPECT_TRUE(pool.encode(kRle, native, {}).ok()) << syntax;
  }
  EXPECT_EQ(pool.status().crashed, 4u);
  EXPECT_EQ(pool.status().running, 1u);
}

TEST(WorkerPool, AHangEndsAtTheDeadline) {
  auto settings = options();
  settings.deadline = std::chrono::milliseconds(300);
  WorkerPool pool(settings);
  ASSERT_TRUE(pool.encode(kRle, frame_of(10, 10), {}).ok());
  const auto lost = pool.decode("hang", format_of(10, 10), as_bytes("x"));
  EXPECT_EQ(lost.error().code, ErrorCode::Unprocessable);
  EXPECT_NE(lost.error().message.find("longer"), std::string::npos);
  EXPECT_TRUE(pool.encode(kRle, frame_of(10, 10), {}).ok());
  EXPECT_EQ(pool.status().late, 1u);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(WorkerPool, MemoryOfAWorkerIsLimited) {
  auto settings = options();
  settings.memory_bytes = 1ull << 30;
  WorkerPool pool(settings);
  EXPECT_FALSE(pool.decode("glutton", format_of(10, 10), as_bytes("x")).ok());
  EXPECT_TRUE(pool.encode(kRle, frame_of(10, 10), {}).ok());
}
#endif

TEST(WorkerPool, AWorkerKilledBetweenRequestsIsReplaced) {
  WorkerPool pool(options());
  ASSERT_TRUE(pool.encode(kRle, frame_of(10, 10), {}).ok());
  const auto pids = children();
  ASSERT_EQ(pids.size(), 1u);
  ASSERT_EQ(::kill(pids[0], SIGKILL), 0);
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(pids[0]), &info, WEXITED | WNOWAIT), 0);
  EXPECT_TRUE(pool.encode(kRle, frame_of(10, 10), {}).ok());
  EXPECT_EQ(pool.status().started, 2u);
}

TEST(WorkerPool, WorkersInheritNothingButTheirSocket) {
  WorkerPool pool(options());
  ImageFormat format = format_of(1, 1);
  format.bits_allocated = format.bits_stored = 8;
  format.high_bit = 7;
  const auto made = pool.decode("descriptors", format, as_bytes("x"));
  ASSERT_TRUE(made.ok());
  EXPECT_LE(made->bytes, "5");  // three of /dev/null, the socket, the listing
}

TEST(WorkerPool, WaitingIsBounded) {
  auto settings = options();
  settings.deadline = std::chrono::milliseconds(800);
  settings.wait = std::chrono::milliseconds(20);
  WorkerPool pool(settings);
  ASSERT_TRUE(pool.encode(kRle, frame_of(10, 10), {}).ok());
  std::atomic<int> overloaded = 0, late = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&] {
      const auto made = pool.decode("hang", format_of(10, 10), as_bytes("x"));
      ++(made.error().code == ErrorCode::Overloaded ? overloaded : late);
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(overloaded, 2);
  EXPECT_EQ(late, 1);
}

TEST(WorkerPool, WornWorkersAreReplaced) {
  auto settings = options();
  settings.jobs_per_worker = 2;
  WorkerPool pool(settings);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(pool.encode(kRle, frame_of(10, 10), {}).ok());
  EXPECT_EQ(pool.status().started, 3u);
}

TEST(WorkerPool, AProgramThatIsNoWorkerIsAnError) {
  for (const char* program : {"/bin/true", "/does/not/exist"}) {
    auto settings = options();
    settings.command = {program};
    WorkerPool pool(settings);
    for (int i = 0; i < 2; ++i)
      EXPECT_EQ(pool.encode(kRle, frame_of(10, 10), {}).error().code, ErrorCode::Internal);
    EXPECT_EQ(pool.status().running, 0u);
  }
}

TEST(WorkerPool, ManyThreadsShareFewWorkers) {
  WorkerPool pool(options(2));
  const Frame native = frame_of(50, 50);
  std::atomic<int> right = 0, lost = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        if ((t + i) % 25 == 0) {
          lost += !pool.decode("crash", native.format, as_bytes("x")).ok();
        } else {
          const auto made = pool.encode(kRle, native, {});
          right += made.ok() && made->bytes.size() > 64;
        }
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 384);
  EXPECT_EQ(lost, 16);
  EXPECT_LE(pool.status().running, 2u);
}

// A JPEG-LS stream on which CharLS 2.4 counts for seconds.
constexpr unsigned char kEndless[] = {
    0xff, 0xd8, 0xff, 0xf7, 0x00, 0x11, 0x08, 0x00, 0x10, 0x00, 0x18, 0x03, 0x01, 0x11, 0x00, 0x02, 0x11,
    0x00, 0x03, 0x11, 0x00, 0xff, 0xda, 0x00, 0x0c, 0x03, 0x01, 0x00, 0x02, 0x00, 0x03, 0x00, 0x00, 0x02,
    0x00, 0x40, 0x10, 0x08, 0x00, 0x15, 0x0b, 0x01, 0x16, 0x00, 0x00, 0x00, 0x00, 0x00, 0x17, 0x07, 0x15,
    0x04, 0x12, 0x01, 0x0f, 0x1d, 0x0c, 0x1a, 0x09, 0x00, 0x40, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x17, 0x07, 0x15, 0x04, 0x12, 0x01, 0x0f, 0x1d, 0x0c, 0x8f, 0x09, 0x17, 0x06, 0x14, 0x03, 0x11,
    0x00, 0x0e, 0x1c, 0x0b, 0x19, 0x08, 0x16, 0x05, 0x13, 0x17, 0x02, 0x11, 0x1f, 0x2e, 0x1c, 0x0b, 0x19,
    0x08, 0x16, 0x05, 0x13, 0x02, 0x10, 0x1e, 0x0d, 0x1b, 0x0a, 0x18, 0x07, 0x15, 0x04, 0x12, 0x01, 0x0f,
    0x17, 0x1d, 0x0c, 0x1b, 0x0a, 0x18, 0x07, 0x15, 0x04, 0x12, 0x20, 0x0f, 0x1d, 0x0c, 0x1a, 0x09, 0xfb,
    0xfd, 0xef, 0xf3, 0xf9, 0xe2, 0x7c, 0x3f, 0x5e, 0x27, 0xcf, 0xb3, 0x08, 0x47, 0xce, 0x7f, 0x8f, 0xe7,
    0x88, 0xfb, 0xfd, 0xe2, 0x3e, 0xff, 0x3f, 0xda, 0x2f, 0xd7, 0xeb, 0x17, 0x06, 0x14, 0x03, 0x11, 0x1f,
    0x0e, 0x1c, 0x0b, 0x17, 0x19, 0x08, 0x16, 0x06, 0xc4, 0x14, 0x03, 0x17, 0x10, 0x1e, 0xf9, 0xfa};

TEST(WorkerPool, HostileBytesHoldAWorkerUntilTheDeadlineOnly) {
  auto settings = options();
  settings.deadline = std::chrono::milliseconds(400);
  WorkerPool pool(settings);
  ImageFormat format = format_of(16, 24);
  format.bits_allocated = format.bits_stored = 8;
  format.high_bit = 7;
  format.samples_per_pixel = 3;
  format.photometric = "RGB";
  EXPECT_FALSE(pool.decode(kJpegLs, format, std::as_bytes(std::span(kEndless))).ok());
  EXPECT_TRUE(pool.encode(kRle, frame_of(10, 10), {}).ok());
}

// Not a test: a gateway that starts a worker, says which, and waits for its end.
TEST(CodecWorker, DISABLED_StartsAWorkerAndWaits) {
  WorkerPool pool(options());
  ASSERT_TRUE(pool.encode(kRle, frame_of(10, 10), {}).ok());
  std::cout << "worker " << children().at(0) << std::endl;
  for (;;) ::pause();
}

TEST(WorkerPool, WorkersEndWithTheGateway) {
  tests::Background gateway({options().command[0],
                             "--gtest_filter=CodecWorker.DISABLED_StartsAWorkerAndWaits",
                             "--gtest_also_run_disabled_tests"});
  std::string line;
  do {
    line = gateway.line();
  } while (!line.empty() && !line.starts_with("worker "));
  ASSERT_TRUE(line.starts_with("worker "));
  const auto worker = static_cast<int>(::syscall(SYS_pidfd_open, std::stoi(line.substr(7)), 0));
  ASSERT_GE(worker, 0);
  gateway.signal_and_wait(SIGKILL);
  pollfd ended{worker, POLLIN, 0};
  EXPECT_EQ(::poll(&ended, 1, 10'000), 1);
  ::close(worker);
}

// GATEWAY_FAILURES asks for more of them.
TEST(WorkerPool, FailuresLeaveNothingBehind) {
  const char* asked = std::getenv("GATEWAY_FAILURES");
  const int crashes = asked ? std::atoi(asked) : 40;
  const std::size_t before = BadCodecs::descriptors();
  {
    WorkerPool pool(options());
    for (int i = 0; i < 10'000; ++i) ASSERT_FALSE(pool.decode(kRle, format_of(4, 4), as_bytes("x")).ok());
    for (int i = 0; i < crashes; ++i) ASSERT_FALSE(pool.decode("crash", format_of(4, 4), as_bytes("x")).ok());
    EXPECT_LE(children().size(), 1u);
    EXPECT_LE(BadCodecs::descriptors(), before + 1);
    EXPECT_EQ(pool.status().crashed, static_cast<std::uint64_t>(crashes));
  }
  EXPECT_EQ(BadCodecs::descriptors(), before);
  EXPECT_TRUE(children().empty());
}

}  // namespace
