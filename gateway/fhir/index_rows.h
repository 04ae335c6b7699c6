// RowSelection: the rows of the image index that a plan leaves, as a selection of the index plane. Private to
// this folder.
#pragma once

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "gateway/fhir/index_plane.h"

namespace gateway::fhir {

// Of one kind of rows: how they are read, and what becomes of them.
//   Result<std::vector<Row>> read(const model::Query&) const
//   Result<std::vector<IndexRow>> render(std::vector<Row>, IndexWants) const
//   model::Level level
template <class Row, class Source>
class RowSelection final : public IndexSelection {
 public:
  RowSelection(Plan<Row> plan, Source source) : plan_(std::move(plan)), source_(std::move(source)) {
    rest = plan_.rest;
    exact = plan_.filters.empty();
  }

  Result<std::uint64_t> count() const override {
    if (plan_.nothing) return std::uint64_t{0};
    return source_.index().count(query(0, 0));
  }

  Result<std::vector<IndexRow>> rows(std::uint64_t offset, std::uint32_t limit, IndexWants wants,
                                     std::uint32_t& examined) const override {
    examined = 0;
    if (plan_.nothing || limit == 0) return std::vector<IndexRow>();
    auto read = TRY(source_.read(query(offset, limit)));
    examined = static_cast<std::uint32_t>(read.size());
    std::erase_if(read, [&](const Row& row) {
      return !std::all_of(plan_.filters.begin(), plan_.filters.end(),
                          [&](const auto& filter) { return filter(row); });
    });
    return source_.render(std::move(read), wants);
  }

 private:
  model::Query query(std::uint64_t offset, std::uint32_t limit) const {
    model::Query query;
    query.level = Source::level;
    query.matches = plan_.matches;
    query.by_id = true;  // what is stored between two pages comes behind them
    query.offset = offset;
    query.limit = limit;
    return query;
  }

  Plan<Row> plan_;
  Source source_;
};

}  // namespace gateway::fhir
