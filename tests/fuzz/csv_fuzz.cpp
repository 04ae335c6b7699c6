// Any bytes: the CSV reader answers or refuses, and what it answers stays within the limits.
#include "gateway/codec/csv.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto table = gateway::codec::parse_csv(text, "input.csv");
  if (!table.ok()) return 0;
  for (const auto& row : table->rows)
    if (row.cells.size() != table->header.size() || row.line < 1) std::abort();
  return 0;
}
