// Store: the folder in which a gateway keeps its state: the index of images and the data sets in SQLite, and
// the blobs.
//
// Everything that commit() acknowledged survives kill -9 and loss of power. Several processes may open the
// same folder
// (`ingest` while `serve` runs). Thread-safe. The Store owns its parts; they must not outlive it.
#pragma once

#include <memory>
#include <string>

#include "gateway/base/clock.h"
#include "gateway/base/result.h"
#include "gateway/model/commitment_port.h"
#include "gateway/model/dataset_port.h"
#include "gateway/model/disclosure_port.h"
#include "gateway/model/harvest_port.h"
#include "gateway/model/ports.h"
#include "gateway/model/resource_port.h"
#include "gateway/model/workitem_port.h"

namespace gateway::store {

class Disk;

struct StoreOptions {
  std::string folder;          // made if absent, with its parents
  bool fsync = true;           // false: only for tests and benchmarks
  const Disk* disk = nullptr;  // set: the effects on disk of the blobs, for tests; must outlive the store
};

class Store {
 public:
  // Errors: StoreFailed (cannot be opened, or written by a newer gateway), StoreBusy.
  static Result<std::unique_ptr<Store>> open(const StoreOptions& options,
                                             const Clock& clock = Clock::system());
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  model::ImageIndex& index();
  model::BlobStore& blobs();
  model::DatasetStore& datasets();
  model::WorkitemStore& workitems();
  model::HarvestStore& harvests();
  model::CommitmentStore& commitments();
  model::DisclosureLog& disclosures();
  model::ResourceStore& resources();

 private:
  struct Parts;
  explicit Store(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace gateway::store
