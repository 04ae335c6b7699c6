#include "gateway/ingest/ingest.h"

namespace gateway::ingest {

using model::ItemOutcome;

Ingestor::Ingestor(model::ImageIndex& index, model::BlobStore& blobs, const mappers::engine::Table& table,
                   Metrics& metrics)
    : index_(index),
      blobs_(blobs),
      table_(table),
      bytes_(metrics.counter("gateway_ingest_bytes_total", "Bytes of the DICOM objects that were taken in")) {
  for (std::size_t kind = 0; kind < std::size(outcomes_); ++kind)
    outcomes_[kind] =
        &metrics.counter("gateway_ingest_items_total", "Objects handed in, by what became of them",
                         {{"outcome", std::string(name_of(static_cast<ItemOutcome::Kind>(kind)))}});
}

Result<std::vector<ItemOutcome>> Ingestor::ingest(std::span<const model::IngestItem> items) {
  Batch batch = begin();
  for (const model::IngestItem& item : items) TRY(batch.add(item));
  return finish(batch);
}

Result<std::vector<ItemOutcome>> Ingestor::finish(Batch& batch) {
  const std::uint64_t bytes = batch.bytes();
  auto outcomes = TRY(batch.finish());
  for (const ItemOutcome& outcome : outcomes) outcomes_[static_cast<std::size_t>(outcome.kind)]->add();
  bytes_.add(static_cast<double>(bytes));
  return outcomes;
}

}  // namespace gateway::ingest
