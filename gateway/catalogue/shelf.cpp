#include "gateway/catalogue/shelf.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>

#include "gateway/catalogue/cache.h"

namespace gateway::catalogue {
namespace {

using mappers::dcat::DatasetView;

constexpr std::int64_t kFreshUs = 2'000'000;  // so long a count is not repeated
constexpr std::size_t kMaxDescribed = 20'000;
constexpr std::size_t kMaxDescribedBytes = 64u << 20;
constexpr std::size_t kMaxSnapshots = 64;
constexpr std::size_t kMaxSnapshotRows = 1'000'000;
constexpr std::size_t kParsedPerByte = 4;  // a parsed definition is so much larger than its text

// The last count of one dataset. Whoever counts holds `counting`; the others take what was counted last, and
// wait only when there is nothing yet. `mutex` guards the rest, for moments.
struct Count {
  std::mutex counting, mutex;
  std::string row_version;
  std::int64_t index_version = 0;
  std::int64_t counted_us = 0;  // of the steady clock
  std::shared_ptr<const DatasetView> view;

  // Nothing: it has to be counted. A count of another description serves nobody.
  std::optional<CountedDataset> take(const std::string& wanted) {
    const std::lock_guard lock(mutex);
    if (!view || row_version != wanted) return std::nullopt;
    return CountedDataset{view, wanted + "@" + std::to_string(index_version)};
  }
  std::optional<CountedDataset> take_fresh(const std::string& wanted, std::int64_t index,
                                           std::int64_t now_us) {
    {
      const std::lock_guard lock(mutex);
      if (index_version < index && now_us - counted_us >= kFreshUs) return std::nullopt;
    }
    return take(wanted);
  }
  void put(std::shared_ptr<const DatasetView> made, const std::string& version, std::int64_t index,
           std::int64_t now_us) {
    const std::lock_guard lock(mutex);
    view = std::move(made);
    row_version = version;
    index_version = index;
    counted_us = now_us;
  }
};

}  // namespace

struct Shelf::State {
  std::mutex mutex;
  std::shared_ptr<const Published> published;
  std::map<std::string, std::shared_ptr<Count>> counts;  // of what can be seen
  VersionedCache<DatasetView> described{kMaxDescribed, kMaxDescribedBytes};
  VersionedCache<Snapshot> snapshots{kMaxSnapshots, kMaxSnapshotRows};

  std::shared_ptr<Count> count(const std::string& id) {
    const std::lock_guard lock(mutex);
    auto& entry = counts[id];
    if (!entry) entry = std::make_shared<Count>();
    return entry;
  }
};

std::string version_of(const model::DatasetRow& row) {
  return row.id + ":" + std::to_string(row.version) + ":" + std::to_string(row.published_us);
}

const model::DatasetRow* Published::find(std::string_view id) const {
  const auto at = std::lower_bound(rows.begin(), rows.end(), id,
                                   [](const auto& row, std::string_view key) { return row.id < key; });
  return at != rows.end() && at->id == id ? &*at : nullptr;
}

Shelf::Shelf(const DatasetService& datasets, const model::ImageIndex& index, const Clock& clock)
    : datasets_(datasets), index_(index), clock_(clock), state_(std::make_unique<State>()) {}
Shelf::~Shelf() = default;

Result<std::shared_ptr<const Published>> Shelf::published() const {
  const std::int64_t revision = TRY(datasets_.store().revision());
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->published && state_->published->revision == revision) return state_->published;
  }
  auto made = std::make_shared<Published>();
  made->revision = revision;
  for (auto& row : TRY(datasets_.list())) {
    if (row.published_us)
      made->rows.push_back(std::move(row));
    else if (row.first_published_us)
      made->withdrawn.insert(row.id);
  }
  const std::lock_guard lock(state_->mutex);
  state_->published = made;
  std::erase_if(state_->counts, [&](const auto& count) { return !made->find(count.first); });
  return state_->published;
}

Result<model::DatasetRow> Shelf::row(std::string_view id) const {
  const auto now = TRY(published());
  if (const auto* row = now->find(id)) return *row;
  if (now->withdrawn.contains(id))
    return fail(ErrorCode::Gone, "the dataset was withdrawn from the catalogue", std::string(id));
  return fail(ErrorCode::NotFound, "there is no such published resource", std::string(id));
}

// The counts may be up to two seconds older than the index: their own version names the document.
Result<CountedDataset> Shelf::counted(const model::DatasetRow& row) const {
  const std::int64_t index_version = TRY(index_.version());
  const std::string version = version_of(row);
  const auto last = state_->count(row.id);
  const auto fresh = [&] { return last->take_fresh(version, index_version, clock_.steady_us()); };
  if (auto known = fresh()) return std::move(*known);
  std::unique_lock counting(last->counting, std::try_to_lock);
  if (!counting) {
    if (auto known = last->take(version)) return std::move(*known);
    counting.lock();
  }
  if (auto known = fresh()) return std::move(*known);  // somebody counted meanwhile
  last->put(std::make_shared<const DatasetView>(TRY(datasets_.view(row))), version, index_version,
            clock_.steady_us());
  return std::move(*last->take(version));
}

Result<std::shared_ptr<const DatasetView>> Shelf::described(const model::DatasetRow& row) const {
  const std::string version = version_of(row);
  if (auto known = state_->described.find(row.id, version)) return known;
  std::shared_ptr<const DatasetView> view = std::make_shared<DatasetView>(TRY(datasets_.description(row)));
  state_->described.put(row.id, version, view, row.definition.size() * kParsedPerByte);
  return view;
}

Result<std::shared_ptr<const Snapshot>> Shelf::at(std::int64_t revision) const {
  const std::string key = std::to_string(revision);
  if (auto known = state_->snapshots.find(key, "")) return known;
  if (revision < 0 || revision > TRY(datasets_.store().revision()))
    return fail(ErrorCode::InvalidParameter, "there is no such snapshot of the catalogue", "snapshot");
  std::shared_ptr<const Snapshot> made =
      std::make_shared<Snapshot>(TRY(datasets_.store().published_at(revision)));
  state_->snapshots.put(key, "", made, made->size() + 1);
  return made;
}

}  // namespace gateway::catalogue
