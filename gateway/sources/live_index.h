// LiveIndex: an image index that also has what live sources hold: searches are passed on to them and merged
// with what is indexed here; an instance that is not here is taken into the index when somebody asks for it.
//
// What is here comes first; a study that is at several places is one row. A source that does not answer is
// named in the notes; when none answers and nothing is here, that is the error, never an empty answer.
// Records (studies, subjects, totals) are those of the index alone. Thread-safe; all it is given must outlive
// it.
#pragma once

#include <array>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "gateway/model/ports.h"
#include "gateway/sources/live_sources.h"
#include "gateway/sources/taker.h"

namespace gateway::sources {

class LiveIndex final : public model::ImageIndex {
 public:
  LiveIndex(model::ImageIndex& local, const model::BlobStore& blobs, LiveSources& live, Taker& taker,
            const Clock& clock)
      : local_(local), blobs_(blobs), live_(live), taker_(taker), clock_(clock) {}

  Result<std::vector<model::CommitOutcome>> commit(std::span<const model::IndexEntry> entries) override {
    return local_.commit(entries);
  }
  Result<bool> has_external(const std::string& path, std::uint64_t length,
                            std::int64_t modified_us) const override {
    return local_.has_external(path, length, modified_us);
  }
  Result<std::optional<model::KnownInstance>> find_instance(std::string_view uid) const override {
    return local_.find_instance(uid);
  }
  Result<std::vector<model::SearchRow>> search(const model::Query& query,
                                               model::SearchNotes* notes = nullptr) const override;
  bool matches_others() const override { return !live_.empty(); }
  Result<void> locate(std::string_view study_uid, std::string_view series_uid, std::string_view instance_uid,
                      const std::function<bool(const model::InstanceLocation&)>& use,
                      model::SearchNotes* notes = nullptr) const override;
  Result<std::vector<model::StudyRow>> studies(const model::Query& query, model::Depth depth) const override {
    return local_.studies(query, depth);
  }
  Result<std::vector<model::SubjectRow>> subjects(const model::Query& query) const override {
    return local_.subjects(query);
  }
  // Error: NotSupported while there are live sources: nobody counts what they hold.
  Result<std::uint64_t> count(const model::Query& query) const override;
  Result<model::IndexTotals> totals() const override { return local_.totals(); }
  Result<std::int64_t> version() const override { return local_.version(); }

 private:
  struct LocalPage {
    std::vector<model::SearchRow> rows;
    std::uint64_t total = 0;
  };
  Result<LocalPage> local_page(const model::Query& query) const;
  Result<std::unordered_set<std::string>> known_here(const model::Query& query,
                                                     const std::vector<std::string>& uids) const;
  Result<void> bring(const model::RemoteId& id) const;
  Result<bool> bring_from(const Source& source, const model::RemoteId& id, const model::SearchRow& row) const;
  bool verified(const std::string& key) const;
  void set_verified(const std::string& key) const;

  model::ImageIndex& local_;
  const model::BlobStore& blobs_;
  LiveSources& live_;
  Taker& taker_;
  const Clock& clock_;
  mutable std::array<std::timed_mutex, 64> bringing_;  // by study
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::string, std::int64_t>
      verified_until_us_;  // studies and series that are whole
};

}  // namespace gateway::sources
