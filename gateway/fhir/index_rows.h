// RowSelection: the rows of the image index that a plan leaves, as a selection of the index plane. Private to
// this folder.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/fhir/index_plane.h"

namespace gateway::fhir {

// The rows in the order of `ids`; ids that none has are left out.
inline std::vector<IndexRow> in_order_of(const std::vector<std::string>& ids, std::vector<IndexRow> rows) {
  std::map<std::string, IndexRow, std::less<>> by_id;
  for (IndexRow& row : rows) by_id.emplace(row.id, std::move(row));
  std::vector<IndexRow> ordered;
  for (const std::string& id : ids)
    if (const auto found = by_id.find(id); found != by_id.end()) ordered.push_back(found->second);
  return ordered;
}

// Resources of which there is one for each study, with its id: whole, by their ids.
template <class Source>
Result<std::vector<IndexRow>> load_by_study(const std::vector<std::string>& ids, const PlanContext& context) {
  model::Query query;
  query.matches.push_back({"study.uid", model::Match::Kind::AnyOf, {}, {}, {}});
  for (const std::string& id : ids)
    if (auto uid = TRY(context.face.study_uid(id))) query.matches[0].values.push_back(std::move(*uid));
  if (query.matches[0].values.empty()) return std::vector<IndexRow>();
  query.limit = static_cast<std::uint32_t>(ids.size());
  const Source source(context.face);
  auto read = TRY(source.read(query));
  return in_order_of(ids, TRY(source.render(std::move(read), {true, true, UINT64_MAX})));
}

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
