#include "gateway/catalogue/check_calendar.h"

#include <algorithm>
#include <chrono>

#include "gateway/base/log.h"

namespace gateway::catalogue {
namespace {

constexpr std::int64_t kDayUs = 86'400'000'000;
constexpr auto kPeep = std::chrono::minutes(10);  // how often the thread looks whether a day has passed

}  // namespace

std::int64_t year_later(std::int64_t utc_us) {
  using namespace std::chrono;
  const sys_time<microseconds> moment{microseconds(utc_us)};
  const auto day = floor<days>(moment);
  year_month_day date = year_month_day(day) + years(1);
  if (!date.ok()) date = date.year() / date.month() / last;
  return (sys_days(date) + (moment - day)).time_since_epoch() / microseconds(1);
}

CheckDue check_due(const model::DatasetRow& row, std::int64_t now_us) {
  CheckDue due{row.id, row.checked_us, 0, false};
  if (row.published_us == 0) return due;
  due.due_us = year_later(std::max(row.checked_us, row.first_published_us));
  due.overdue = due.due_us <= now_us;
  return due;
}

std::vector<CheckDue> check_calendar(const std::vector<model::DatasetRow>& rows, std::int64_t now_us) {
  std::vector<CheckDue> calendar;
  for (const auto& row : rows)
    if (row.published_us) calendar.push_back(check_due(row, now_us));
  std::stable_sort(calendar.begin(), calendar.end(),
                   [](const CheckDue& a, const CheckDue& b) { return a.due_us < b.due_us; });
  return calendar;
}

Result<int> CheckReminder::remind() {
  const std::int64_t now_us = clock_.utc_us();
  {
    const std::lock_guard lock(mutex_);
    if (reminded_us_ && now_us - reminded_us_ < kDayUs) return -1;
  }
  int overdue = 0;
  for (const CheckDue& due : check_calendar(TRY(datasets_.list()), now_us)) {
    if (!due.overdue) break;
    ++overdue;
    log::warning("dataset description not checked for a year",
                 {{"dataset", due.id}, {"checked", iso8601(due.checked_us)}, {"due", iso8601(due.due_us)}});
  }
  const std::lock_guard lock(mutex_);
  reminded_us_ = now_us;
  return overdue;
}

void CheckReminder::start() {
  const std::lock_guard lock(mutex_);
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
}

void CheckReminder::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void CheckReminder::run() {
  for (;;) {
    if (const auto done = remind(); !done)
      log::warning("yearly checks could not be looked up", {{"error", done.error().text()}});
    std::unique_lock lock(mutex_);
    if (wake_.wait_for(lock, kPeep, [this] { return stopping_; })) return;
  }
}

}  // namespace gateway::catalogue
