// The commands of the command line, one .cpp each. Every command returns an exit code and writes results to
// standard output, everything else (progress, faults, log) to standard error.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gateway/app/config.h"

namespace gateway::app {

// Exit codes, documented in README.md and --help.
enum ExitCode : int {
  kOk = 0,
  kFindings = 1,  // done, but something was refused or found invalid
  kUsage = 2,     // the command line or the configuration is wrong
  kFailed = 3,    // the gateway or its surroundings failed
};

// What several commands share. Values given on the command line override the configuration file.
struct CommonOptions {
  std::string config_file;
  std::string data;
  std::string profiles;
  bool json = false;  // machine-readable results
};

struct ServeOptions {
  CommonOptions common;
  std::string listen, https_listen, certificate, key, log_level;
  bool tour = false;  // print what to open and try
};
struct IngestOptions {
  CommonOptions common;
  std::vector<std::string> paths;
  bool copy = false;
  unsigned threads = 2;
  bool strict = false;  // refused files make the command end with kFindings
};
struct ConvertOptions {
  CommonOptions common;
  std::vector<std::string> paths;
  std::string to;      // dicom-json, fhir, turtle, mado-fhir, mado-kos; else a release of a metadata profile
  std::string output;  // empty: standard output
  std::string base;  // of links; empty: none in FHIR, relative ones in DICOM JSON, http://localhost in Turtle
  std::string dataset;  // definition file, for turtle
  bool repair = false;  // of a description, before it is converted
};
struct ValidateOptions {
  CommonOptions common;
  std::vector<std::string> paths;          // files, folders; URLs of FHIR resources
  std::vector<std::string> fhir_profiles;  // canonical URLs that FHIR resources must conform to
  std::vector<std::string> packs;          // folders or files with more FHIR definitions
  std::vector<std::string> shapes;  // SHACL files, or releases of profiles/shapes ("NAME", "NAME:LEVEL")
};
struct ShapesOptions {
  CommonOptions common;
  std::string profile;  // release or release:level to print as Turtle; empty: list them
};
struct DatasetOptions {
  CommonOptions common;
  std::string action;  // define, list, show, validate, publish, withdraw, check, history, diff
  std::vector<std::string> operands;
  bool withdraw = false;
  std::string actor;              // who does it; empty: the user of this process
  std::string why;                // for withdraw
  std::int64_t from = 0, to = 0;  // versions for diff; 0: the two last ones
};
struct CrawlOptions {
  CommonOptions common;
  std::string url, json_file, html_file;
  std::string profile = "healthdcat-ap-r8";  // empty: nothing is validated
  std::uint64_t max_documents = 5'000;
  std::uint64_t max_seconds = 1'800;
};
struct DemoOptions {
  CommonOptions common;
  std::uint64_t seed = 1;
  unsigned subjects = 60;
};
struct ConfigOptions {
  bool explain = false;
  std::string check;
};

int serve(const ServeOptions& options);
int ingest(const IngestOptions& options);
int convert(const ConvertOptions& options);
int validate(const ValidateOptions& options);
int shapes(const ShapesOptions& options);
int dataset(const DatasetOptions& options);
int crawl(const CrawlOptions& options);
int demo(const DemoOptions& options);
int config(const ConfigOptions& options);
int conformance_statement_command(const CommonOptions& options);
int version(bool json);

// Parses the command line and runs the command: all of main().
int run_command_line(int argc, char** argv);

}  // namespace gateway::app
