#include "mappers/engine/code_table.h"

#include <algorithm>

#include "gateway/codec/csv.h"

namespace mappers::engine {
namespace {

using gateway::ErrorCode;
using gateway::Result;

Result<CodeTable::Miss> parse_miss(std::string_view text, std::string where) {
  if (text == "keep") return CodeTable::Miss::Keep;
  if (text == "drop") return CodeTable::Miss::Drop;
  if (text == "error") return CodeTable::Miss::Error;
  return gateway::fail(ErrorCode::ProfileInvalid, "the row * must say keep, drop or error", std::move(where));
}

}  // namespace

Result<CodeTable> CodeTable::parse(std::string_view text, std::string_view name) {
  const auto csv = TRY(gateway::codec::parse_csv(text, name));
  if (csv.header != std::vector<std::string>{"from", "to", "spec"})
    return gateway::fail(ErrorCode::ProfileInvalid, "the header of a code table is from,to,spec",
                         std::string(name));
  CodeTable table;
  table.name_ = name;
  bool declared = false;
  for (const auto& row : csv.rows) {
    if (row.cells[0] == "*") {
      table.miss_ = TRY(parse_miss(row.cells[1], csv.where(row)));
      declared = true;
    } else if (table.find(row.cells[0])) {
      return gateway::fail(ErrorCode::ProfileInvalid, "\"" + row.cells[0] + "\" occurs twice",
                           csv.where(row));
    } else {
      const auto place =
          std::lower_bound(table.rows_.begin(), table.rows_.end(), std::pair(row.cells[0], std::string()));
      table.rows_.insert(place, {row.cells[0], row.cells[1]});
    }
  }
  if (!declared)
    return gateway::fail(ErrorCode::ProfileInvalid, "no row * says what happens to other values",
                         std::string(name));
  return table;
}

const std::string* CodeTable::find(std::string_view value) const {
  const auto found =
      std::lower_bound(rows_.begin(), rows_.end(), value,
                       [](const auto& row, std::string_view wanted) { return row.first < wanted; });
  return found != rows_.end() && found->first == value ? &found->second : nullptr;
}

}  // namespace mappers::engine
