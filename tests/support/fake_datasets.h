// In-memory stand-ins for the ports that the catalogue needs: datasets with figures that a test sets, and an
// index that has a version and nothing else. One thread unless a test only reads.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "gateway/model/ports.h"

namespace gateway::tests {

class FakeDatasetStore final : public model::DatasetStore {
 public:
  model::SelectionStatistics figures;  // of every selection
  std::int64_t now_us = 1'700'000'000'000'000;
  bool broken = false;      // every call fails
  mutable int counted = 0;  // calls of statistics()

  Result<model::DatasetRow> define(const std::string& id, const std::string& definition) override {
    if (broken) return failure();
    model::DatasetRow& row = rows_[id];
    if (row.definition == definition) return row;
    if (row.id.empty())
      row.created_us = now_us;
    else
      ++row.version;
    row.id = id;
    row.definition = definition;
    row.updated_us = now_us;
    return row;
  }
  Result<void> publish(const std::string& id, bool published) override {
    if (broken) return failure();
    const auto at = rows_.find(id);
    if (at == rows_.end()) return fail(ErrorCode::NotFound, "no such dataset", id);
    at->second.published_us = published ? now_us : 0;
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
  Result<model::SelectionStatistics> statistics(const std::vector<model::Match>&) const override {
    if (broken) return failure();
    ++counted;
    return figures;
  }

 private:
  static Error failure() { return fail(ErrorCode::StoreFailed, "the fake store was told to fail"); }
  std::map<std::string, model::DatasetRow> rows_;
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
