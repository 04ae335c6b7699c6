#include "mappers/engine/coverage.h"

namespace mappers::engine {

std::vector<std::string> Coverage::gaps(const Table& table) const {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < hits_.size(); ++i) {
    const RuleInfo& rule = table.rules()[i];
    const auto require = [&](std::uint32_t count, const char* what) {
      if (count == 0) lines.push_back(rule.where + " (" + rule.to + "): no case " + what);
    };
    require(hits_[i].applied, "applies the rule");
    if (!rule.when.empty()) require(hits_[i].condition_false, "has a false condition");
    if (!rule.codes.empty()) require(hits_[i].code_hit, "has a code of the table");
    if (!rule.codes.empty()) require(hits_[i].code_miss, "has a code that is not in the table");
  }
  return lines;
}

}  // namespace mappers::engine
