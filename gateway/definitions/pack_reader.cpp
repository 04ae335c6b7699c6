#include "gateway/definitions/pack_reader.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

#include "gateway/base/bytes.h"
#include "gateway/definitions/tables.h"

namespace gateway::definitions {

namespace {

namespace fs = std::filesystem;

// In the order in which they build on each other.
constexpr std::array<std::string_view, 8> kTables = {
    "types.tsv",        "resources.tsv",  "extensions.tsv",        "profiles.tsv",
    "code-systems.tsv", "value-sets.tsv", "search-parameters.tsv", "concept-maps.tsv"};

constexpr std::string_view kActors = "actors.tsv";  // read on demand: actors.h

bool is_table(std::string_view file) {
  return file == kActors || std::ranges::find(kTables, file) != kTables.end();
}

// A misspelt name would leave a table out in silence.
Result<void> only_known_tables(const fs::path& folder, const std::string& name) {
  std::error_code fault;
  for (fs::directory_iterator entry(folder, fault); !fault && entry != fs::directory_iterator();
       entry.increment(fault)) {
    const std::string file = entry->path().filename().string();
    if (entry->path().extension() == ".tsv" && !is_table(file))
      return fail(ErrorCode::ProfileInvalid, "A pack has no table of this name", name + "/" + file);
  }
  if (fault) return fail(ErrorCode::NotFound, "There is no such pack", name, fault.message());
  return {};
}

}  // namespace

Result<void> read_table(std::string_view file, std::string_view text, const std::string& pack,
                        const PackageLimits& limits, Definitions& into) {
  const std::string place = pack + "/" + std::string(file);
  TableLines lines(place, text);
  if (file == "code-systems.tsv") return read_code_systems(lines, pack, into);
  if (file == "value-sets.tsv") return read_value_sets(lines, pack, into);
  if (file == "search-parameters.tsv") return read_search_parameters(lines, pack, into);
  if (file == "concept-maps.tsv") return read_concept_maps(lines, pack, into);
  return read_structures(lines, pack, limits, into);
}

Result<void> read_pack(const std::string& folder, const std::string& name, const PackageLimits& limits,
                       Definitions& into) {
  TRY_VOID(only_known_tables(folder, name));
  for (const std::string_view file : kTables) {
    const fs::path path = fs::path(folder) / file;
    if (!fs::exists(path)) continue;
    const std::string text = TRY(read_file(path.string(), limits.max_file_bytes));
    TRY_VOID(read_table(file, text, name, limits, into));
  }
  into.add_pack(name);
  return {};
}

}  // namespace gateway::definitions
