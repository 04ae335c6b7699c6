#include "gateway/store/connections.h"

#include <chrono>

#include "gateway/store/migrations.h"

namespace gateway::store {
namespace {

constexpr unsigned kMaxReaders = 8;  // two for each core of a small machine; queries take microseconds
constexpr int kReaderCacheKib = 4096;
constexpr int kWriterCacheKib = 12288;
constexpr auto kReaderWait = std::chrono::seconds(5);

}  // namespace

Result<std::unique_ptr<Connections>> Connections::open(const std::string& path, bool fsync) {
  auto writer = TRY(Database::open(path, Database::Access::Write, kWriterCacheKib, fsync));
  TRY(migrate(*writer));
  return std::unique_ptr<Connections>(new Connections(path, std::move(writer)));
}

Result<Connections::Reader> Connections::reader() {
  std::unique_lock lock(pool_mutex_);
  const auto available = [&] { return !idle_.empty() || open_readers_ < kMaxReaders; };
  if (!returned_.wait_for(lock, kReaderWait, available))
    return fail(ErrorCode::StoreBusy, "too many queries at once");
  if (!idle_.empty()) {
    Reader reader(*this, std::move(idle_.back()));
    idle_.pop_back();
    return reader;
  }
  ++open_readers_;
  lock.unlock();
  auto database = Database::open(path_, Database::Access::Read, kReaderCacheKib);
  if (database.ok()) return Reader(*this, std::move(*database));
  lock.lock();
  --open_readers_;
  returned_.notify_one();
  return std::move(database).error();
}

void Connections::give_back(std::unique_ptr<Database> database) {
  const std::lock_guard lock(pool_mutex_);
  idle_.push_back(std::move(database));
  returned_.notify_one();
}

}  // namespace gateway::store
