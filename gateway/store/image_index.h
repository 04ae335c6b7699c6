// The image index over SQLite. Reads go to the pool of readers, each in one transaction (one moment); writes
// are combined: callers of commit() that wait at the same time share one durable transaction, which also
// holds the small blobs that are not durable yet (blob_log.h).
//
// Thread-safe. Owns nothing: connections, blobs and clock belong to the Store.
#pragma once

#include <condition_variable>
#include <list>
#include <mutex>

#include "gateway/base/clock.h"
#include "gateway/model/ports.h"
#include "gateway/store/blob_folder.h"
#include "gateway/store/connections.h"

namespace gateway::store {

class ImageIndex final : public model::ImageIndex {
 public:
  ImageIndex(Connections& connections, BlobFolder& blobs, const Clock& clock)
      : connections_(connections), blobs_(blobs), clock_(clock) {}

  Result<std::vector<model::CommitOutcome>> commit(std::span<const model::IndexEntry> entries) override;
  Result<bool> has_external(const std::string& path, std::uint64_t length,
                            std::int64_t modified_us) const override;
  Result<void> note_conflicts(std::span<const std::string> sop_instance_uids) override;
  Result<std::optional<model::KnownInstance>> find_instance(std::string_view sop_instance_uid) const override;
  Result<std::vector<model::SearchRow>> search(const model::Query& query,
                                               model::SearchNotes* notes = nullptr) const override;
  Result<void> locate(std::string_view study_uid, std::string_view series_uid, std::string_view instance_uid,
                      const std::function<bool(const model::InstanceLocation&)>& use,
                      model::SearchNotes* notes = nullptr) const override;
  Result<std::vector<model::StudyRow>> studies(const model::Query& query, model::Depth depth) const override;
  Result<std::vector<model::SubjectRow>> subjects(const model::Query& query) const override;
  Result<std::uint64_t> count(const model::Query& query) const override;
  Result<model::IndexTotals> totals() const override;
  Result<std::int64_t> version() const override;

 private:
  Result<void> locate_all(std::string_view study_uid, std::string_view series_uid,
                          std::string_view instance_uid,
                          const std::function<bool(const model::InstanceLocation&)>& use) const;
  struct Waiting {
    std::span<const model::IndexEntry> entries;
    std::vector<model::CommitOutcome> outcomes;
    std::optional<Error> error;
    bool done = false;
  };
  using Batches = std::list<Waiting*>;
  void lead(std::unique_lock<std::mutex>& lock) noexcept;
  void commit_together(Batches& batches) noexcept;
  Result<void> write_or_fail(const Batches& batches) noexcept;
  Result<void> write(const Batches& batches);

  Connections& connections_;
  BlobFolder& blobs_;
  const Clock& clock_;
  std::mutex queue_mutex_;
  std::condition_variable queue_moved_;
  Batches queue_;
  bool committing_ = false;
};

}  // namespace gateway::store
