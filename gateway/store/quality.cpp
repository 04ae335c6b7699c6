// The counts behind the quality label. Studies and series are read once, each instance by the index
// instance_digest alone.
#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <unordered_set>

#include "gateway/base/text.h"
#include "gateway/store/attribute_text.h"
#include "gateway/store/defects.h"
#include "gateway/store/selection.h"
#include "gateway/store/statistics.h"

namespace gateway::store {
namespace {

using model::QualityFigures;

constexpr std::string_view kFirstXray = "18951108";  // no image is older
constexpr std::int64_t kDayUs = 86'400'000'000;

std::uint64_t unsigned_of(const Statement& row, int column) {
  return static_cast<std::uint64_t>(row.integer(column));
}

// Days since 1970 of a DA that is a day.
std::optional<std::int64_t> day_of(std::string_view date) {
  if (date.size() != 8) return std::nullopt;
  const auto number = parse_number<int>(date);
  if (!number || *number < 0) return std::nullopt;
  const std::chrono::year_month_day day(std::chrono::year(*number / 10000),
                                        std::chrono::month(static_cast<unsigned>(*number / 100 % 100)),
                                        std::chrono::day(static_cast<unsigned>(*number % 100)));
  if (!day.ok()) return std::nullopt;
  return std::chrono::sys_days(day).time_since_epoch().count();
}

// Studies one by one.
class StudyJudge {
 public:
  explicit StudyJudge(QualityFigures& figures) : figures_(figures) {}

  // Columns: subject_id, date, patient_age, created_us, updated_us, birth_date, sex, patient_id,
  // series_count, instance_count.
  void add(const Statement& row) {
    const std::int64_t subject = row.text(7).empty() ? 0 : row.integer(0);  // as in statistics.cpp
    const std::string_view date = row.text(1), birth = row.text(5);
    ++figures_.studies;
    figures_.series += unsigned_of(row, 8);
    figures_.instances += unsigned_of(row, 9);
    subjects_.insert(subject);
    if (!row.text(6).empty()) sexed_.insert(subject);
    if (age_in_years(birth, date, row.text(2))) aged_.insert(subject);
    if (row.text(7).empty()) ++figures_.studies_without_patient_id;
    if (row.integer(4) > row.integer(3)) ++figures_.studies_changed;
    judge(subject, birth, date, row.text(2), row.integer(3));
  }

  void finish() {
    figures_.subjects = subjects_.size();
    figures_.sex_known = sexed_.size();
    figures_.subjects_dated = dated_.size();
    figures_.age_known = aged_.size();
    figures_.years_covered = years_.size();
    if (delays_.empty()) return;
    std::ranges::sort(delays_);
    figures_.median_delay_days = delays_[(delays_.size() - 1) / 2];
    figures_.p90_delay_days = delays_[(delays_.size() * 9 + 9) / 10 - 1];
  }

 private:
  // An impossible date gives no age and covers no year: that is one fault, not several.
  void judge(std::int64_t subject, std::string_view birth, std::string_view date, std::string_view age,
             std::int64_t created_us) {
    const auto day = day_of(date);
    if (day) ++figures_.studies_dated;
    // A day of grace: the date is that of the place, the clock that of UTC.
    const std::int64_t delay = day ? created_us / kDayUs - *day : 0;
    const bool possible = day && date >= kFirstXray && delay >= -1;
    if (day && !possible) ++figures_.dates_impossible;
    if (possible) dated_.insert(subject);
    if (possible) take_date(date, std::max<std::int64_t>(delay, 0));
    judge_age(birth, possible ? date : std::string_view(), age);
  }

  void take_date(std::string_view date, std::int64_t delay) {
    if (figures_.first_date.empty() || date < figures_.first_date) figures_.first_date = date;
    if (date > figures_.last_date) figures_.last_date = date;
    years_.insert(std::string(date.substr(0, 4)));
    delays_.push_back(delay);
  }

  void judge_age(std::string_view birth, std::string_view date, std::string_view stated) {
    const auto by_birth = age_in_years(birth, date, {});
    const auto by_text = age_in_years({}, {}, stated);
    const bool dated = day_of(birth) && day_of(date);
    const bool born_later = dated && birth > date;
    if (born_later) ++figures_.births_after_study;  // this is another fault than an impossible age
    if (!stated.empty() || (dated && !born_later)) ++figures_.ages_stated;
    if ((!stated.empty() && !by_text) || (dated && !born_later && !by_birth)) ++figures_.ages_impossible;
    if (!by_birth || !by_text) return;
    ++figures_.ages_stated_twice;
    if (std::abs(*by_birth - *by_text) > 1) ++figures_.ages_apart;
  }

  QualityFigures& figures_;
  std::unordered_set<std::int64_t> subjects_, sexed_, aged_, dated_;
  std::set<std::string> years_;
  std::vector<std::int64_t> delays_;
};

Result<void> judge_studies(Database& database, const Selection& selection, QualityFigures& figures) {
  Statement read = TRY(prepare_selected(
      database, selection,
      "SELECT study.subject_id, study.date, study.patient_age, study.created_us, study.updated_us, "
      "subject.birth_date, subject.sex, subject.patient_id, study.series_count, study.instance_count "
      "FROM selected, study, subject WHERE study.id = selected.id AND subject.id = study.subject_id"));
  StudyJudge judge(figures);
  while (TRY(read.step())) judge.add(read);
  judge.finish();
  return {};
}

Result<void> judge_series(Database& database, const Selection& selection, QualityFigures& figures) {
  Statement read = TRY(prepare_selected(database, selection,
                                        "SELECT series.modality, series.instance_count, series.uid "
                                        "FROM selected, series WHERE series.study_id = selected.id"));
  std::map<std::string, model::ModalityTotal> totals;
  std::map<std::string, std::uint64_t> uids;
  while (TRY(read.step())) {
    auto& total = totals[read.string(0)];
    total.instances += unsigned_of(read, 1);
    ++total.series;
    ++uids[read.string(2)];
  }
  for (auto& [modality, total] : totals) {
    total.modality = modality;
    figures.modalities.push_back(total);
  }
  for (const auto& [uid, count] : uids)
    if (count > 1) figures.reused_series_uids += count;
  return {};
}

Result<void> judge_attributes(Database& database, const Selection& selection, QualityFigures& figures) {
  Statement read = TRY(prepare_selected(
      database, selection,
      "SELECT attribute_set.attributes, counted.modality, counted.instances FROM attribute_set, ("
      "SELECT series_attribute_set.set_id AS set_id, series.modality AS modality, "
      "sum(series_attribute_set.count) AS instances FROM selected, series, series_attribute_set "
      "WHERE series.study_id = selected.id AND series_attribute_set.series_id = series.id "
      "GROUP BY series_attribute_set.set_id, series.modality) AS counted "
      "WHERE attribute_set.id = counted.set_id"));
  std::map<std::pair<std::string, std::uint32_t>, model::AttributePresence> presence;
  while (TRY(read.step())) {
    const std::uint64_t instances = unsigned_of(read, 2);
    for (auto& [tag, vr] : parse_attribute_text(read.text(0))) {
      auto& one = presence[{read.string(1), tag}];
      one.present += instances;
      if (!model::take_empty_mark(vr)) one.with_value += instances;
    }
  }
  for (auto& [key, one] : presence) {
    one.modality = key.first;
    one.tag = key.second;
    figures.attributes.push_back(std::move(one));
  }
  return {};
}

Result<void> judge_defects(Database& database, const Selection& selection, QualityFigures& figures) {
  Statement read = TRY(prepare_selected(
      database, selection,
      "SELECT series_defect.kind, sum(series_defect.count), count(*), count(DISTINCT study.id), "
      "count(DISTINCT study.subject_id) FROM selected, study, series, series_defect "
      "WHERE study.id = selected.id AND series.study_id = study.id AND series_defect.series_id = series.id "
      "GROUP BY series_defect.kind ORDER BY series_defect.kind"));
  while (TRY(read.step())) {
    const model::ObjectDefect defect = parse_defect_kind(read.integer(0));
    figures.defects.push_back({defect.defect, defect.tag, unsigned_of(read, 1), unsigned_of(read, 2),
                               unsigned_of(read, 3), unsigned_of(read, 4)});
  }
  return {};
}

Result<void> judge_pixels(Database& database, const Selection& selection, QualityFigures& figures) {
  Statement read = TRY(prepare_selected(
      database, selection,
      "SELECT coalesce(sum(held), 0), coalesce(sum(CASE WHEN held > 1 THEN held ELSE 0 END), 0) FROM ("
      "SELECT count(*) AS held FROM selected, series, instance WHERE series.study_id = selected.id AND "
      "instance.series_id = series.id AND instance.pixel_key IS NOT NULL GROUP BY instance.pixel_key) AS "
      "content"));
  TRY(read.step());
  figures.pixels_known = unsigned_of(read, 0);
  figures.same_pixels = unsigned_of(read, 1);
  return {};
}

}  // namespace

// What is only described has no objects that could be judged.
Result<QualityFigures> compute_quality(Database& database, const std::vector<model::Match>& matches) {
  Selection selection = TRY(compile(model::Level::Study, matches, /*by_id=*/false, Below::SameRow));
  selection.from = "FROM (SELECT " + selection.id + " AS id " + selection.from +
                   ") AS found WHERE found.id NOT IN (SELECT study_id FROM described_study)";
  selection.id = "found.id";
  Transaction moment = TRY(Transaction::begin(database, Database::Access::Read));
  QualityFigures figures;
  {
    Statement read = TRY(database.prepare("SELECT version FROM meta WHERE id = 1"));
    TRY(read.step());
    figures.index_version = read.integer(0);
  }
  TRY_VOID(judge_studies(database, selection, figures));
  TRY_VOID(judge_series(database, selection, figures));
  TRY_VOID(judge_attributes(database, selection, figures));
  TRY_VOID(judge_defects(database, selection, figures));
  TRY_VOID(judge_pixels(database, selection, figures));
  return figures;
}

}  // namespace gateway::store
