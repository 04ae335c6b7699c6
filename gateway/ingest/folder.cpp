#include "gateway/ingest/folder.h"

#include <algorithm>
#include <mutex>
#include <thread>

#include "gateway/base/clock.h"
#include "gateway/ingest/folder_walk.h"

namespace gateway::ingest {
namespace {

using model::ItemOutcome;

ItemOutcome settled(const std::string& path, ItemOutcome::Kind kind, std::optional<Error> error = {}) {
  ItemOutcome outcome;
  outcome.label = path;
  outcome.kind = kind;
  outcome.error = std::move(error);
  return outcome;
}

// In a folder, unlike in a request, other files are to be expected: they are passed over, with their reason.
bool is_no_instance(const ItemOutcome& outcome) {
  return outcome.error &&
         (outcome.error->code == ErrorCode::NotDicom || outcome.error->code == ErrorCode::DicomNotAnInstance);
}

class FolderRun {
 public:
  FolderRun(Ingestor& ingestor, const model::ImageIndex& index, const std::vector<std::string>& paths,
            const FolderOptions& options, const std::function<void(const ItemOutcome&)>& each)
      : ingestor_(ingestor), index_(index), options_(options), each_(each), walk_(paths) {
    if (!options.progress) return;
    for (FolderWalk count(paths); count.next();) ++total_;
  }

  Result<FolderReport> run() {
    const std::int64_t start = Clock::system().steady_us();
    std::vector<std::thread> helpers;
    for (unsigned i = 1; i < std::max(1u, options_.threads); ++i) helpers.emplace_back([this] { work(); });
    work();
    for (std::thread& helper : helpers) helper.join();
    if (fault_) return std::move(*fault_);
    report_.seconds = static_cast<double>(Clock::system().steady_us() - start) / 1e6;
    return std::move(report_);
  }

 private:
  void work() {
    for (auto entries = take(); !entries.empty(); entries = take()) {
      const auto done = process(entries);
      if (done.ok()) continue;
      const std::lock_guard lock(mutex_);
      if (!fault_) fault_ = done.error();
    }
  }

  std::vector<WalkEntry> take() {
    const std::lock_guard lock(mutex_);
    std::vector<WalkEntry> entries;
    while (!fault_ && entries.size() < std::max<std::size_t>(1, options_.batch)) {
      auto entry = walk_.next();
      if (!entry) break;
      entries.push_back(std::move(*entry));
    }
    return entries;
  }

  Result<void> process(const std::vector<WalkEntry>& entries) {
    Batch batch = ingestor_.begin();
    for (const WalkEntry& entry : entries) TRY(add(batch, entry));
    const std::uint64_t bytes = batch.bytes();
    auto outcomes = TRY(ingestor_.finish(batch));
    const std::lock_guard lock(mutex_);
    report_.bytes += bytes;
    for (ItemOutcome& outcome : outcomes) count(outcome);
    if (options_.progress) options_.progress(report_.files, std::max(total_, report_.files));
    return {};
  }

  Result<void> add(Batch& batch, const WalkEntry& entry) {
    using Kind = ItemOutcome::Kind;
    if (entry.problem) {
      batch.add_settled(settled(entry.path, Kind::Refused, entry.problem));
    } else if (TRY(is_indexed(entry.path))) {
      batch.add_settled(settled(entry.path, Kind::Skipped));
    } else if (auto source = FileSource::open(entry.path); source.ok()) {
      return batch.add(item_of(entry.path, std::move(*source)));
    } else {
      batch.add_settled(settled(entry.path, Kind::Refused, source.error()));
    }
    return {};
  }

  model::IngestItem item_of(const std::string& path, FileSource source) const {
    model::IngestItem item;
    // Cannot fail on an open file.
    if (const auto status = source.file()->status(); status.ok()) item.modified_us = status->modified_us;
    item.label = path;
    item.source = std::make_shared<FileSource>(std::move(source));
    if (!options_.copy) item.external_path = path;
    return item;
  }

  Result<bool> is_indexed(const std::string& path) const {
    if (options_.copy) return false;
    const auto status = file_status(path);
    return status.ok() && TRY(index_.has_external(path, status->size, status->modified_us));
  }

  void count(ItemOutcome& outcome) {
    if (outcome.kind == ItemOutcome::Kind::Refused && is_no_instance(outcome))
      outcome.kind = ItemOutcome::Kind::Skipped;
    ++report_.files;
    ++counter(outcome);
    if (outcome.error) ++report_.reasons[outcome.error->message];
    if (each_) each_(outcome);
  }

  std::uint64_t& counter(const ItemOutcome& outcome) {
    switch (outcome.kind) {
      case ItemOutcome::Kind::Stored:
        return report_.stored;
      case ItemOutcome::Kind::Identical:
        return report_.identical;
      case ItemOutcome::Kind::Conflict:
        return report_.conflicts;
      case ItemOutcome::Kind::Refused:
        return report_.refused;
      case ItemOutcome::Kind::Skipped:
        break;
    }
    return outcome.error ? report_.skipped : report_.unchanged;
  }

  Ingestor& ingestor_;
  const model::ImageIndex& index_;
  const FolderOptions& options_;
  const std::function<void(const ItemOutcome&)>& each_;
  std::uint64_t total_ = 0;

  std::mutex mutex_;  // of all below, and of the callbacks
  FolderWalk walk_;
  FolderReport report_;
  std::optional<Error> fault_;
};

}  // namespace

Result<FolderReport> ingest_paths(Ingestor& ingestor, const model::ImageIndex& index,
                                  const std::vector<std::string>& paths, const FolderOptions& options,
                                  const std::function<void(const ItemOutcome&)>& each) {
  return FolderRun(ingestor, index, paths, options, each).run();
}

}  // namespace gateway::ingest
