// Reports through the whole program: stored by DICOMweb, found as FHIR resources, there again after a
// restart.
#include "tests/e2e/peers.h"
#include "tests/support/report_trees.h"

namespace tests {
namespace {

class ReportServer {
 public:
  explicit ReportServer(const std::string& data)
      : process_(
            {std::string(BUILD_DIR) + "/ehds-gateway", "serve", "--data", data, "--listen", "127.0.0.1:0"}) {
    const std::string lead = "listening on ", line = process_.line();
    if (line.starts_with(lead)) base_ = line.substr(lead.size());
    EXPECT_FALSE(base_.empty()) << line;
  }
  std::string get(const std::string& path) const { return curl("", path); }
  std::string store(const std::string& file) const {
    return curl("-H 'Content-Type: application/dicom' --data-binary @" + quoted(file), "/dicomweb/studies");
  }
  std::string put(const std::string& path, const std::string& body) const {
    return curl(
        "-o /dev/null -w '%{http_code}' -X PUT -H 'Content-Type: application/fhir+json' -d " + quoted(body),
        path);
  }
  bool has(const std::string& query, int total) const {
    return get("/fhir/" + query).find("\"total\":" + std::to_string(total)) != std::string::npos;
  }
  int end() { return process_.signal_and_wait(SIGINT); }

 private:
  std::string curl(const std::string& arguments, const std::string& path) const {
    return run("curl -s --max-time 60 " + arguments + " " + quoted(base_ + path)).out;
  }

  Background process_;
  std::string base_;
};

std::string write_report(const TempFolder& folder, const ContentItem& root, const std::string& sop_class,
                         const std::string& uid) {
  const std::string path = folder / uid;
  std::ofstream(path, std::ios::binary) << report_bytes(root, sop_class, uid);
  return path;
}

TEST(Reports, StoredDocumentsAreSearchedAsObservationsAlsoAfterARestart) {
  const TempFolder folder;
  const std::string measured =
      write_report(folder, measurement_report(), "1.2.840.10008.5.1.4.1.1.88.33", "1.2.3.9.1");
  const std::string dose =
      write_report(folder, ct_dose_report(), "1.2.840.10008.5.1.4.1.1.88.67", "1.2.3.9.2");
  {
    ReportServer server(folder / "data");
    server.store(measured);
    ASSERT_TRUE(eventually([&] { return server.has("DiagnosticReport", 1); }));
    EXPECT_TRUE(server.has("Observation?code=http://snomed.info/sct|81827009&value-quantity=12.5", 1));
    EXPECT_TRUE(server.has("Observation?part-of:ImagingStudy.modality=SR", 3));
    server.store(dose);
    ASSERT_TRUE(eventually([&] { return server.has("DiagnosticReport", 2); }));
    EXPECT_TRUE(server.has("Observation?code=http://loinc.org|73569-6", 1));
    EXPECT_EQ(
        server.put("/fhir/Observation/sop-00000000000000000000000000000000", R"({"resourceType":"Basic"})"),
        "400");
    EXPECT_EQ(server.end(), 0);
  }
  ReportServer again(folder / "data");
  EXPECT_TRUE(again.has("DiagnosticReport", 2));
  EXPECT_NE(again.get("/fhir/DiagnosticReport").find(R"("versionId":"1")"), std::string::npos);
  EXPECT_EQ(again.get("/fhir/DiagnosticReport").find(R"("versionId":"2")"), std::string::npos);
}

}  // namespace
}  // namespace tests
