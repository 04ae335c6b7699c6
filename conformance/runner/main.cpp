#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <fstream>

#include "conformance/runner/options.h"
#include "conformance/runner/report.h"

namespace {

using namespace conformance;

constexpr int kUsage = 2;

int complain(const gateway::Error& error) {
  std::fprintf(stderr, "ehds-conformance: %s\n", error.text().c_str());
  return kUsage;
}

void print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

// `idle N` opens more connections than the usual soft limit of descriptors allows.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

int list(const std::vector<Case>& cases) {
  for (const Case& test : cases) std::printf("%-58s %s\n", test.name.c_str(), test.spec.c_str());
  return 0;
}

int run(const Options& options, const std::vector<Case>& cases) {
  const auto show = [&](const CaseResult& result) {
    if (!options.json) print(report_line(result));
  };
  const auto results = run_cases(cases, options.run, show);
  const Totals totals = totals_of(results);
  print(options.json ? report_json(results, options.base) : "\n" + report_totals(totals) + "\n");
  if (!options.junit.empty() && !(std::ofstream(options.junit) << report_junit(results))) {
    std::fprintf(stderr, "ehds-conformance: cannot write %s\n", options.junit.c_str());
    return kUsage;
  }
  const std::string fault = fault_of(totals, options.max_skipped);
  if (!fault.empty()) std::fprintf(stderr, "ehds-conformance: %s\n", fault.c_str());
  return fault.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a server that closes early is a finding, not our end
  raise_descriptor_limit();
  const auto options = parse_options({argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)});
  if (!options) return complain(options.error());
  if (options->help) return print(usage()), 0;
  const auto cases = load_cases(*options);
  if (!cases) return complain(cases.error());
  return options->list ? list(*cases) : run(*options, *cases);
}
