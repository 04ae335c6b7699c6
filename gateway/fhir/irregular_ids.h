// IrregularIds: the way back from an ImagingStudy id to the Study Instance UID.
//
// A UID that is a FHIR id is its own id. The few that are not (longer than 64 characters, or with forbidden
// ones) are known by a digest; the table of those is made when one is first asked for, and again when the
// index has changed. Thread-safe; the index must outlive it.
#pragma once

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
  Result<void> refresh() const;  // with mutex_ held

  const model::ImageIndex& index_;
  mutable std::mutex mutex_;
  mutable std::int64_t version_ = -1;
  mutable std::map<std::string, std::string, std::less<>> uid_of_;
};

}  // namespace gateway::fhir
