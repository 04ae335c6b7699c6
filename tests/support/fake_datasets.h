// In-memory stand-ins for the ports that the catalogue needs: datasets with figures that a test sets, and an
// index that has a version and nothing else. One thread unless a test only reads.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gateway/model/dataset_port.h"

namespace gateway::tests {

class FakeDatasetStore final : public model::DatasetStore {
 public:
  model::SelectionStatistics figures;  // of every selection
  std::int64_t now_us = 1'700'000'000'000'000;
  std::function<void()> meanwhile;      // what another does right before the next define() or publish()
  bool broken = false;                  // every call fails
  mutable int figures_fail_after = -1;  // statistics() fails from so many calls on; negative: never
  mutable int counted = 0;              // calls of statistics()

  Result<model::DatasetRow> define(const std::string& id, const std::string& definition,
                                   const std::string& actor = {},
                                   const model::ExpectedRow& expected = {}) override {
    if (broken) return failure();
    if (meanwhile) std::exchange(meanwhile, nullptr)();
    const auto before = rows_.find(id);
    if (before != rows_.end() && before->second.definition == definition) return before->second;
    TRY_VOID(expected.check(before == rows_.end() ? nullptr : &before->second, id));
    model::DatasetRow& row = rows_[id];
    if (row.id.empty())
      row.created_us = now_us;
    else
      ++row.version;
    row.id = id;
    row.definition = definition;
    row.updated_us = now_us;
    if (row.published_us == 0) row.state = model::DatasetState::Draft;
    if (row.published_us) row.checked_us = now_us;
    versions_[id].push_back({row.version, definition, actor, now_us});
    add(id, model::DatasetAct::Defined, actor, "");
    return row;
  }
  Result<void> publish(const std::string& id, bool published, const std::string& actor = {},
                       const std::string& note = {}, const model::ExpectedRow& expected = {}) override {
    if (broken) return failure();
    if (meanwhile) std::exchange(meanwhile, nullptr)();
    const auto at = rows_.find(id);
    if (at == rows_.end()) return fail(ErrorCode::NotFound, "no such dataset", id);
    model::DatasetRow& row = at->second;
    TRY_VOID(expected.check(&row, id));
    if (published == (row.published_us != 0)) return {};
    row.published_us = published ? now_us : 0;
    row.withdrawn_us = published ? 0 : now_us;
    row.state = published ? model::DatasetState::Published : model::DatasetState::Withdrawn;
    if (published) row.checked_us = now_us;
    if (published && !row.first_published_us) row.first_published_us = now_us;
    add(id, published ? model::DatasetAct::Published : model::DatasetAct::Withdrawn, actor, note);
    return {};
  }
  Result<void> record(const std::string& id, std::int64_t version, model::DatasetAct act,
                      const std::string& actor = {}, const std::string& note = {}) override {
    if (broken) return failure();
    const auto at = rows_.find(id);
    if (at == rows_.end()) return fail(ErrorCode::NotFound, "no such dataset", id);
    model::DatasetRow& row = at->second;
    if (row.version != version) return fail(ErrorCode::Conflict, "another version", id);
    using model::DatasetState;
    if (act == model::DatasetAct::Validated && row.state == DatasetState::Draft)
      row.state = DatasetState::Validated;
    if (act == model::DatasetAct::Refused && row.state == DatasetState::Validated)
      row.state = DatasetState::Draft;
    if (act == model::DatasetAct::Checked) row.checked_us = now_us;
    add(id, act, actor, note);
    return {};
  }
  Result<std::vector<model::DatasetRow>> datasets() const override {
    if (broken) return failure();
    std::vector<model::DatasetRow> rows;
    for (const auto& [id, row] : rows_) rows.push_back(row);
    return rows;
  }
  Result<model::DatasetRow> dataset(const std::string& id) const override {
    if (broken) return failure();
    const auto at = rows_.find(id);
    if (at == rows_.end()) return fail(ErrorCode::NotFound, "no such dataset", id);
    return at->second;
  }
  Result<std::vector<model::DatasetEvent>> history(const std::string& id) const override {
    if (broken) return failure();
    std::vector<model::DatasetEvent> events;
    for (const auto& event : events_)
      if (event.id == id) events.push_back(event);
    return events;
  }
  Result<model::DatasetVersion> version(const std::string& id, std::int64_t n) const override {
    if (broken) return failure();
    if (const auto at = versions_.find(id); at != versions_.end())
      for (const auto& version : at->second)
        if (version.version == n) return version;
    return fail(ErrorCode::NotFound, "no such version", id);
  }
  Result<std::int64_t> revision() const override {
    if (broken) return failure();
    return static_cast<std::int64_t>(events_.size());
  }
  Result<std::vector<model::ListedDataset>> published_at(std::int64_t revision) const override {
    if (broken) return failure();
    const auto some = std::min(static_cast<std::size_t>(revision), events_.size());
    return model::published_after({events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(some)});
  }
  Result<model::SelectionStatistics> statistics(const std::vector<model::Match>&) const override {
    if (broken || figures_fail_after == 0) return failure();
    if (figures_fail_after > 0) --figures_fail_after;
    ++counted;
    return figures;
  }

 private:
  static Error failure() { return fail(ErrorCode::StoreFailed, "the fake store was told to fail"); }
  void add(const std::string& id, model::DatasetAct act, const std::string& actor, const std::string& note) {
    const auto sequence = static_cast<std::int64_t>(events_.size()) + 1;
    events_.push_back({sequence, id, rows_[id].version, act, actor, now_us, note});
  }
  std::map<std::string, model::DatasetRow> rows_;
  std::map<std::string, std::vector<model::DatasetVersion>> versions_;
  std::vector<model::DatasetEvent> events_;
};

class FakeImageIndex final : public model::ImageIndex {
 public:
  std::int64_t current = 1;

  Result<std::int64_t> version() const override { return current; }
  Result<std::vector<model::CommitOutcome>> commit(std::span<const model::IndexEntry>) override {
    return none();
  }
  Result<bool> has_external(const std::string&, std::uint64_t, std::int64_t) const override { return none(); }
  Result<std::optional<model::KnownInstance>> find_instance(std::string_view) const override {
    return none();
  }
  Result<std::vector<model::SearchRow>> search(const model::Query&,
                                               model::SearchNotes* = nullptr) const override {
    return none();
  }
  Result<void> locate(std::string_view, std::string_view, std::string_view,
                      const std::function<bool(const model::InstanceLocation&)>&,
                      model::SearchNotes*) const override {
    return none();
  }
  Result<std::vector<model::StudyRow>> studies(const model::Query&, model::Depth) const override {
    return none();
  }
  Result<std::vector<model::SubjectRow>> subjects(const model::Query&) const override { return none(); }
  Result<std::uint64_t> count(const model::Query&) const override { return none(); }
  Result<model::IndexTotals> totals() const override { return none(); }

 private:
  static Error none() { return fail(ErrorCode::NotSupported, "the fake index holds no images"); }
};

}  // namespace gateway::tests
