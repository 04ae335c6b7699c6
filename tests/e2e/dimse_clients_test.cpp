// DCMTK's tools against the DIMSE listener of the program, with objects of many encodings.
#include "tests/e2e/peers.h"

namespace tests {
namespace {

class DimseClientsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* program : {"echoscu", "storescu", "findscu", "getscu", "movescu", "storescp"})
      NEEDS_PROGRAM(program);
    NEEDS_CORPUS();
    NEEDS_PYDICOM();
    copy_samples(folder_ / "files");
    receiver_port_ = free_port();
    gateway_ = std::make_unique<Gateway>(
        folder_ / "gateway",
        "[dimse]\nlisten = \"127.0.0.1:0\"\nae_title = \"GATEWAY\"\nany_caller = true\n[[peer]]\n"
        "ae_title = \"RECEIVER\"\nhost = \"127.0.0.1\"\nport = " +
            std::to_string(receiver_port_) + "\n");
    node_ = " -aet TOOL -aec GATEWAY 127.0.0.1 " + std::to_string(gateway_->dimse_port()) + " ";
  }
  // Each object in the encoding that it has: storescu with its own profile of all transfer syntaxes.
  void store() const {
    const std::string profile = folder_ / "all.cfg";
    std::ofstream(profile) << profile_text();
    const auto done = run("storescu -v -xf " + quoted(profile) + " All +sd" + node_ + quoted(folder_ / "files"));
    EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  }
  // The classes of the samples, each in every encoding that one of them has.
  static std::string profile_text() {
    std::string text = "[[TransferSyntaxes]]\n";
    const char* syntaxes[] = {"", ".1", ".2", ".1.99", ".4.50", ".4.70", ".4.80", ".4.91", ".5"};
    const char* classes[] = {"1",    "1.1",   "2",    "3.1",  "4",    "6.1",    "7",     "20",
                             "30",   "66.4",  "77.1.5.1", "77.1.6", "88.33", "88.22", "88.11", "9.1.1",
                             "481.2", "481.5", "4.1",  "2.1",  "7.4",  "12.1"};
    int number = 0;
    for (const std::string syntax : syntaxes)
      text += "[Syntax" + std::to_string(++number) + "]\nTransferSyntax1 = 1.2.840.10008.1.2" + syntax + "\n";
    text += "[[PresentationContexts]]\n[Contexts]\n";
    int context = 0;
    for (const std::string one : classes)
      for (int syntax = 1; syntax <= number && context < 128; ++syntax)
        text += "PresentationContext" + std::to_string(++context) + " = 1.2.840.10008.5.1.4.1.1." + one +
                "\\Syntax" + std::to_string(syntax) + "\n";
    return text + "[[Profiles]]\n[All]\nPresentationContexts = Contexts\n";
  }

  TempFolder folder_;
  std::uint16_t receiver_port_ = 0;
  std::string node_;
  std::unique_ptr<Gateway> gateway_;
};

TEST_F(DimseClientsTest, Probe) {
  EXPECT_EQ(run("echoscu" + node_).exit_code, 0);
  store();
}

}  // namespace
}  // namespace tests
