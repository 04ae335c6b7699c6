// DCMTK's tools against the DIMSE listener of the program, with objects of many encodings: what goes in by
// C-STORE is there for DICOMweb, and comes out by C-GET and C-MOVE.
#include "tests/e2e/peers.h"

namespace tests {
namespace {

class DimseClientsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* program : {"echoscu", "storescu", "dcmsend", "findscu", "getscu", "movescu", "storescp"})
      NEEDS_PROGRAM(program);
    NEEDS_CORPUS();
    NEEDS_PYDICOM();
    copy_samples(folder_ / "files");
    fs::remove(folder_ / "files/NM-MONO2-16-13x-heart");  // of a retired class that dcmsend does not send
    const std::string port = std::to_string(receiver_port_);
    gateway_ = std::make_unique<Gateway>(
        folder_ / "gateway",
        "[dimse]\nlisten = \"127.0.0.1:0\"\nae_title = \"GATEWAY\"\nany_caller = true\n"
        "[[peer]]\nae_title = \"RECEIVER\"\nhost = \"127.0.0.1\"\nport = " +
            port + "\n");
    node_ = " -aet TOOL -aec GATEWAY 127.0.0.1 " + std::to_string(gateway_->dimse_port()) + " ";
  }
  void store() const {
    const auto plain = run("storescu -v +sd" + node_ + quoted(folder_ / "files") + "/MR0*");
    EXPECT_EQ(plain.exit_code, 0) << plain.out << plain.err;
    const auto mixed = run("dcmsend -v -dn +sd" + node_ + quoted(folder_ / "files"));
    EXPECT_EQ(mixed.exit_code, 0) << mixed.out << mixed.err;
  }
  // The answers to a C-FIND as findscu prints them.
  std::string find(const std::string& level, const std::string& keys) const {
    const auto done = run("findscu -v -S -k QueryRetrieveLevel=" + level + " " + keys + node_);
    EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
    EXPECT_NE((done.out + done.err).find("Received Final Find Response (Success)"), std::string::npos);
    return done.out + done.err;
  }
  static std::size_t answers(const std::string& printed) {
    std::size_t number = 0;
    for (auto at = printed.find("(Pending)"); at != std::string::npos; at = printed.find("(Pending)", at + 1))
      ++number;
    return number;
  }
  // Every file that came in `folder` holds the data set of the file that was sent.
  void expect_same(const std::string& folder) const {
    const auto done = python("same_objects.py", quoted(folder_ / "files") + " " + quoted(folder));
    EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  }

  TempFolder folder_;
  const std::uint16_t receiver_port_ = free_port();
  std::string node_;
  std::unique_ptr<Gateway> gateway_;
};

TEST_F(DimseClientsTest, WhatIsStoredIsThereForDicomwebAndCanBeFound) {
  EXPECT_EQ(run("echoscu" + node_).exit_code, 0);
  store();
  const auto same =
      python("compare_holdings.py", gateway_->base() + " " + quoted(folder_ / "files") + " --fhir");
  EXPECT_EQ(same.exit_code, 0) << same.out << same.err;

  EXPECT_EQ(answers(find("STUDY", "-k StudyInstanceUID")), static_cast<std::size_t>(kStudies - 1));
  EXPECT_EQ(answers(find("STUDY", "-k PatientName=doe*")), 3u);
  EXPECT_EQ(answers(find("STUDY", "-k StudyDate=20040101-20041231 -k ModalitiesInStudy=MR")), 2u);
  const std::string of_study = "-k StudyInstanceUID=1.113654.3.13.1026 ";
  const std::string study = find("STUDY", of_study + "-k NumberOfStudyRelatedInstances -k PatientName");
  EXPECT_NE(study.find("IS [6 ]"), std::string::npos) << study;
  EXPECT_NE(study.find("PN [DOE^J1]"), std::string::npos) << study;
  EXPECT_EQ(answers(find("SERIES", of_study + "-k SeriesInstanceUID -k Modality=MR")), 1u);
  EXPECT_EQ(answers(find("SERIES", of_study + "-k SeriesInstanceUID -k Modality=CT")), 0u);
  const std::string of_series = of_study + "-k SeriesInstanceUID=1.113654.5.14.1035 ";
  EXPECT_EQ(answers(find("IMAGE", of_series + "-k SOPInstanceUID")), 6u);
  EXPECT_EQ(answers(find("IMAGE", of_series + "-k SOPInstanceUID -k InstanceNumber=3")), 1u);
}

TEST_F(DimseClientsTest, WhatIsStoredComesOutAgain) {
  store();
  const std::string got = folder_ / "got", moved = folder_ / "moved";
  fs::create_directories(got);
  fs::create_directories(moved);
  const std::string study = "-S -k QueryRetrieveLevel=STUDY -k StudyInstanceUID=";
  const auto get = run("getscu -v " + study + "1.113654.3.13.1026 -od " + quoted(got) + node_);
  EXPECT_EQ(get.exit_code, 0) << get.out << get.err;
  EXPECT_EQ(std::distance(fs::directory_iterator(got), {}), 6);
  expect_same(got);

  // storescp takes all encodings: JPEG 2000 and big endian come as they are stored.
  const std::string port = std::to_string(receiver_port_);
  const Background receiver({"/usr/bin/storescp", "+xa", "-aet", "RECEIVER", "-od", moved, port});
  ASSERT_TRUE(wait_for_port(receiver_port_));
  const std::string uid = "1.2.840.113619.2.30.1.1762295590.1623.978668949.886";
  const auto move = run("movescu -v -aem RECEIVER " + study + uid + node_);
  EXPECT_EQ(move.exit_code, 0) << move.out << move.err;
  EXPECT_EQ(std::distance(fs::directory_iterator(moved), {}), 2);
  expect_same(moved);
  const auto nowhere = run("movescu -v -aem NOBODY " + study + uid + node_);
  EXPECT_NE((nowhere.out + nowhere.err).find("MoveDestinationUnknown"), std::string::npos)
      << nowhere.out << nowhere.err;
}

}  // namespace
}  // namespace tests
