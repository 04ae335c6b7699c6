// Real FHIR clients (fhir-kit-client and fhirclient of npm, driven by the shared acceptance kit) against the
// built gateway: they read what it makes from images, and write what it keeps.
#include "gateway/base/text.h"
#include "tests/e2e/peers.h"

namespace tests {
namespace {

const std::string kClients = SOURCE_DIR "/../shared/checks/fhir-clients";

// The rows that failed, but for one: the kit looks for a period without an end by the day of its start, and
// that day does not contain what has no end (FHIR R4 search 3.1.1.5.4).
std::string faults(const std::string& report) {
  std::string found;
  for (const std::string_view line : gateway::split(report, '\n'))
    if (line.starts_with("FAIL") && line.find("DocumentReference?period=") == std::string_view::npos)
      found.append(line).append("\n");
  return found;
}

TEST(FhirClients, ReadAndWriteAsTheirPeersDo) {
  NEEDS_CORPUS();
  if (!fs::exists(kClients) || run("node --version").exit_code != 0)
    GTEST_SKIP() << "the acceptance kit or node is not here";
  const TempFolder folder;
  copy_samples(folder / "in");
  const auto taken = run(quoted(std::string(BUILD_DIR) + "/ehds-gateway") + " ingest --data " +
                         quoted(folder / "gw/data") + " " + quoted(folder / "in"));
  ASSERT_EQ(taken.exit_code, 0) << taken.err;
  Gateway gateway(folder / "gw", "");
  const auto done = run(quoted(kClients) + " " + gateway.base() + "/fhir --write --limit 3");
  EXPECT_NE(done.out.find(" passed, "), std::string::npos) << done.out << done.err;
  EXPECT_EQ(faults(done.out), "");
  EXPECT_EQ(gateway.stop(), 0);
}

}  // namespace
}  // namespace tests
