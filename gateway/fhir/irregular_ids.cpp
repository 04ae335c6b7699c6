#include "gateway/fhir/irregular_ids.h"

#include <algorithm>

#include "mappers/fhir/render.h"

namespace gateway::fhir {
namespace {

constexpr std::uint32_t kBatch = 1000;

bool looks_like_digest(std::string_view id) {
  return id.size() == 33 && id[0] == 'h' && std::all_of(id.begin() + 1, id.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

// Holds the turn of a caller that looks at new studies without the lock; takes the lock again at its end.
class Turn {
 public:
  Turn(std::unique_lock<std::mutex>& lock, bool& taken, std::condition_variable& over)
      : lock_(lock), taken_(taken), over_(over) {
    taken_ = true;
    lock_.unlock();
  }
  ~Turn() {
    lock_.lock();
    taken_ = false;
    over_.notify_all();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  std::unique_lock<std::mutex>& lock_;
  bool& taken_;
  std::condition_variable& over_;
};

}  // namespace

Result<std::optional<std::string>> IrregularIds::study_uid(std::string_view id) const {
  if (!mappers::fhir::is_fhir_id(id)) return std::optional<std::string>();
  if (!looks_like_digest(id)) return std::optional<std::string>(id);
  std::unique_lock lock(mutex_);
  auto found = uid_of_.find(id);
  if (found == uid_of_.end()) {
    lock.unlock();
    const std::int64_t version = TRY(index_.version());
    lock.lock();
    TRY_VOID(catch_up(lock, version));
    found = uid_of_.find(id);
  }
  return std::optional<std::string>(found == uid_of_.end() ? std::string(id) : found->second);
}

// Whoever waited for another caller that began before this version was there may have to look as well; what
// is left to look at then is little.
Result<void> IrregularIds::catch_up(std::unique_lock<std::mutex>& lock, std::int64_t version) const {
  while (version_ < version) {
    if (looking_)
      looked_.wait(lock, [&] { return !looking_; });
    else
      TRY_VOID(look_at_new_studies(lock));
  }
  return {};
}

// Without matches the index gives studies in the order of their ids: new ones come last, and it finds the
// place behind the known ones without walking over them.
Result<void> IrregularIds::look_at_new_studies(std::unique_lock<std::mutex>& lock) const {
  model::Query query;
  query.by_id = true;
  query.limit = kBatch;
  query.offset = studies_;
  Table fresh;
  std::int64_t version = 0;
  {
    const Turn turn(lock, looking_, looked_);
    version = TRY(index_.version());  // before the rows: what comes meanwhile is looked at again, not missed
    for (std::size_t count = kBatch; count == kBatch; query.offset += count) {
      const auto rows = TRY(index_.studies(query, model::Depth::Study));
      count = rows.size();
      for (const auto& row : rows)
        if (const std::string& uid = row.study.uid; !mappers::fhir::is_fhir_id(uid))
          fresh.emplace(mappers::fhir::imaging_study_id(uid), uid);
    }
  }
  uid_of_.merge(fresh);
  studies_ = query.offset;
  version_ = version;
  return {};
}

}  // namespace gateway::fhir
