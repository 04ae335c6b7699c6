// The index plane: resource types that are rendered from the image index instead of being stored.
//
// A type is one class with its plan: which criteria the index itself can match; whatever is left is tested on
// the rendered resource by the search. To add a type, write one and put it into index_types(). Thread-safe;
// the face must outlive it. Errors: InvalidParameter naming the parameter; those of the index.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/fhir/search_plan.h"
#include "gateway/fhir/study_texts.h"
#include "gateway/model/resource_query.h"

namespace gateway::fhir {

struct IndexRow {
  std::int64_t row = 0;  // of the index: rows come in its order, new ones behind
  std::string id;
  std::string version;
  std::int64_t updated_us = 0;
  std::vector<model::SearchValue> values;  // of the quick parameters
  StudyTexts::Text text;                   // compact JSON; null unless asked for
};

// What to give of each row beside its identity; and the most instances below all of them, but for the first,
// so that there may be fewer rows than asked for.
struct IndexWants {
  bool values = false, text = false;
  std::uint64_t most_instances = UINT64_MAX;
};

// The rows that some criteria leave. Lives no longer than the context and the criteria it was made from.
class IndexSelection {
 public:
  virtual ~IndexSelection() = default;
  std::vector<const Criterion*> rest;  // not matched by the index: to be tested on the resource
  bool exact = true;                   // count() and offsets are those of the matches of all but `rest`
  virtual Result<std::uint64_t> count() const = 0;
  // The matches among the rows [offset, offset + limit); with `exact` every row is one. `examined`: how many
  // rows there were; less than `limit` at the end.
  virtual Result<std::vector<IndexRow>> rows(std::uint64_t offset, std::uint32_t limit, IndexWants wants,
                                             std::uint32_t& examined) const = 0;
};

class IndexType {
 public:
  virtual ~IndexType() = default;
  virtual std::string_view type() const = 0;
  // Parameters whose values rows have without being rendered: to sort by, and to include by.
  virtual bool quick(std::string_view code) const = 0;
  virtual Result<std::unique_ptr<IndexSelection>> select(const std::vector<Criterion>& criteria,
                                                         const PlanContext& context) const = 0;
  // With texts and values, in the order of `ids`, at most 1000; ids that nothing has are left out.
  virtual Result<std::vector<IndexRow>> load(const std::vector<std::string>& ids,
                                             const PlanContext& context) const = 0;
};

// All types of the plane, by name. Constant.
const std::vector<const IndexType*>& index_types();
const IndexType* index_type(std::string_view type);  // nullptr: not of this plane

// One row each, whatever the criteria: they are all tested on it. For types of which there are few.
std::unique_ptr<IndexSelection> select_all(std::vector<IndexRow> rows,
                                           const std::vector<Criterion>& criteria);

// The types, one file each.
const IndexType& index_studies();
const IndexType& index_subjects();
const IndexType& index_endpoints();
const IndexType& index_provenances();
const IndexType& index_documents();
const IndexType& index_manifest_bundles();
const IndexType& index_manifest_binaries();

}  // namespace gateway::fhir
