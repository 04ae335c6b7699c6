// The built programs: a gateway with demonstration data passes every suite below conformance/.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

extern char** environ;

namespace {

namespace fs = std::filesystem;

// A child process with a pipe from its standard output. Ends with its owner.
class Child {
 public:
  explicit Child(const std::vector<std::string>& command) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return;
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    std::vector<char*> words;
    for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    if (::posix_spawn(&pid_, words[0], &actions, nullptr, words.data(), environ) != 0) pid_ = -1;
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    output_ = ends[0];
  }
  ~Child() {
    if (pid_ > 0) {
      ::kill(pid_, SIGTERM);
      wait();
    }
    if (output_ >= 0) ::close(output_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  bool started() const { return pid_ > 0; }

  // Standard output up to the end of a line, or what came within the time.
  std::string first_line(int timeout_ms) {
    std::string line;
    char c;
    pollfd entry{output_, POLLIN, 0};
    while (::poll(&entry, 1, timeout_ms) > 0 && ::read(output_, &c, 1) == 1 && c != '\n') line += c;
    return line;
  }
  std::string all() {
    std::string text;
    char piece[4096];
    for (ssize_t got; (got = ::read(output_, piece, sizeof piece)) > 0;)
      text.append(piece, static_cast<std::size_t>(got));
    return text;
  }
  int wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t pid_ = -1;
  int output_ = -1;
};

const std::string kGateway = BUILD_DIR "/ehds-gateway";
const std::string kRunner = BUILD_DIR "/ehds-conformance";

// One gateway with demonstration data for all suites: plain, and with a certificate of the test PKI.
class Conformance : public testing::TestWithParam<const char*> {
 protected:
  static void SetUpTestSuite() {
    std::string name = (fs::temp_directory_path() / "conformance-XXXXXX").string();
    if (!fs::exists(kGateway) || !fs::exists(kRunner) || !::mkdtemp(name.data())) return;
    folder_ = name;
    Child demo({kGateway, "demo", "--data", data(), "--seed", "1", "--subjects", "6"});
    demo.all();
    ASSERT_EQ(demo.wait(), 0) << "the demonstration data could not be made";
    Child pki({SOURCE_DIR "/certs/make-test-pki", folder_ + "/pki"});
    pki.all();
    ASSERT_EQ(pki.wait(), 0) << "the test certificates could not be made";
    gateway_ = std::make_unique<Child>(std::vector<std::string>{
        kGateway, "serve", "--data", data(), "--listen", "127.0.0.1:0", "--https-listen", "127.0.0.1:0",
        "--certificate", folder_ + "/pki/server-chain.crt", "--key", folder_ + "/pki/server.key"});
    base_ = address();
    tls_base_ = address();
  }
  static void TearDownTestSuite() {
    gateway_.reset();
    if (!folder_.empty()) fs::remove_all(folder_);
  }

  static std::string data() { return folder_ + "/data"; }
  // "listening on http://127.0.0.1:PORT"
  static std::string address() {
    const std::string line = gateway_->first_line(20'000);
    const std::string start = "listening on ";
    EXPECT_EQ(line.substr(0, start.size()), start) << line;
    return line.size() > start.size() ? line.substr(start.size()) : "";
  }

  static std::string folder_, base_, tls_base_;
  static std::unique_ptr<Child> gateway_;
};

std::string Conformance::folder_;
std::string Conformance::base_;
std::string Conformance::tls_base_;
std::unique_ptr<Child> Conformance::gateway_;

bool may_open(rlim_t descriptors) {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max >= descriptors;
}

TEST_P(Conformance, SuitePasses) {
  if (!fs::exists(kGateway) || !fs::exists(kRunner)) GTEST_SKIP() << "the programs are not built";
  const std::string name = GetParam();
  const bool tls = name.ends_with("_over_tls");
  const std::string base = tls ? tls_base_ : base_;
  ASSERT_FALSE(base.empty()) << "the gateway did not start";
  const std::string suite = name.substr(0, name.find('_'));
  std::vector<std::string> words = {kRunner,        "--base", base, "--ca", folder_ + "/pki/root.crt",
                                    "--max-skipped"};
  // The slow cases of plain HTTP, ten thousand idle connections among them, run where the machine allows as
  // many descriptors; nothing else may be left out.
  if (name == "http" && may_open(12'000))
    words.insert(words.end(), {"0", "--with", "slow"});
  else
    words.push_back(suite == "http" ? "3" : "0");
  words.push_back(SOURCE_DIR "/conformance/suites/" + suite);
  Child runner(words);
  ASSERT_TRUE(runner.started());
  const std::string report = runner.all();
  EXPECT_EQ(runner.wait(), 0) << report;
}

INSTANTIATE_TEST_SUITE_P(Suites, Conformance,
                         testing::Values("http", "dicomweb", "catalogue", "fhir", "service", "http_over_tls",
                                         "dicomweb_over_tls"),
                         [](const auto& suite) { return std::string(suite.param); });

}  // namespace
