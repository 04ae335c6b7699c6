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

}  // namespace

Result<std::optional<std::string>> IrregularIds::study_uid(std::string_view id) const {
  if (!mappers::fhir::is_fhir_id(id)) return std::optional<std::string>();
  if (!looks_like_digest(id)) return std::optional<std::string>(id);
  const std::lock_guard lock(mutex_);
  TRY_VOID(refresh());
  const auto found = uid_of_.find(id);
  return found == uid_of_.end() ? std::optional<std::string>(id) : std::optional<std::string>(found->second);
}

Result<void> IrregularIds::refresh() const {
  const std::int64_t version = TRY(index_.version());
  if (version == version_) return {};
  uid_of_.clear();
  model::Query query;
  query.limit = kBatch;
  for (;; query.offset += kBatch) {
    const auto rows = TRY(index_.studies(query, model::Depth::Study));
    for (const auto& row : rows) {
      const std::string& uid = row.study.uid;
      if (!mappers::fhir::is_fhir_id(uid)) uid_of_.emplace(mappers::fhir::imaging_study_id(uid), uid);
    }
    if (rows.size() < kBatch) break;
  }
  version_ = version;
  return {};
}

}  // namespace gateway::fhir
