// StudyTexts: ImagingStudy resources as JSON text, kept while the study does not change.
//
// Reading the instances of a study costs more than all else in a search, and most studies never change once
// they are complete. Kept texts are bounded in bytes; the longest unused go first. What is kept is keyed by
// the row's id, version and time, so it never outlives a change. Thread-safe; the index and the options must
// outlive it.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/model/ports.h"
#include "mappers/fhir/render.h"

namespace gateway::fhir {

class StudyTexts {
 public:
  using Text = std::shared_ptr<const std::string>;

  StudyTexts(const model::ImageIndex& index, const mappers::fhir::RenderOptions& options,
             std::size_t max_bytes)
      : index_(index), options_(options), max_bytes_(max_bytes) {}

  // The resource of each row, in order; rows need no series. At most 1000 rows. Errors: those of the index.
  Result<std::vector<Text>> texts(const std::vector<model::StudyRow>& rows) const;
  std::size_t kept_bytes() const;

 private:
  struct Kept {
    std::int64_t id, version, updated_us;
    Text text;
  };

  Text find(const model::StudyRow& row) const;
  void keep(const model::StudyRow& row, Text text) const;

  const model::ImageIndex& index_;
  const mappers::fhir::RenderOptions& options_;
  const std::size_t max_bytes_;
  mutable std::mutex mutex_;
  mutable std::list<Kept> by_use_;  // latest first
  mutable std::unordered_map<std::int64_t, std::list<Kept>::iterator> by_id_;
  mutable std::size_t bytes_ = 0;
};

}  // namespace gateway::fhir
