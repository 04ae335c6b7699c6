// The built program as its users meet it: command line, server, restart.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "gateway/codec/json.h"
#include "tests/support/process.h"

namespace tests {
namespace {

namespace fs = std::filesystem;
using gateway::Value;
using gateway::testing::TempFolder;

const std::string kProgram = std::string(BUILD_DIR) + "/ehds-gateway";

Finished gateway_run(const std::string& arguments) { return run(quoted(kProgram) + " " + arguments); }

Value json_of(const std::string& text) {
  auto parsed = gateway::codec::parse_json(text);
  EXPECT_TRUE(parsed.ok()) << text.substr(0, 300);
  return parsed ? *parsed : Value();
}

const Value& at(const Value& value, std::initializer_list<const char*> path) {
  static const Value kNone;
  const Value* node = &value;
  for (const char* step : path) {
    const bool index = *step >= '0' && *step <= '9' && node->as_list();
    if (index)
      node = std::stoul(step) < node->as_list()->size() ? &(*node->as_list())[std::stoul(step)] : nullptr;
    else
      node = node->find(step);
    if (!node) return kNone;
  }
  return *node;
}

std::int64_t number(const Value& value) { return value.as_int() ? *value.as_int() : -1; }

// A served data folder.
class Served {
 public:
  explicit Served(const std::string& data)
      : process_({kProgram, "serve", "--data", data, "--listen", "127.0.0.1:0"}) {
    const std::string line = process_.line();
    const std::string lead = "listening on ";
    EXPECT_TRUE(line.starts_with(lead + "http://127.0.0.1:")) << line;
    base_ = line.substr(lead.size());
  }
  const std::string& base() const { return base_; }
  Background& process() { return process_; }
  Finished curl(const std::string& arguments, const std::string& path) const {
    return run("curl -s --max-time 60 " + arguments + " " + quoted(base_ + path));
  }
  Value get(const std::string& path) const { return json_of(curl("", path).out); }

 private:
  Background process_;
  std::string base_;
};

// One demonstration data holder for all tests of this program, made once.
const std::string& demo_data() {
  static const TempFolder folder;
  static const bool made = [] {
    const Finished result = gateway_run("demo --seed 3 --subjects 4 --data " + quoted(folder.path()));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return true;
  }();
  EXPECT_TRUE(made);
  return folder.path();
}

std::vector<fs::path> demo_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(demo_data() + "/demo/dicom"))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

TEST(CommandLine, HelpIsForNewcomersAndUsageFaultsAreTwo) {
  const Finished help = gateway_run("--help");
  EXPECT_EQ(help.exit_code, 0);
  for (const char* word :
       {"serve", "ingest", "convert", "validate", "dataset", "demo", "version", "Exit codes"})
    EXPECT_NE(help.out.find(word), std::string::npos) << word;
  EXPECT_EQ(gateway_run("").exit_code, 2);
  EXPECT_EQ(gateway_run("nonsense").exit_code, 2);
  EXPECT_EQ(gateway_run("ingest --data /tmp").exit_code, 2);
}

TEST(CommandLine, VersionAndConfigAnswer) {
  EXPECT_EQ(gateway_run("version").out.substr(0, 13), "ehds-gateway ");
  EXPECT_NE(json_of(gateway_run("version --json").out).text("version"), "");
  EXPECT_NE(gateway_run("config --explain").out.find("[server]"), std::string::npos);
}

TEST(CommandLine, FaultyConfigurationIsNamedWithLineAndKey) {
  const TempFolder folder;
  std::ofstream(folder / "bad.toml") << "[server]\nthreads = -1\n";
  const Finished result = gateway_run("serve --config " + quoted(folder / "bad.toml"));
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find("bad.toml:2: server.threads"), std::string::npos) << result.err;
}

TEST(CommandLine, OpenServingBeyondLoopbackIsRefused) {
  const TempFolder folder;
  const Finished result = gateway_run("serve --listen 0.0.0.0:0 --data " + quoted(folder.path()));
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find("allow_open"), std::string::npos) << result.err;
}

TEST(CommandLine, IngestAccountsForEveryFileAndSkipsTheUnchanged) {
  const TempFolder folder;
  fs::create_directory(folder / "in");
  const auto files = demo_files();
  for (int i = 0; i < 5; ++i)
    fs::copy(files[static_cast<std::size_t>(i)], folder / ("in/" + std::to_string(i) + ".dcm"));
  std::ofstream(folder / "in/note.txt") << "not an image";
  const std::string arguments =
      "ingest --json --data " + quoted(folder / "data") + " " + quoted(folder / "in");
  const Finished first = gateway_run(arguments);
  EXPECT_EQ(first.exit_code, 0) << first.err;
  const Value summary = json_of(first.out);
  EXPECT_EQ(number(at(summary, {"files"})), 6);
  EXPECT_EQ(number(at(summary, {"stored"})), 5);
  EXPECT_EQ(number(at(summary, {"skipped"})), 1);
  const Value again = json_of(gateway_run(arguments).out);
  EXPECT_EQ(number(at(again, {"stored"})), 0);
  EXPECT_EQ(number(at(again, {"unchanged"})), 5);
}

// An archive always holds something that is no image: only --strict makes that a failure of the command.
TEST(CommandLine, RefusedFilesFailTheCommandOnlyWhenAskedTo) {
  const TempFolder folder;
  fs::create_directory(folder / "in");
  fs::copy(demo_files().front(), folder / "in/cut.dcm");
  fs::resize_file(folder / "in/cut.dcm", 3000);
  const std::string arguments =
      "ingest --json --data " + quoted(folder / "data") + " " + quoted(folder / "in");
  const Finished plain = gateway_run(arguments);
  EXPECT_EQ(plain.exit_code, 0) << plain.err;
  EXPECT_EQ(number(at(json_of(plain.out), {"refused"})), 1);
  EXPECT_EQ(gateway_run(arguments + " --strict").exit_code, 1);
}

TEST(CommandLine, ConvertNeedsNoDataFolder) {
  const std::string file = quoted(demo_files().front().string());
  const Value dicom = json_of(gateway_run("convert --to dicom-json " + file).out);
  ASSERT_TRUE(dicom.as_list());
  EXPECT_NE(dicom.as_list()->front().find("0020000D"), nullptr);
  const Value bundle = json_of(gateway_run("convert --to fhir " + file).out);
  EXPECT_EQ(bundle.text("resourceType"), "Bundle");
  const Finished turtle =
      gateway_run("convert --to turtle --dataset " + quoted(demo_data() + "/demo/datasets/lung-ct-pet.toml") +
                  " " + quoted(demo_data() + "/demo/dicom"));
  EXPECT_EQ(turtle.exit_code, 0) << turtle.err;
  EXPECT_NE(turtle.out.find("dcat:Dataset"), std::string::npos);
}

TEST(CommandLine, ValidateNamesWhatIsWrong) {
  const TempFolder folder;
  std::ofstream(folder / "x.dcm") << "nonsense";
  std::ofstream(folder / "d.toml") << "id = \"a b\"\nnosuchkey = 1\n";
  const Finished good = gateway_run("validate " + quoted(demo_files().front().string()));
  EXPECT_EQ(good.exit_code, 0) << good.out;
  const Finished bad = gateway_run("validate " + quoted(folder.path()));
  EXPECT_EQ(bad.exit_code, 1);
  EXPECT_NE(bad.out.find("nosuchkey"), std::string::npos) << bad.out;
  EXPECT_NE(bad.out.find("DICOM, not valid"), std::string::npos) << bad.out;
}

TEST(CommandLine, ValidateReadsFhirInJsonAndXml) {
  const TempFolder folder;
  std::ofstream(folder / "good.json") << R"({"resourceType":"Patient","name":[{"text":"x"}]})";
  const Finished good = gateway_run("validate " + quoted(folder.path()));
  EXPECT_EQ(good.exit_code, 0) << good.out << good.err;
  std::ofstream(folder / "bad.xml")
      << R"(<Patient xmlns="http://hl7.org/fhir"><gender value="m"/></Patient>)";
  const Finished bad =
      gateway_run("validate --json --profile http://example.org/unknown " + quoted(folder.path()));
  EXPECT_EQ(bad.exit_code, 1);
  EXPECT_NE(bad.out.find("Patient.gender"), std::string::npos) << bad.out;
  EXPECT_NE(bad.out.find("http://example.org/unknown"), std::string::npos) << bad.out;
}

TEST(CommandLine, DatasetsAreListedShownAndWithdrawn) {
  const TempFolder copy;
  fs::copy(demo_data(), copy.path(), fs::copy_options::recursive);
  const std::string data = " --data " + quoted(copy.path());
  const Value list = json_of(gateway_run("dataset list --json" + data).out);
  ASSERT_TRUE(list.as_list());
  EXPECT_EQ(list.as_list()->size(), 3u);
  EXPECT_EQ(gateway_run("dataset publish --withdraw lung-ct-pet" + data).exit_code, 0);
  EXPECT_NE(gateway_run("dataset show lung-ct-pet" + data).out.find("withdrawn"), std::string::npos);
  EXPECT_EQ(gateway_run("dataset show nosuch" + data).exit_code, 2);
}

TEST(Serving, EndsCleanlyOnInterruptAndAgainReusesTheStore) {
  for (int round = 0; round < 2; ++round) {
    Served served(demo_data());
    EXPECT_EQ(served.get("/health").text("status"), "ok");
    EXPECT_EQ(served.get("/ready").text("status"), "ready");
    EXPECT_EQ(served.process().signal_and_wait(SIGINT), 0);
  }
}

// One record, many faces: the figures of all of them are the same.
TEST(Serving, FacesAgree) {
  Served served(demo_data());
  const Value studies = served.get("/dicomweb/studies");
  ASSERT_TRUE(studies.as_list());
  const Value bundle = served.get("/fhir/ImagingStudy?_count=0");
  EXPECT_EQ(number(at(bundle, {"total"})), static_cast<std::int64_t>(studies.as_list()->size()));
  std::int64_t instances = 0;
  for (const Value& study : *studies.as_list()) instances += number(at(study, {"00201208", "Value", "0"}));
  EXPECT_EQ(static_cast<std::size_t>(instances), demo_files().size());
}

TEST(Serving, StoredObjectComesBackByteForByte) {
  const TempFolder folder;
  Served served(folder / "data");
  const std::string file = demo_files().front().string();
  const Finished stored =
      served.curl("-H 'Content-Type: application/dicom' --data-binary @" + quoted(file), "/dicomweb/studies");
  const std::string url(
      at(json_of(stored.out), {"00081199", "Value", "0", "00081190", "Value", "0"}).as_string()
          ? *at(json_of(stored.out), {"00081199", "Value", "0", "00081190", "Value", "0"}).as_string()
          : std::string());
  ASSERT_TRUE(url.starts_with(served.base())) << stored.out;
  EXPECT_EQ(run("curl -s -H 'Accept: application/dicom' -o " + quoted(folder / "back") + " " + quoted(url))
                .exit_code,
            0);
  EXPECT_EQ(run("cmp " + quoted(file) + " " + quoted(folder / "back")).exit_code, 0);
}

// kill -9 at any moment loses no acknowledged instance.
TEST(Serving, AcknowledgedInstancesSurviveKill) {
  const TempFolder folder;
  const auto files = demo_files();
  std::size_t acknowledged = 0;
  for (std::size_t round = 0, next = 0; round < 4; ++round) {
    Served served(folder / "data");
    const std::size_t stop = next + 5 + 7 * round;
    std::thread killer;
    for (; next < files.size() && next < stop; ++next) {
      // The last request of a round races with the signal: it may be answered or not.
      if (next + 1 == stop) killer = std::thread([&] { served.process().signal_and_wait(SIGKILL); });
      const Finished stored =
          served.curl("-o /dev/null -w '%{http_code}' -H 'Content-Type: application/dicom' --data-binary @" +
                          quoted(files[next].string()),
                      "/dicomweb/studies");
      if (stored.out == "200") ++acknowledged;
    }
    if (killer.joinable()) killer.join();
  }
  Served served(folder / "data");
  const Value instances = served.get("/dicomweb/instances");
  ASSERT_TRUE(instances.as_list());
  EXPECT_GE(instances.as_list()->size(), acknowledged);
  for (const Value& instance : *instances.as_list()) {
    const std::string url = *at(instance, {"00081190", "Value", "0"}).as_string();
    EXPECT_EQ(run("curl -sf -o /dev/null " + quoted(url)).exit_code, 0) << url;
    EXPECT_EQ(run("curl -sf -o /dev/null " + quoted(url + "/metadata")).exit_code, 0) << url;
  }
}

}  // namespace
}  // namespace tests
