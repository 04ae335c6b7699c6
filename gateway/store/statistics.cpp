#include "gateway/store/statistics.h"

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "gateway/base/text.h"
#include "gateway/store/attribute_text.h"
#include "gateway/store/selection.h"

namespace gateway::store {
namespace {

using model::CountedValue;
using model::SelectionStatistics;

constexpr int kOldest = 150;  // an age above it is a typing error

// "WITH selected AS (...)": the studies that match.
std::string with_selected(const Selection& selection) {
  return "WITH selected AS (SELECT " + selection.id + " AS id " + selection.from + ") ";
}

Result<Statement> prepare(Database& database, const Selection& selection, const std::string& sql) {
  Statement statement = TRY(database.prepare(with_selected(selection) + sql));
  bind_values(statement, selection.values);
  return statement;
}

bool is_date(std::string_view text) {
  return text.size() == 8 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

void note_age(SelectionStatistics& statistics, std::optional<int> age) {
  if (!age) return;
  statistics.min_age_years = std::min(*age, statistics.min_age_years.value_or(*age));
  statistics.max_age_years = std::max(*age, statistics.max_age_years.value_or(*age));
}

void note_date(SelectionStatistics& statistics, std::string_view date) {
  if (!is_date(date)) return;
  if (statistics.first_date.empty() || date < statistics.first_date) statistics.first_date = date;
  if (date > statistics.last_date) statistics.last_date = date;
}

void sort_counted(std::vector<CountedValue>& values) {
  std::ranges::sort(values, [](const CountedValue& a, const CountedValue& b) {
    return a.series != b.series ? a.series > b.series : a.value < b.value;
  });
}

// One pass over the studies: everything that studies and subjects say.
Result<void> count_studies(Database& database, const Selection& selection, SelectionStatistics& statistics) {
  Statement read =
      TRY(prepare(database, selection,
                  "SELECT study.subject_id, study.series_count, study.instance_count, study.bytes, "
                  "study.date, study.patient_age, subject.birth_date, subject.sex, subject.patient_id, "
                  "study.updated_us "
                  "FROM selected, study, subject "
                  "WHERE study.id = selected.id AND subject.id = study.subject_id"));
  std::unordered_set<std::int64_t> subjects;
  std::map<std::string, CountedValue, std::less<>> sexes;
  while (TRY(read.step())) {
    const bool first = subjects.insert(read.integer(0)).second;
    ++statistics.studies;
    statistics.series += static_cast<std::uint64_t>(read.integer(1));
    statistics.instances += static_cast<std::uint64_t>(read.integer(2));
    statistics.bytes += static_cast<std::uint64_t>(read.integer(3));
    note_date(statistics, read.text(4));
    note_age(statistics, age_in_years(read.text(6), read.text(4), read.text(5)));
    if (read.text(8).empty()) ++statistics.studies_without_patient_id;
    statistics.newest_us = std::max(statistics.newest_us, read.integer(9));
    if (read.text(7).empty()) continue;
    CountedValue& sex = sexes[read.string(7)];
    sex.series += static_cast<std::uint64_t>(read.integer(1));
    if (first) ++sex.subjects;
  }
  statistics.subjects = subjects.size();
  for (auto& [value, counted] : sexes) statistics.sexes.push_back({value, counted.series, counted.subjects});
  sort_counted(statistics.sexes);
  return {};
}

// Counts one column of the series, or of a table beside it.
Result<std::vector<CountedValue>> count_values(Database& database, const Selection& selection,
                                               const std::string& column, const std::string& beside = {}) {
  const std::string tables = beside.empty() ? "" : ", " + beside;
  const std::string join = beside.empty() ? "" : " AND " + beside + ".series_id = series.id";
  Statement read = TRY(prepare(database, selection,
                               "SELECT " + column +
                                   ", count(*), count(DISTINCT study.subject_id) "
                                   "FROM selected, study, series" +
                                   tables + " WHERE study.id = selected.id AND series.study_id = study.id" +
                                   join + " AND " + column + " <> '' GROUP BY " + column));
  std::vector<CountedValue> values;
  while (TRY(read.step()))
    values.push_back({read.string(0), static_cast<std::uint64_t>(read.integer(1)),
                      static_cast<std::uint64_t>(read.integer(2))});
  sort_counted(values);
  return values;
}

Result<void> count_attributes(Database& database, const Selection& selection,
                              SelectionStatistics& statistics) {
  Statement read =
      TRY(prepare(database, selection,
                  "SELECT attribute_set.attributes, counted.instances FROM attribute_set, ("
                  "SELECT series_attribute_set.set_id AS set_id, sum(series_attribute_set.count) AS "
                  "instances FROM selected, series, series_attribute_set "
                  "WHERE series.study_id = selected.id AND series_attribute_set.series_id = series.id "
                  "GROUP BY series_attribute_set.set_id) AS counted "
                  "WHERE attribute_set.id = counted.set_id"));
  std::map<std::pair<std::uint32_t, std::string>, std::uint64_t> counts;
  while (TRY(read.step())) {
    const auto instances = static_cast<std::uint64_t>(read.integer(1));
    for (auto& attribute : parse_attribute_text(read.text(0))) counts[std::move(attribute)] += instances;
  }
  for (const auto& [attribute, instances] : counts)
    statistics.attributes.push_back({attribute.first, attribute.second, instances});
  return {};
}

Result<std::int64_t> index_version(Database& database) {
  Statement read = TRY(database.prepare("SELECT version FROM meta WHERE id = 1"));
  TRY(read.step());
  return read.integer(0);
}

}  // namespace

std::optional<int> age_in_years(std::string_view birth_date, std::string_view study_date,
                                std::string_view patient_age) {
  if (is_date(birth_date) && is_date(study_date) && birth_date <= study_date) {
    const int years = (*parse_number<int>(study_date) - *parse_number<int>(birth_date)) / 10000;
    if (years <= kOldest) return years;
  }
  if (patient_age.size() != 4) return std::nullopt;
  const auto number = parse_number<int>(patient_age.substr(0, 3));
  if (!number || *number < 0) return std::nullopt;
  switch (patient_age[3]) {
    case 'Y':
      return *number <= kOldest ? number : std::nullopt;
    case 'M':
      return *number / 12;
    case 'W':
      return *number * 7 / 365;
    case 'D':
      return *number / 365;
    default:
      return std::nullopt;
  }
}

Result<SelectionStatistics> compute_statistics(Database& database, const std::vector<model::Match>& matches) {
  const Selection selection = TRY(compile(model::Level::Study, matches, /*by_id=*/false, Below::SameRow));
  Transaction moment = TRY(Transaction::begin(database, Database::Access::Read));
  SelectionStatistics statistics;
  statistics.index_version = TRY(index_version(database));
  TRY(count_studies(database, selection, statistics));
  statistics.modalities = TRY(count_values(database, selection, "series.modality"));
  statistics.body_parts = TRY(count_values(database, selection, "series.body_part"));
  statistics.manufacturers = TRY(count_values(database, selection, "series.manufacturer"));
  statistics.sop_classes =
      TRY(count_values(database, selection, "series_sop_class.sop_class_uid", "series_sop_class"));
  TRY(count_attributes(database, selection, statistics));
  return statistics;
}

}  // namespace gateway::store
