// FakeIndex: an ImageIndex in memory, filled with rows by hand; every query walks over all of them.
//
// Matching is that of model::Query for text, numbers, names (whole groups, wild cards, without ASCII case)
// and the fields that exist beside the descriptors (subject.key, *.updated, study.modalities). What a face of
// records does not call (commit, search, locate) refuses. One thread fills it; then const and thread-safe.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/text.h"
#include "gateway/model/ports.h"
#include "gateway/model/record_keys.h"

namespace gateway::testing {

class FakeIndex : public model::ImageIndex {
 public:
  std::vector<model::StudyRow> rows;  // with series and instances; counts and modalities filled by add()
  std::int64_t index_version = 1;

  void add(model::StudyRow row) {
    row.id = static_cast<std::int64_t>(rows.size()) + 1;
    row.series_count = row.series.size();
    row.instance_count = 0;
    row.modalities.clear();
    for (auto& series : row.series) {
      series.instance_count = series.instances.size();
      row.instance_count += series.instance_count;
      row.modalities.push_back(series.series.modality);
    }
    std::sort(row.modalities.begin(), row.modalities.end());
    row.modalities.erase(std::unique(row.modalities.begin(), row.modalities.end()), row.modalities.end());
    rows.push_back(std::move(row));
    ++index_version;
  }

  Result<std::vector<model::CommitOutcome>> commit(std::span<const model::IndexEntry>) override {
    return unused();
  }
  Result<bool> has_external(const std::string&, std::uint64_t, std::int64_t) const override { return false; }
  Result<std::optional<model::KnownInstance>> find_instance(std::string_view uid) const override {
    for (const auto& row : rows)
      for (const auto& series : row.series)
        for (const auto& instance : series.instances)
          if (instance.uid == uid)
            return std::optional(model::KnownInstance{{}, {}, row.study.uid, series.series.uid});
    return std::optional<model::KnownInstance>();
  }
  Result<std::vector<model::SearchRow>> search(const model::Query&,
                                               model::SearchNotes* = nullptr) const override {
    return unused();
  }
  Result<void> locate(std::string_view, std::string_view, std::string_view,
                      const std::function<bool(const model::InstanceLocation&)>&,
                      model::SearchNotes*) const override {
    return unused();
  }

  Result<std::vector<model::StudyRow>> studies(const model::Query& query, model::Depth depth) const override {
    std::vector<model::StudyRow> found;
    for (const auto& row : window(all_studies(query), query)) {
      found.push_back(row);
      if (depth == model::Depth::Study) found.back().series.clear();
      for (auto& series : found.back().series)
        if (depth == model::Depth::Series) series.instances.clear();
    }
    return found;
  }
  Result<std::vector<model::SubjectRow>> subjects(const model::Query& query) const override {
    return window(all_subjects(query), query);
  }
  Result<std::uint64_t> count(const model::Query& query) const override {
    return static_cast<std::uint64_t>(query.level == model::Level::Subject ? all_subjects(query).size()
                                                                           : all_studies(query).size());
  }
  Result<model::IndexTotals> totals() const override {
    model::IndexTotals totals;
    totals.studies = rows.size();
    totals.subjects = all_subjects({}).size();
    for (const auto& row : rows) {
      totals.series += row.series_count;
      totals.instances += row.instance_count;
    }
    return totals;
  }
  Result<std::int64_t> version() const override { return index_version; }

 private:
  static Error unused() { return fail(ErrorCode::Internal, "the fake index has only records"); }

  template <class Row>
  static std::vector<Row> window(std::vector<Row> all, const model::Query& query) {
    const auto first = std::min<std::size_t>(query.offset, all.size());
    const auto last = std::min<std::size_t>(first + query.limit, all.size());
    return {all.begin() + static_cast<std::ptrdiff_t>(first),
            all.begin() + static_cast<std::ptrdiff_t>(last)};
  }

  static bool like(std::string_view text, std::string_view pattern) {
    if (pattern.empty()) return text.empty();
    if (pattern[0] == '*')
      return like(text, pattern.substr(1)) || (!text.empty() && like(text.substr(1), pattern));
    return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) &&
           like(text.substr(1), pattern.substr(1));
  }

  static bool text_matches(const std::string& text, const model::Match& match) {
    if (match.kind == model::Match::Kind::AnyOf)
      return std::find(match.values.begin(), match.values.end(), text) != match.values.end();
    if (match.kind == model::Match::Kind::Wildcard) return like(text, match.values[0]);
    return !text.empty() && (match.low.empty() || text >= match.low) &&
           (match.high.empty() || text <= match.high);
  }

  static bool number_matches(std::int64_t number, const model::Match& match) {
    const auto value = [](const std::string& text) { return *parse_number<std::int64_t>(text); };
    if (match.kind != model::Match::Kind::AnyOf)
      return (match.low.empty() || number >= value(match.low)) &&
             (match.high.empty() || number <= value(match.high));
    return std::any_of(match.values.begin(), match.values.end(),
                       [&](const auto& v) { return value(v) == number; });
  }

  static bool name_matches(const model::PersonName& name, const model::Match& match) {
    for (const auto* group : {&name.alphabetic, &name.ideographic, &name.phonetic})
      for (const auto& value : match.values)
        if (!group->empty() && like(lower(*group), lower(value))) return true;
    return false;
  }

  static bool any_key(const std::vector<std::string>& keys, const model::Match& match) {
    return std::any_of(keys.begin(), keys.end(), [&](const auto& key) { return text_matches(key, match); });
  }

  template <class Record>
  static bool field_matches(const Record& record, std::string_view name, const model::Match& match) {
    for (const auto& field : model::fields<Record>()) {
      if (field.name != name) continue;
      if (const auto* text = std::get_if<std::string Record::*>(&field.member))
        return text_matches(record.**text, match);
      if (const auto* person = std::get_if<model::PersonName Record::*>(&field.member))
        return name_matches(record.**person, match);
      if (const auto* number = std::get_if<std::optional<std::int64_t> Record::*>(&field.member))
        return record.**number && number_matches(*(record.**number), match);
    }
    return false;
  }

  static bool matches(const model::StudyRow& row, const model::Match& match) {
    const auto dot = match.field.find('.');
    const std::string level = match.field.substr(0, dot), name = match.field.substr(dot + 1);
    if (level == "subject") return matches(row.subject, match);
    if (match.field == "study.updated") return number_matches(row.updated_us, match);
    if (match.field == "study.modalities")
      return std::any_of(row.modalities.begin(), row.modalities.end(),
                         [&](const auto& m) { return text_matches(m, match); });
    if (level == "study") return field_matches(row.study, name, match);
    if (match.field == model::kSeriesOrders)
      return std::any_of(row.series.begin(), row.series.end(), [&](const auto& series) {
        return any_key(model::order_keys(series.series), match);
      });
    for (const auto& series : row.series) {
      if (level == "series" && field_matches(series.series, name, match)) return true;
      for (const auto& instance : series.instances)
        if (level == "instance" && field_matches(instance, name, match)) return true;
    }
    return false;
  }
  static bool matches(const model::SubjectRow& row, const model::Match& match) {
    if (match.field == "subject.key") return text_matches(row.key, match);
    if (match.field == "subject.updated") return number_matches(row.updated_us, match);
    if (match.field == model::kSubjectIdentifiers) return any_key(model::identifier_keys(row.subject), match);
    return match.field.starts_with("subject.") && field_matches(row.subject, match.field.substr(8), match);
  }

  template <class Row>
  static bool all_match(const Row& row, const model::Query& query) {
    return std::all_of(query.matches.begin(), query.matches.end(),
                       [&](const auto& match) { return matches(row, match); });
  }
  std::vector<model::StudyRow> all_studies(const model::Query& query) const {
    std::vector<model::StudyRow> found;
    for (const auto& row : rows)
      if (all_match(row, query)) found.push_back(row);
    return found;
  }
  std::vector<model::SubjectRow> all_subjects(const model::Query& query) const {
    std::vector<model::SubjectRow> found;
    for (const auto& row : rows) {
      const auto same = [&](const auto& other) { return other.key == row.subject.key; };
      if (all_match(row.subject, query) && std::none_of(found.begin(), found.end(), same))
        found.push_back(row.subject);
    }
    return found;
  }
};

}  // namespace gateway::testing
