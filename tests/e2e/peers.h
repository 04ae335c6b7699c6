// The gateway beside real peers: Debian's Orthanc, DCMTK's tools, pydicom. Each runs as a process of its own
// on loopback and ends with its handle. Test code: one thread.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>

#include "gateway/codec/json.h"
#include "tests/dimse/free_port.h"
#include "tests/support/process.h"

namespace tests {

namespace fs = std::filesystem;
using gateway::testing::TempFolder;

inline const std::string kCorpus = SOURCE_DIR "/../shared/corpus/dicom/";

inline bool installed(const std::string& program) {
  return run("PATH=$PATH:/usr/sbin command -v " + program).exit_code == 0;
}
inline bool has_python(const std::string& module) {
  return run("/usr/bin/python3 -c 'import " + module + "'").exit_code == 0;
}

#define NEEDS_PROGRAM(program) \
  if (!tests::installed(program)) GTEST_SKIP() << program << " is not installed"
#define NEEDS_PYDICOM() \
  if (!tests::has_python("numpy, pydicom")) GTEST_SKIP() << "pydicom with numpy is not installed"
#define NEEDS_CORPUS() \
  if (!tests::fs::exists(tests::kCorpus)) GTEST_SKIP() << "the shared corpus is not here"

// Until `condition` holds, at most `seconds`.
template <class Condition>
bool eventually(const Condition& condition, int seconds = 60) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    ::poll(nullptr, 0, 30);
  }
  return true;
}

inline Finished python(const std::string& script, const std::string& arguments) {
  return run("/usr/bin/python3 " + quoted(SOURCE_DIR "/tests/e2e/" + script) + " " + arguments);
}

// Every kind of object and encoding once, no two files with one identifier; into `folder`.
inline constexpr std::int64_t kSamples = 44, kStudies = 32;
inline void copy_samples(const std::string& folder) {
  const char* names[] = {"modality/CT_small.dcm",
                         "modality/MR_small.dcm",
                         "modality/NM-MONO2-16-13x-heart",
                         "modality/US-PAL-8-10x-echo",
                         "modality/cine-test.dcm",
                         "modality/emri_small.dcm",
                         "modality/examples_palette.dcm",
                         "modality/examples_rgb_color.dcm",
                         "modality/examples_ybr_color.dcm",
                         "modality/reportsi.dcm",
                         "modality/rtdose.dcm",
                         "modality/rtplan.dcm",
                         "modality/sample-op.dcm",
                         "modality/sample-sr.dcm",
                         "modality/seg_image_ct_binary.dcm",
                         "modality/sm_image.dcm",
                         "modality/sm_image_jpegls.dcm",
                         "modality/waveform_ecg.dcm",
                         "modality/parametric_map_float.dcm",
                         "series_mr16/MR01.dcm",
                         "series_mr16/MR02.dcm",
                         "series_mr16/MR03.dcm",
                         "series_mr16/MR04.dcm",
                         "series_mr16/MR05.dcm",
                         "series_mr16/MR06.dcm",
                         "seg_ct_study/ct3slice_01.dcm",
                         "seg_ct_study/ct3slice_02.dcm",
                         "seg_ct_study/ct3slice_03.dcm",
                         "seg_ct_study/liver.dcm",
                         "seg_ct_study/tid1500_sr.dcm",
                         "ts/CTImage_JPEG2000.dcm",
                         "ts/CTImage_BigEndianExplicit.dcm",
                         "ts/image_dfl.dcm",
                         "ts/TestPattern_Palette.dcm",
                         "ts/SC_rgb_jpeg_dcmtk.dcm",
                         "ts/YBR_FULL-RLE.dcm",
                         "ts/JPEG2000.dcm",
                         "ts/SC_rgb_rle_2frame.dcm",
                         "ts/MR-JPEGLosslessSV1.dcm",
                         "charset/chrRuss.dcm",
                         "charset/chrJapMulti.dcm",
                         "charset/chrGreek.dcm",
                         "charset/chrX2.dcm",
                         "charset/chrH31.dcm"};
  fs::create_directories(folder);
  for (const std::string name : names)
    fs::copy(kCorpus + name, folder + "/" + fs::path(name).stem().string());
}

// `ehds-gateway serve` with a configuration of its own; listens on free ports.
class Gateway {
 public:
  Gateway(const std::string& folder, const std::string& configuration) : folder_(folder) {
    fs::create_directories(folder);
    std::ofstream(folder + "/gateway.toml") << "[server]\nlisten = \"127.0.0.1:0\"\n"
                                            << "[data]\nfolder = \"" << folder << "/data\"\n"
                                            << configuration;
    start();
  }
  void start() {
    const std::string program = std::string(BUILD_DIR) + "/ehds-gateway";
    const std::vector<std::string> words = {program, "serve", "--config", folder_ + "/gateway.toml"};
    process_ = std::make_unique<Background>(words, folder_ + "/gateway.log");
    const std::string lead = "listening on ";
    const std::string line = process_->line();
    ASSERT_TRUE(line.starts_with(lead + "http://127.0.0.1:")) << line;
    base_ = line.substr(lead.size());
  }
  // Configurations with a DIMSE listener say so in their second line.
  std::uint16_t dimse_port() {
    if (dimse_port_ == 0) {
      const std::string line = process_->line();
      EXPECT_TRUE(line.starts_with("listening on dimse://")) << line;
      dimse_port_ = static_cast<std::uint16_t>(std::stoi(line.substr(line.rfind(':') + 1)));
    }
    return dimse_port_;
  }
  int stop() {
    dimse_port_ = 0;
    return process_->signal_and_wait(SIGTERM);
  }
  const std::string& base() const { return base_; }
  Finished curl(const std::string& arguments, const std::string& path) const {
    return run("curl -s --max-time 60 " + arguments + " " + quoted(base_ + path));
  }
  // The status of a GET; `arguments` for curl.
  std::string status(const std::string& path, const std::string& arguments = "") const {
    return curl("-o /dev/null -w '%{http_code}' " + arguments, path).out;
  }
  gateway::Value json(const std::string& path, const std::string& arguments = "") const {
    const std::string text = curl(arguments, path).out;
    auto parsed = gateway::codec::parse_json(text);
    EXPECT_TRUE(parsed.ok()) << path << ": " << text.substr(0, 300);
    return parsed ? *parsed : gateway::Value();
  }

 private:
  std::string folder_, base_;
  std::uint16_t dimse_port_ = 0;
  std::unique_ptr<Background> process_;
};

// Debian's Orthanc: a PACS (application entity ORTHANC) with a DICOMweb face.
class Orthanc {
 public:
  static bool there() { return fs::exists(kProgram) && fs::exists(kPlugin); }
  explicit Orthanc(const std::string& folder) : folder_(folder) {
    fs::create_directories(folder);
    start();
  }
  // Again on the same ports, with what it holds, when it has been killed.
  void start() {
    write_configuration();
    process_ = std::make_unique<Background>(std::vector<std::string>{kProgram, folder_ + "/orthanc.json"},
                                            folder_ + "/orthanc.log");
    ASSERT_TRUE(eventually([&] { return run("curl -sf " + url() + "/studies?limit=1").exit_code == 0; }));
  }
  void kill() { process_->signal_and_wait(SIGKILL); }
  std::string url() const { return http() + "/dicom-web"; }
  std::string dimse_port() const { return std::to_string(dimse_port_); }
  // Names an application entity on loopback that it may send to.
  void know(const std::string& ae_title, std::uint16_t port) const {
    const std::string entity = R"({"AET":")" + ae_title + R"(","Host":"127.0.0.1","Port":)" +
                               std::to_string(port) + R"(,"Manufacturer":"Generic"})";
    const auto done = run("curl -sf -X PUT -d " + quoted(entity) + " " + http() + "/modalities/" + ae_title);
    ASSERT_EQ(done.exit_code, 0) << done.err;
  }
  void fill(const std::string& folder) const {
    const std::string send =
        "xargs -0 -P2 -I{} curl -sf -o /dev/null --data-binary @{} " + http() + "/instances";
    const auto done = run("(find " + quoted(folder) + " -type f -print0 | " + send + ")");
    ASSERT_EQ(done.exit_code, 0) << done.out << done.err;
  }

 private:
  static constexpr const char* kProgram = "/usr/sbin/Orthanc";
  static constexpr const char* kPlugin = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so";
  std::string http() const { return "http://127.0.0.1:" + std::to_string(http_port_); }
  void write_configuration() const {
    std::ofstream(folder_ + "/orthanc.json")
        << R"({"Name":"TEST","StorageDirectory":")" << folder_ << R"(/db","IndexDirectory":")" << folder_
        << R"(/db","Plugins":[")" << kPlugin << R"("],"HttpPort":)" << http_port_ << R"(,"DicomPort":)"
        << dimse_port_
        << R"(,"DicomAet":"ORTHANC","RemoteAccessAllowed":false,"AuthenticationEnabled":false,)"
        << R"("DefaultEncoding":"Utf8",)"  // otherwise it drops from its answers what Latin-1 does not have
        << R"("DicomModalitiesInDatabase":true,"UnknownSopClassAccepted":true,"DicomAlwaysAllowEcho":true,)"
        << R"("DicomAlwaysAllowStore":true,"DicomAlwaysAllowFind":true,"DicomAlwaysAllowGet":true,)"
        << R"("DicomAlwaysAllowMove":true,"DicomWeb":{"Enable":true,"Root":"/dicom-web/",)"
        << R"("StudiesMetadata":"Full","SeriesMetadata":"Full"}})";
  }

  std::string folder_;
  std::uint16_t http_port_ = free_port(), dimse_port_ = free_port();
  std::unique_ptr<Background> process_;
};

}  // namespace tests
