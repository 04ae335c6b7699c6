#include "gateway/store/statistics.h"

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "gateway/base/text.h"
#include "gateway/store/attribute_text.h"
#include "gateway/store/digest.h"
#include "gateway/store/selection.h"

namespace gateway::store {
namespace {

using model::CountedValue;
using model::SelectionStatistics;

constexpr int kOldest = 150;  // an age above it is a typing error

bool is_date(std::string_view text) {
  return text.size() == 8 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

void note_age(SelectionStatistics& statistics, std::optional<int> age) {
  if (!age) return;
  statistics.min_age_years = std::min(*age, statistics.min_age_years.value_or(*age));
  statistics.max_age_years = std::max(*age, statistics.max_age_years.value_or(*age));
}

void note_date(std::string& first, std::string& last, std::string_view date) {
  if (!is_date(date)) return;
  if (first.empty() || date < first) first = date;
  if (date > last) last = date;
}

void sort_counted(std::vector<CountedValue>& values) {
  std::ranges::sort(values, [](const CountedValue& a, const CountedValue& b) {
    return a.series != b.series ? a.series > b.series : a.value < b.value;
  });
}

std::uint64_t unsigned_of(const Statement& row, int column) {
  return static_cast<std::uint64_t>(row.integer(column));
}

// How much has each value, counted in one pass over studies or series.
class ValueCounter {
 public:
  void add(std::string_view value, std::int64_t subject, std::int64_t study, std::uint64_t series,
           std::uint64_t instances) {
    if (value.empty()) return;
    const auto at = values_.find(value);
    Entry& entry = at != values_.end() ? at->second : values_[std::string(value)];
    entry.series += series;
    entry.instances += instances;
    entry.subjects.insert(subject);
    entry.studies.insert(study);
  }
  std::vector<CountedValue> by_value() const {
    std::vector<CountedValue> counted;
    for (const auto& [value, entry] : values_)
      counted.push_back({value, entry.series, entry.subjects.size(), entry.studies.size(), entry.instances});
    return counted;
  }
  std::vector<CountedValue> by_count() const {
    std::vector<CountedValue> counted = by_value();
    sort_counted(counted);
    return counted;
  }

 private:
  struct Entry {
    std::uint64_t series = 0, instances = 0;
    std::unordered_set<std::int64_t> subjects, studies;
  };
  std::map<std::string, Entry, std::less<>> values_;
};

// A person over all studies of the selection.
struct Person {
  std::string first_date;  // of the study that `cell.age_years` is of
  model::PersonCell cell;
};

void note_person(Person& person, std::string_view date, std::optional<int> age) {
  if (!age) return;
  if (person.cell.age_years && (date.empty() || date >= person.first_date)) return;
  person.first_date = date;
  person.cell.age_years = age;
}

void add_persons(SelectionStatistics& statistics, const std::unordered_map<std::int64_t, Person>& persons) {
  std::map<std::pair<std::string, std::optional<int>>, model::PersonCell> cells;
  std::map<int, std::uint64_t> ages;
  for (const auto& [id, person] : persons) {
    const model::PersonCell& one = person.cell;
    model::PersonCell& cell = cells[{one.sex, one.age_years}];
    cell.sex = one.sex;
    cell.age_years = one.age_years;
    ++cell.subjects;
    cell.studies += one.studies;
    cell.series += one.series;
    cell.instances += one.instances;
    cell.bytes += one.bytes;
    if (one.age_years) ++ages[*one.age_years];
  }
  for (const auto& [key, cell] : cells) statistics.persons.push_back(cell);
  for (const auto& [age, subjects] : ages) statistics.ages.push_back({age, age, subjects});
}

// Studies without a Patient ID may all be of one person, and count as one.
constexpr std::int64_t kNobody = 0;
using Nameless = std::unordered_set<std::int64_t>;  // ids of such studies

// One pass over the studies: everything that studies and subjects say.
Result<void> count_studies(Database& database, const Selection& selection, SelectionStatistics& statistics,
                           Nameless& nameless) {
  Statement read = TRY(
      prepare_selected(database, selection,
                       "SELECT study.subject_id, study.series_count, study.instance_count, study.bytes, "
                       "study.date, study.patient_age, subject.birth_date, subject.sex, subject.patient_id, "
                       "study.updated_us, study.id "
                       "FROM selected, study, subject "
                       "WHERE study.id = selected.id AND subject.id = study.subject_id"));
  std::unordered_map<std::int64_t, Person> persons;
  ValueCounter sexes, years;
  while (TRY(read.step())) {
    if (read.text(8).empty()) nameless.insert(read.integer(10));
    const std::int64_t subject = read.text(8).empty() ? kNobody : read.integer(0);
    const std::uint64_t series = unsigned_of(read, 1), instances = unsigned_of(read, 2);
    const std::string_view date = read.text(4);
    const auto age = age_in_years(read.text(6), date, read.text(5));
    Person& person = persons[subject];
    person.cell.sex = read.text(7);
    ++person.cell.studies;
    person.cell.series += series;
    person.cell.instances += instances;
    person.cell.bytes += unsigned_of(read, 3);
    note_person(person, date, age);
    note_age(statistics, age);
    note_date(statistics.first_date, statistics.last_date, date);
    statistics.newest_us = std::max(statistics.newest_us, read.integer(9));
    sexes.add(read.text(7), subject, read.integer(10), series, instances);
    if (is_date(date)) years.add(date.substr(0, 4), subject, read.integer(10), series, instances);
  }
  statistics.studies_without_patient_id = nameless.size();
  statistics.subjects = persons.size();
  add_persons(statistics, persons);
  for (const model::PersonCell& cell : statistics.persons) {
    statistics.studies += cell.studies;
    statistics.series += cell.series;
    statistics.instances += cell.instances;
    statistics.bytes += cell.bytes;
  }
  statistics.sexes = sexes.by_count();
  statistics.years = years.by_value();
  return {};
}

// One pass over the series.
Result<void> count_series(Database& database, const Selection& selection, const Nameless& nameless,
                          SelectionStatistics& statistics) {
  Statement read =
      TRY(prepare_selected(database, selection,
                           "SELECT study.subject_id, study.id, series.instance_count, series.modality, "
                           "series.body_part, series.manufacturer, series.date, study.uid, series.uid, "
                           "series.digest, "
                           "study.id IN (SELECT study_id FROM described_study) "
                           "FROM selected, study, series "
                           "WHERE study.id = selected.id AND series.study_id = study.id"));
  ValueCounter modalities, body_parts, manufacturers;
  std::vector<DigestedSeries> digests;
  while (TRY(read.step())) {
    const std::int64_t study = read.integer(1);
    const std::int64_t subject = nameless.contains(study) ? kNobody : read.integer(0);
    const std::uint64_t instances = unsigned_of(read, 2);
    modalities.add(read.text(3), subject, study, 1, instances);
    body_parts.add(read.text(4), subject, study, 1, instances);
    manufacturers.add(read.text(5), subject, study, 1, instances);
    note_date(statistics.first_series_date, statistics.last_series_date, read.text(6));
    if (read.integer(10) != 0) continue;  // only described: there are no objects to be summed
    digests.push_back({read.string(7), read.string(8), read.string(9)});
  }
  statistics.modalities = modalities.by_count();
  statistics.body_parts = body_parts.by_count();
  statistics.manufacturers = manufacturers.by_count();
  statistics.checksum = selection_digest(std::move(digests));
  return {};
}

// Counts the values of a table beside the series, which counts instances.
Result<std::vector<CountedValue>> count_beside(Database& database, const Selection& selection,
                                               const Nameless& nameless, const std::string& table,
                                               const std::string& column) {
  Statement read =
      TRY(prepare_selected(database, selection,
                           "SELECT " + table + "." + column + ", " + table +
                               ".count, study.subject_id, study.id FROM selected, study, series, " + table +
                               " WHERE study.id = selected.id AND series.study_id = study.id AND " + table +
                               ".series_id = series.id"));
  ValueCounter values;
  while (TRY(read.step())) {
    const std::int64_t study = read.integer(3);
    const std::int64_t subject = nameless.contains(study) ? kNobody : read.integer(2);
    values.add(read.text(0), subject, study, 1, unsigned_of(read, 1));
  }
  return values.by_count();
}

Result<void> count_attributes(Database& database, const Selection& selection,
                              SelectionStatistics& statistics) {
  Statement read = TRY(
      prepare_selected(database, selection,
                       "SELECT attribute_set.attributes, counted.instances FROM attribute_set, ("
                       "SELECT series_attribute_set.set_id AS set_id, sum(series_attribute_set.count) AS "
                       "instances FROM selected, series, series_attribute_set "
                       "WHERE series.study_id = selected.id AND series_attribute_set.series_id = series.id "
                       "GROUP BY series_attribute_set.set_id) AS counted "
                       "WHERE attribute_set.id = counted.set_id"));
  struct Counts {
    std::uint64_t instances = 0, empty = 0;
  };
  std::map<std::pair<std::uint32_t, std::string>, Counts> counts;
  while (TRY(read.step())) {
    const std::uint64_t instances = unsigned_of(read, 1);
    for (auto& attribute : parse_attribute_text(read.text(0))) {
      const bool empty = model::take_empty_mark(attribute.second);
      Counts& count = counts[std::move(attribute)];
      count.instances += instances;
      if (empty) count.empty += instances;
    }
  }
  for (const auto& [attribute, count] : counts)
    statistics.attributes.push_back({attribute.first, attribute.second, count.instances, count.empty});
  return {};
}

Result<std::int64_t> index_version(Database& database) {
  Statement read = TRY(database.prepare("SELECT version FROM meta WHERE id = 1"));
  TRY(read.step());
  return read.integer(0);
}

}  // namespace

Result<Statement> prepare_selected(Database& database, const Selection& selection, const std::string& sql) {
  Statement statement = TRY(
      database.prepare("WITH selected AS (SELECT " + selection.id + " AS id " + selection.from + ") " + sql));
  bind_values(statement, selection.values);
  return statement;
}

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
  Nameless nameless;
  TRY(count_studies(database, selection, statistics, nameless));
  TRY(count_series(database, selection, nameless, statistics));
  statistics.sop_classes =
      TRY(count_beside(database, selection, nameless, "series_sop_class", "sop_class_uid"));
  statistics.transfer_syntaxes =
      TRY(count_beside(database, selection, nameless, "series_transfer_syntax", "transfer_syntax_uid"));
  TRY(count_attributes(database, selection, statistics));
  return statistics;
}

}  // namespace gateway::store
