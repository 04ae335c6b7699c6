// The test PKI: what certs/make-test-pki leaves behind, and that it never overwrites.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace {

namespace fs = std::filesystem;

class TestPki : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("openssl version >/dev/null 2>&1") != 0) GTEST_SKIP() << "no openssl command";
    std::string name = (fs::temp_directory_path() / "pki-test-XXXXXX").string();
    ASSERT_TRUE(::mkdtemp(name.data()));
    folder_ = name;
  }
  void TearDown() override {
    if (!folder_.empty()) fs::remove_all(folder_);
  }
  int make(const std::string& arguments) const {
    const std::string command = SOURCE_DIR "/certs/make-test-pki " + arguments + " >/dev/null 2>&1";
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  std::string text(const std::string& name) const {
    std::stringstream out;
    out << std::ifstream(folder_ / name).rdbuf();
    return out.str();
  }
  fs::path folder_;
};

TEST_F(TestPki, KeysAreForTheOwnerOnly) {
  const fs::path pki = folder_ / "pki";
  ASSERT_EQ(make(pki.string()), 0);
  for (const char* name : {"root", "issuing", "server", "client"}) {
    const fs::perms mode = fs::status(pki / (std::string(name) + ".key")).permissions();
    EXPECT_EQ(mode, fs::perms::owner_read | fs::perms::owner_write) << name;
    EXPECT_TRUE(fs::exists(pki / (std::string(name) + ".crt"))) << name;
  }
  const std::string verify = "cd " + pki.string() +
                             " && openssl verify -CAfile root.crt -untrusted issuing.crt " +
                             "-purpose sslserver -verify_hostname localhost server.crt >/dev/null 2>&1";
  EXPECT_EQ(std::system(verify.c_str()), 0);
}

TEST_F(TestPki, NothingIsOverwritten) {
  ASSERT_EQ(make(folder_.string()), 0);
  const std::string before = text("server.key");
  ASSERT_FALSE(before.empty());
  EXPECT_EQ(make(folder_.string()), 1);
  EXPECT_EQ(text("server.key"), before);
}

TEST_F(TestPki, BadNamesAreRefusedBeforeAnythingIsWritten) {
  EXPECT_EQ(make(folder_.string() + " 'a;b'"), 2);
  EXPECT_EQ(make(""), 2);
  EXPECT_TRUE(fs::is_empty(folder_));
}

}  // namespace
