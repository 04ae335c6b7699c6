#include "gateway/sources/study_list.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "gateway/base/text.h"
#include "gateway/sources/json_array.h"

namespace gateway::sources {
namespace {

constexpr int kMostDays = 4096;
constexpr std::uint32_t kStudyDate = 0x00080020;
// What says whether a study has changed, and what a list of studies shows.
constexpr std::uint32_t kAsked[] = {0x00080030, 0x00080050, 0x00080061, 0x00080090, 0x00081030,
                                    0x00100010, 0x00100020, 0x00100021, 0x00100030, 0x00100040,
                                    0x0020000D, 0x00200010, 0x00201206, 0x00201208};

std::string date_text(std::chrono::sys_days day) {
  const std::chrono::year_month_day date(day);
  char text[16];
  std::snprintf(text, sizeof text, "%04d%02u%02u", static_cast<int>(date.year()) % 10000,
                static_cast<unsigned>(date.month()) % 100, static_cast<unsigned>(date.day()) % 100);
  return text;
}

std::chrono::sys_days day_of(std::int64_t utc_us) {
  return std::chrono::floor<std::chrono::days>(
      std::chrono::sys_time<std::chrono::microseconds>(std::chrono::microseconds(utc_us)));
}

}  // namespace

std::string days_before(const std::string& date, int days) {
  const auto part = [&](std::size_t at, std::size_t length) {
    return date.size() == 8 ? parse_number<unsigned>(std::string_view(date).substr(at, length)).value_or(1)
                            : 1;
  };
  const std::chrono::year_month_day start{std::chrono::year(static_cast<int>(part(0, 4))),
                                          std::chrono::month(part(4, 2)), std::chrono::day(part(6, 2))};
  return date_text(std::chrono::sys_days(start) - std::chrono::days(days));
}

Result<StudyList::Answer> StudyList::ask(const std::string& dates, std::uint64_t limit) const {
  model::RemoteQuery query;
  query.limit = limit;
  query.keys.push_back({kStudyDate, dates});
  for (const std::uint32_t tag : kAsked) query.keys.push_back({tag, ""});
  Answer answer;
  std::optional<Error> broken;
  const auto report = TRY(source_.remote->find(query, [&](const std::string& json) {
    auto study = read_answer(json);
    if (study.ok())
      answer.studies.push_back(std::move(*study));
    else
      broken = study.error();
    return !broken;
  }));
  if (broken)
    return fail(ErrorCode::BadGateway, source_.name() + " sent what cannot be read: " + broken->text());
  answer.cut = report.cut;
  return answer;
}

// The whole list has studies without a date, too, which no window finds.
Result<std::optional<std::vector<Value>>> StudyList::next() {
  if (ended_) return std::optional<std::vector<Value>>();
  if (!listed_ && cursor_.empty()) {
    Answer all = TRY(ask("", source_.options.list_limit));
    listed_ = true;
    ended_ = !all.cut;
    if (ended_) return std::optional(std::move(all.studies));
    cursor_ = date_text(day_of(now_us_) + std::chrono::days(1));  // it may be tomorrow where the source is
  }
  return next_window();
}

Result<std::optional<std::vector<Value>>> StudyList::next_window() {
  const std::string& earliest = source_.options.earliest;
  if (cursor_ < earliest) {
    Answer rest = TRY(ask("-" + cursor_, 0));
    ended_ = true;
    cursor_.clear();
    return std::optional(std::move(rest.studies));
  }
  for (;;) {
    const std::string from = std::max(days_before(cursor_, days_ - 1), earliest);
    // A single day is taken whole, however many studies it has.
    Answer window = TRY(ask(from + "-" + cursor_, days_ == 1 ? 0 : source_.options.list_limit));
    if (window.cut && days_ > 1) {
      days_ = std::max(days_ / 4, 1);
      continue;
    }
    if (window.studies.size() * 4 <= source_.options.list_limit) days_ = std::min(days_ * 2, kMostDays);
    cursor_ = days_before(from, 1);
    return std::optional(std::move(window.studies));
  }
}

}  // namespace gateway::sources
