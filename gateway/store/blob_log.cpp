#include "gateway/store/blob_log.h"

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <map>

#include "gateway/base/log.h"
#include "gateway/store/blob_ref.h"

namespace gateway::store {
namespace {

using Files = std::map<std::string, FileHandle>;

// The name was durable before its first byte was written, so it is there; a store that was copied without it
// gets it back.
Result<int> open_segment(Files& files, const std::string& folder, const std::string& name) {
  if (const auto known = files.find(name); known != files.end()) return known->second.fd();
  if (!is_blob_name(name)) return fail(ErrorCode::StoreFailed, "the blob log names no segment", {}, name);
  const std::string path = folder + "/" + name;
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    return fail(ErrorCode::StoreFailed, "a segment cannot be opened", {}, path + ": " + std::strerror(errno));
  files.try_emplace(name, fd);
  return fd;
}

}  // namespace

Result<void> write_log(Database& database, const LogPlan& plan) {
  for (const std::string& segment : plan.forget) {
    Statement erase = TRY(database.prepare("DELETE FROM blob_log WHERE segment = $1"));
    TRY(erase.bind(1, segment).run());
  }
  for (const LoggedBytes& logged : plan.add) {
    Statement add =
        TRY(database.prepare("INSERT INTO blob_log (segment, position, bytes) VALUES ($1, $2, $3)"));
    add.bind(1, logged.segment).bind(2, static_cast<std::int64_t>(logged.offset));
    TRY(add.bind_bytes(3, logged.bytes).run());
  }
  return {};
}

Result<void> replay_log(Database& database, const std::string& folder, const Disk& disk) {
  Transaction transaction = TRY(Transaction::begin(database, Database::Access::Write));
  Files files;
  std::int64_t rows = 0;
  {
    Statement read = TRY(database.prepare("SELECT segment, position, bytes FROM blob_log ORDER BY id"));
    for (; TRY(read.step()); ++rows) {
      const int fd = TRY(open_segment(files, folder, read.string(0)));
      const ByteSpan bytes = as_bytes(read.bytes(2));
      TRY(write_at(fd, static_cast<std::uint64_t>(read.integer(1)), std::array{bytes}));
    }
  }
  if (rows == 0) return {};
  for (const auto& [name, file] : files) TRY(disk.sync_file(file.fd()));
  TRY(disk.sync_folder(folder));
  TRY(database.execute("DELETE FROM blob_log"));
  log::debug("blob log replayed", {{"rows", rows}});
  return transaction.commit();
}

}  // namespace gateway::store
