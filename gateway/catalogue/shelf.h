// Shelf: what the catalogue shows now, with its figures, and what it showed at an earlier revision.
//
// Figures follow the index within two seconds: while images arrive, a dataset is counted at most that often,
// by one thread; the others take the count before it. Thread-safe; what it refers to must outlive it. Errors:
// those of the store. Never a list with fewer datasets than there are.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/result.h"
#include "gateway/catalogue/dataset_service.h"

namespace gateway::catalogue {

// All that can be seen, of one moment.
struct Published {
  std::int64_t revision = 0;
  std::vector<model::DatasetRow> rows;           // by id
  std::set<std::string, std::less<>> withdrawn;  // could be seen once
  const model::DatasetRow* find(std::string_view id) const;
};

struct CountedDataset {
  std::shared_ptr<const mappers::dcat::DatasetView> view;
  std::string version;  // of the row and of the count: equal versions give equal documents
};

using Snapshot = std::vector<model::ListedDataset>;

class Shelf {
 public:
  Shelf(const DatasetService& datasets, const model::ImageIndex& index, const Clock& clock);
  ~Shelf();

  Result<std::shared_ptr<const Published>> published() const;
  // Error: NotFound; Gone for one that was withdrawn.
  Result<model::DatasetRow> row(std::string_view id) const;
  Result<CountedDataset> counted(const model::DatasetRow& row) const;
  Result<std::int64_t> index_version() const { return index_.version(); }
  // Without figures.
  Result<std::shared_ptr<const mappers::dcat::DatasetView>> described(const model::DatasetRow& row) const;
  // What could be seen at a revision, by id. Error: InvalidParameter for a revision that is still to come.
  Result<std::shared_ptr<const Snapshot>> at(std::int64_t revision) const;

  const DatasetService& datasets() const { return datasets_; }
  const Clock& clock() const { return clock_; }

 private:
  struct State;
  const DatasetService& datasets_;
  const model::ImageIndex& index_;
  const Clock& clock_;
  std::unique_ptr<State> state_;
};

// A version of the row: grows with every definition and publication.
std::string version_of(const model::DatasetRow& row);

}  // namespace gateway::catalogue
