// CodeTable: `profiles/terminology/<name>.codes.csv`, a translation of coded values.
//
// Header `from,to,spec`. The row "*" declares what happens to values that are not in the table: its `to` is
// keep (the value stays as it is), drop or error. Immutable; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/result.h"

namespace mappers::engine {

class CodeTable {
 public:
  enum class Miss : std::uint8_t { Keep, Drop, Error };

  // Error: ProfileInvalid with "file:line" in `where`.
  static gateway::Result<CodeTable> parse(std::string_view text, std::string_view name);

  const std::string& name() const { return name_; }
  Miss miss() const { return miss_; }
  // The translation, or nullptr on a miss.
  const std::string* find(std::string_view value) const;

 private:
  std::string name_;
  Miss miss_ = Miss::Keep;
  std::vector<std::pair<std::string, std::string>> rows_;  // sorted
};

}  // namespace mappers::engine
