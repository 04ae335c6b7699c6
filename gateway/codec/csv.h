// Reading CSV (RFC 4180) with the habits of our profile tables: a header line, '#' comment lines, blank
// lines, blanks around cells ignored. Quoted cells keep their text, may hold commas, quotes and line breaks.
//
// Thread-safe; the table owns its text.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"

namespace gateway::codec {

struct CsvLimits {
  std::size_t max_bytes = 64u << 20;
  std::size_t max_rows = 1'000'000;
  std::size_t max_columns = 256;
};

struct CsvRow {
  int line = 0;  // of its first character; 1 is the first line of the file
  std::vector<std::string> cells;
};

struct CsvTable {
  std::string name;  // of the file, for messages
  std::vector<std::string> header;
  std::vector<CsvRow> rows;  // each has as many cells as the header
  std::optional<std::size_t> column(std::string_view title) const;
  std::string where(const CsvRow& row) const;  // "name:line"
};

// Error: ProfileInvalid with "name:line" in `where`.
Result<CsvTable> parse_csv(std::string_view text, std::string_view name, const CsvLimits& limits = {});

}  // namespace gateway::codec
