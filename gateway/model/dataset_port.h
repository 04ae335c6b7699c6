// Dataset definitions and their publishing flow: draft, validated, published, withdrawn; every version of a
// definition and everything that happened to it is kept.
//
// The store knows nothing of what a definition says. Members may be called from several threads at once.
// Errors: StoreBusy (try again), StoreFailed, and what is named below.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/model/ports.h"

namespace gateway::model {

enum class DatasetState : std::uint8_t { Draft, Validated, Published, Withdrawn };
std::string_view name_of(DatasetState state);  // "draft"

// A definition (TOML text, opaque here) and where it stands.
struct DatasetRow {
  std::string id;
  std::string definition;
  std::int64_t version = 1;  // grows with every changed definition
  std::int64_t created_us = 0;
  std::int64_t updated_us = 0;
  std::int64_t published_us = 0;  // since when it can be seen; 0: it cannot
  DatasetState state = DatasetState::Draft;
  std::int64_t checked_us = 0;          // when somebody last said that it is right: publish() and Checked
  std::int64_t first_published_us = 0;  // 0: never
  std::int64_t withdrawn_us = 0;        // 0: not withdrawn
};

enum class DatasetAct : std::uint8_t { Defined, Validated, Refused, Published, Withdrawn, Checked };
std::string_view name_of(DatasetAct act);  // "defined"

// One line of the history of a dataset.
struct DatasetEvent {
  std::int64_t sequence = 0;  // over all datasets, growing
  std::string id;
  std::int64_t version = 0;
  DatasetAct act = DatasetAct::Defined;
  std::string actor;  // who, as far as known
  std::int64_t at_us = 0;
  std::string note;  // Refused: the reasons, one a line; Withdrawn: why
};

struct DatasetVersion {
  std::int64_t version = 0;
  std::string definition;
  std::string actor;
  std::int64_t created_us = 0;
};

// A dataset that could be seen at a revision.
struct ListedDataset {
  std::string id;
  std::int64_t version = 0;
  std::int64_t published_us = 0;  // since when, at that revision
  std::int64_t changed_us = 0;    // its last publication or new definition until then
};

// What a row has to be like when it is written, since something was judged by it; nothing: anything.
struct ExpectedRow {
  std::optional<std::int64_t> version;  // 0: there is no such row
  std::optional<bool> published;
  // Error: Conflict.
  Result<void> check(const DatasetRow* row, const std::string& id) const;
};

class DatasetStore {
 public:
  virtual ~DatasetStore() = default;
  // Inserts or replaces; the same text changes nothing. What is published stays so, anything else becomes a
  // draft. Error: Conflict when the row is not as expected.
  virtual Result<DatasetRow> define(const std::string& id, const std::string& definition,
                                    const std::string& actor = {}, const ExpectedRow& expected = {}) = 0;
  // Shows or withdraws; a dataset that is there already changes nothing. `note` says why. Errors: NotFound;
  // Conflict when the row is not as expected.
  virtual Result<void> publish(const std::string& id, bool published, const std::string& actor = {},
                               const std::string& note = {}, const ExpectedRow& expected = {}) = 0;
  // Writes Validated, Refused or Checked into the history: a draft becomes validated, a validated one that is
  // refused a draft again. Error: NotFound; Conflict when the version is no longer the current one.
  virtual Result<void> record(const std::string& id, std::int64_t version, DatasetAct act,
                              const std::string& actor = {}, const std::string& note = {}) = 0;
  virtual Result<std::vector<DatasetRow>> datasets() const = 0;                             // by id
  virtual Result<DatasetRow> dataset(const std::string& id) const = 0;                      // NotFound
  virtual Result<std::vector<DatasetEvent>> history(const std::string& id) const = 0;       // oldest first
  virtual Result<DatasetVersion> version(const std::string& id, std::int64_t n) const = 0;  // NotFound
  // The sequence of the last event of all; 0 when nothing ever happened.
  virtual Result<std::int64_t> revision() const = 0;
  // What could be seen right after that event, by id: a list that stays the same while others publish.
  virtual Result<std::vector<ListedDataset>> published_at(std::int64_t revision) const = 0;
  // Figures over the studies that match all of `matches` (levels subject, study and series). A dataset is
  // made of whole studies: one belongs to it, with all its series, when its subject and itself meet their
  // conditions and one and the same of its series meets all conditions on series.
  virtual Result<SelectionStatistics> statistics(const std::vector<Match>& matches) const = 0;
  // The counts behind the quality label of the same studies. Slower: it looks at every instance.
  virtual Result<QualityFigures> quality(const std::vector<Match>& matches) const {
    static_cast<void>(matches);
    return fail(ErrorCode::NotSupported, "this store does not judge quality");
  }
};

// What published_at() gives, from all events in order. For stores that keep events.
std::vector<ListedDataset> published_after(const std::vector<DatasetEvent>& events);

}  // namespace gateway::model
