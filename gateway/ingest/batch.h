// Batch: items on their way into the store that become durable together: one sync, one transaction.
//
// Items are added one after the other; the bytes of new ones go to the blob store at once, so that a batch
// holds index rows only, never content. One object per thread; index, blobs and table must outlive it.
// finish() is called once.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/model/ingest_port.h"
#include "gateway/model/ports.h"
#include "mappers/engine/table.h"

namespace gateway::ingest {

struct Prepared;

class Batch {
 public:
  Batch(model::ImageIndex& index, model::BlobStore& blobs, const mappers::engine::Table& table)
      : index_(index), blobs_(blobs), table_(table) {}

  // Error: of the store; the batch is then to be given up.
  Result<void> add(const model::IngestItem& item);
  // Takes an outcome that is settled already, in its place.
  void add_settled(model::ItemOutcome outcome) { outcomes_.push_back(std::move(outcome)); }
  // Makes everything durable and visible. The outcomes are in the order of adding.
  Result<std::vector<model::ItemOutcome>> finish();
  std::uint64_t bytes() const { return bytes_; }  // of the accepted objects

 private:
  Result<bool> add_known(const model::IngestItem& item, Prepared& prepared);
  Result<bool> add_repeated(const model::IngestItem& item, const model::IndexEntry& earlier,
                            Prepared& prepared);
  Result<void> add_new(const model::IngestItem& item, Prepared& prepared);
  void take(model::IndexEntry entry);
  void note_conflicts() const;

  model::ImageIndex& index_;
  model::BlobStore& blobs_;
  const mappers::engine::Table& table_;
  std::vector<model::ItemOutcome> outcomes_;
  std::vector<model::IndexEntry> entries_;
  std::vector<std::size_t> places_;                       // of each entry among the outcomes
  std::unordered_map<std::string, std::size_t> pending_;  // entries that are new, by SOP Instance UID
  std::vector<std::string> conflicts_;  // SOP Instance UIDs of objects that were refused before the commit
  std::uint64_t bytes_ = 0;
};

}  // namespace gateway::ingest
