// The command line of ehds-conformance.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "conformance/runner/run_case.h"

namespace conformance {

struct Options {
  RunOptions run;
  std::string base;
  std::vector<std::string> suites;         // only names that begin with one of these and '/'
  std::vector<std::string> paths;          // folders and files
  std::string junit;                       // file; empty: none
  std::optional<std::size_t> max_skipped;  // more are a failure of the run
  bool json = false;
  bool list = false;
  bool help = false;
};

// Error: InvalidParameter for what it does not know.
gateway::Result<Options> parse_options(std::span<const char* const> arguments);
std::string usage();

// The cases of the files named, and of all *.case files below the folders named, in order of their paths,
// without those of other suites. Error: the first faulty file.
gateway::Result<std::vector<Case>> load_cases(const Options& options);

}  // namespace conformance
