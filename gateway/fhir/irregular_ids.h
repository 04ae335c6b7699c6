// IrregularIds: the way back from an ImagingStudy id to the Study Instance UID.
//
// A UID that is a FHIR id is its own id. The few that are not (longer than 64 characters, or with forbidden
// ones) are known by a digest; the table of those grows with the index. A study keeps its UID and its place
// in the order of the index for ever, so each study is looked at once, when a digest is asked for that is not
// known yet. Thread-safe; the index must outlive it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/model/ports.h"

namespace gateway::fhir {

class IrregularIds {
 public:
  explicit IrregularIds(const model::ImageIndex& index) : index_(index) {}
  // The UID, which need not exist; nothing when no study can have this id. Errors: those of the index.
  Result<std::optional<std::string>> study_uid(std::string_view id) const;

 private:
  using Table = std::map<std::string, std::string, std::less<>>;

  Result<void> catch_up(std::unique_lock<std::mutex>& lock, std::int64_t version) const;
  Result<void> look_at_new_studies(std::unique_lock<std::mutex>& lock) const;  // unlocks meanwhile

  const model::ImageIndex& index_;
  mutable std::mutex mutex_;
  mutable std::condition_variable looked_;
  mutable bool looking_ = false;       // one caller looks at new studies, the others wait for it
  mutable std::int64_t version_ = -1;  // of the index, up to which all studies were looked at
  mutable std::uint64_t studies_ = 0;  // how many those are
  mutable Table uid_of_;
};

}  // namespace gateway::fhir
