#include "gateway/store/digest.h"

#include <algorithm>

#include "gateway/base/ids.h"
#include "gateway/base/text.h"

namespace gateway::store {

Result<std::string> series_digest(Database& database, std::int64_t series_id) {
  Statement read = TRY(database.prepare("SELECT digest FROM instance WHERE series_id = $1 ORDER BY digest"));
  read.bind(1, series_id);
  Sha256 hash;
  bool any = false;
  while (TRY(read.step())) {
    if (read.text(0).empty()) return std::string();
    hash.update(as_bytes(read.text(0)));
    hash.update(as_bytes(std::string_view("\n")));
    any = true;
  }
  return any ? hex(as_text(hash.finish())) : std::string();
}

std::string selection_digest(std::vector<DigestedSeries> series) {
  std::vector<std::string> lines;
  lines.reserve(series.size());
  for (const DigestedSeries& one : series) {
    if (one.digest.empty()) return {};
    lines.push_back(one.study_uid + ' ' + one.series_uid + ' ' + one.digest + '\n');
  }
  if (lines.empty()) return {};
  std::ranges::sort(lines);
  Sha256 hash;
  for (const std::string& line : lines) hash.update(as_bytes(line));
  return hex(as_text(hash.finish()));
}

Result<void> fill_digests(Database& database) {
  std::vector<std::int64_t> ids;
  {
    Statement read = TRY(database.prepare("SELECT id FROM series"));
    while (TRY(read.step())) ids.push_back(read.integer(0));
  }
  for (const std::int64_t id : ids) {
    const std::string digest = TRY(series_digest(database, id));
    Statement write = TRY(database.prepare("UPDATE series SET digest = $2 WHERE id = $1"));
    TRY_VOID(write.bind(1, id).bind(2, digest).run());
  }
  return {};
}

}  // namespace gateway::store
