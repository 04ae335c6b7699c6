// Ingestor: the one way of images into the gateway (design.md section 2, rule 2): read, check, map, render,
// store.
//
// Implements the port that STOW-RS and the folder ingest use. Thread-safe; index, blobs, table and metrics
// must outlive it.
#pragma once

#include "gateway/base/metrics.h"
#include "gateway/ingest/batch.h"

namespace gateway::ingest {

class Ingestor final : public model::Ingest {
 public:
  Ingestor(model::ImageIndex& index, model::BlobStore& blobs, const mappers::engine::Table& table,
           Metrics& metrics);

  Result<std::vector<model::ItemOutcome>> ingest(std::span<const model::IngestItem> items) override;
  // For callers that make their items one at a time: begin() and finish() in place of ingest().
  Batch begin() const { return Batch(index_, blobs_, table_); }
  Result<std::vector<model::ItemOutcome>> finish(Batch& batch);

 private:
  model::ImageIndex& index_;
  model::BlobStore& blobs_;
  const mappers::engine::Table& table_;
  Counter* outcomes_[5] = {};  // by ItemOutcome::Kind
  Counter& bytes_;
};

}  // namespace gateway::ingest
