// `config` and `version`.
#include <cstdio>

#include "gateway/app/commands.h"
#include "gateway/app/console.h"
#include "gateway/app/version.h"

namespace gateway::app {

int config(const ConfigOptions& options) {
  if (options.explain) {
    std::fputs(explain_config().c_str(), stdout);
    return kOk;
  }
  const auto checked = load_config(options.check);
  if (!checked) return report(checked.error());
  std::printf("%s: ok\n", options.check.c_str());
  return kOk;
}

int version(bool json) {
  const std::string text(kVersion);
  if (json)
    std::printf("{\"name\":\"ehds-gateway\",\"version\":\"%s\"}\n", text.c_str());
  else
    std::printf("ehds-gateway %s\n", text.c_str());
  return kOk;
}

}  // namespace gateway::app
