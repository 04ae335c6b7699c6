#include "gateway/store/image_index.h"

#include "gateway/store/batch_writer.h"
#include "gateway/store/blob_ref.h"
#include "gateway/store/external_file.h"
#include "gateway/store/selection.h"

namespace gateway::store {
namespace {

constexpr std::size_t kMaxEntriesTogether = 4096;  // of several callers in one transaction

}  // namespace

// A caller that finds no commit under way becomes the leader: it takes what waits, commits it and wakes all.
Result<std::vector<model::CommitOutcome>> ImageIndex::commit(std::span<const model::IndexEntry> entries) {
  Waiting own;
  own.entries = entries;
  std::unique_lock lock(queue_mutex_);
  queue_.push_back(&own);
  while (!own.done) {
    queue_moved_.wait(lock, [&] { return own.done || !committing_; });
    if (!own.done) lead(lock);
  }
  if (own.error) return std::move(*own.error);
  return std::move(own.outcomes);
}

// Nothing in here may throw, or those who wait would wait for ever: lists are spliced, not copied.
void ImageIndex::lead(std::unique_lock<std::mutex>& lock) noexcept {
  committing_ = true;
  Batches batches;
  for (std::size_t taken = 0; !queue_.empty() && taken < kMaxEntriesTogether;) {
    batches.splice(batches.end(), queue_, queue_.begin());
    taken += batches.back()->entries.size();
  }
  lock.unlock();
  commit_together(batches);
  lock.lock();
  for (Waiting* batch : batches) batch->done = true;
  committing_ = false;
  queue_moved_.notify_all();
}

// When a transaction of several callers fails, each is tried alone: one caller's fault is not another's.
void ImageIndex::commit_together(Batches& batches) noexcept {
  if (batches.size() > 1 && write_or_fail(batches).ok()) return;
  Batches one, tried;
  while (!batches.empty()) {
    one.splice(one.end(), batches, batches.begin());
    if (auto written = write_or_fail(one); !written.ok()) one.front()->error = std::move(written).error();
    tried.splice(tried.end(), one);
  }
  batches.swap(tried);
}

Result<void> ImageIndex::write_or_fail(const Batches& batches) noexcept {
  try {
    return write(batches);
  } catch (const std::exception&) {  // of memory; these texts need none
    return Error{ErrorCode::StoreFailed, "out of memory", {}, {}};
  }
}

Result<void> ImageIndex::write(const Batches& batches) {
  const LogPlan log = TRY(blobs_.plan_log());
  auto connection = connections_.writer();
  Transaction transaction = TRY(Transaction::begin(*connection, Database::Access::Write));
  TRY(write_log(*connection, log));
  BatchWriter writer(*connection, clock_.utc_us());
  for (Waiting* batch : batches) {
    batch->outcomes.clear();
    for (const model::IndexEntry& entry : batch->entries) batch->outcomes.push_back(TRY(writer.add(entry)));
  }
  TRY(writer.finish());
  TRY(transaction.commit());
  blobs_.logged(log);
  return {};
}

Result<void> ImageIndex::note_conflicts(std::span<const std::string> sop_instance_uids) {
  auto connection = connections_.writer();
  Transaction transaction = TRY(Transaction::begin(*connection, Database::Access::Write));
  BatchWriter writer(*connection, clock_.utc_us());
  for (const std::string& uid : sop_instance_uids) TRY_VOID(writer.note_conflict(uid));
  return transaction.commit();
}

Result<bool> ImageIndex::has_external(const std::string& path, std::uint64_t length,
                                      std::int64_t modified_us) const {
  auto reader = TRY(connections_.reader());
  Statement find = TRY((*reader).prepare("SELECT content FROM instance WHERE external_key = $1"));
  find.bind(1, external_key(path));
  while (TRY(find.step())) {
    const model::BlobRef ref = parse_blob_ref(find.text(0));
    if (ref.name == path && ref.length == length && ref.modified_us == modified_us) return true;
  }
  return false;
}

Result<std::uint64_t> ImageIndex::count(const model::Query& query) const {
  auto reader = TRY(connections_.reader());
  const Selection selection = TRY(compile(*reader, query));
  Statement count = TRY((*reader).prepare("SELECT count(*) " + selection.from));
  bind_values(count, selection.values);
  TRY(count.step());
  return static_cast<std::uint64_t>(count.integer(0));
}

Result<model::IndexTotals> ImageIndex::totals() const {
  auto reader = TRY(connections_.reader());
  Statement read =
      TRY((*reader).prepare("SELECT subjects, studies, series, instances, bytes FROM meta WHERE id = 1"));
  TRY(read.step());
  const auto column = [&](int n) { return static_cast<std::uint64_t>(read.integer(n)); };
  return model::IndexTotals{column(0), column(1), column(2), column(3), column(4)};
}

Result<std::int64_t> ImageIndex::version() const {
  auto reader = TRY(connections_.reader());
  Statement read = TRY((*reader).prepare("SELECT version FROM meta WHERE id = 1"));
  TRY(read.step());
  return read.integer(0);
}

}  // namespace gateway::store
