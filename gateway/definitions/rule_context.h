// RuleContext: what every rule of the validator works on, and where it tells what it found.
//
// Internal to gateway/definitions. One object per validation; not shared between threads.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/base/clock.h"
#include "gateway/definitions/definitions.h"
#include "gateway/definitions/findings.h"
#include "gateway/definitions/resource_tree.h"

namespace gateway::definitions {

struct RuleContext {
  const Definitions& definitions;
  const ResourceTree& tree;
  Findings* findings;  // changed while something is only tried
  std::size_t steps_left;
  const Clock& clock;
  std::int64_t deadline_us;  // of the steady clock
  bool exhausted = false;

  // False when the bound is reached; whoever started the validation tells so.
  bool spend(std::size_t steps = 1) {
    if (steps > steps_left) return give_up();
    steps_left -= steps;
    return true;
  }
  // The same for what may take long.
  bool in_time() { return !exhausted && (clock.steady_us() < deadline_us || give_up()); }
  bool give_up() {
    steps_left = 0;
    exhausted = true;
    return false;
  }
  void tell(Finding::Severity severity, std::string_view code, const Entry& entry, std::string message,
            const Structure* profile = nullptr, std::string_view key = {}) {
    findings->add({severity, std::string(code), tree.location(entry), std::move(message),
                   profile ? profile->url : std::string(), std::string(key)});
  }
  void error(std::string_view code, const Entry& entry, std::string message,
             const Structure* profile = nullptr, std::string_view key = {}) {
    tell(Finding::Severity::Error, code, entry, std::move(message), profile, key);
  }
  void warning(std::string_view code, const Entry& entry, std::string message,
               const Structure* profile = nullptr, std::string_view key = {}) {
    tell(Finding::Severity::Warning, code, entry, std::move(message), profile, key);
  }
  void information(std::string_view code, const Entry& entry, std::string message) {
    tell(Finding::Severity::Information, code, entry, std::move(message));
  }
};

// 'text', shortened when it is long.
inline std::string quoted(std::string_view text, std::size_t most = 100) {
  return "'" + std::string(text.substr(0, most)) + (text.size() > most ? "...'" : "'");
}

}  // namespace gateway::definitions
