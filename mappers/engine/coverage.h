// Coverage: which rules, conditions and code tables the golden cases have exercised. A rule without a case is
// a finding of the tests. Not thread-safe: one object per run of tests.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mappers/engine/table.h"

namespace mappers::engine {

class Coverage {
 public:
  struct Hits {
    std::uint32_t applied = 0;
    std::uint32_t condition_false = 0;
    std::uint32_t code_hit = 0;
    std::uint32_t code_miss = 0;
    std::uint32_t rejected = 0;  // dropped or failed
  };

  explicit Coverage(const Table& table) : hits_(table.rules().size()) {}
  Hits& at(std::size_t rule) { return hits_[rule]; }
  // What no case has shown, one line each: "dicom.map.csv:12 (study.date): no case applies the rule".
  std::vector<std::string> gaps(const Table& table) const;

 private:
  std::vector<Hits> hits_;
};

}  // namespace mappers::engine
