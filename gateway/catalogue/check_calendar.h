// The yearly check of dataset descriptions (Regulation (EU) 2025/327 Art 60(3): the data holder checks at
// least once a year that the description in the national catalogue is accurate and up to date).
//
// Functions are pure. A CheckReminder writes the overdue ones to the log, once a day, from a thread of its
// own; thread-safe; service and clock must outlive it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/catalogue/dataset_service.h"

namespace gateway::catalogue {

struct CheckDue {
  std::string id;
  std::int64_t checked_us = 0;
  std::int64_t due_us = 0;  // the same day of the next year
  bool overdue = false;
};

// The same moment a year later; of 29 February the 28th.
std::int64_t year_later(std::int64_t utc_us);
// When the description has to be checked next; nothing is due for what is not published.
CheckDue check_due(const model::DatasetRow& row, std::int64_t now_us);
// Of all published ones, most urgent first.
std::vector<CheckDue> check_calendar(const std::vector<model::DatasetRow>& rows, std::int64_t now_us);

class CheckReminder {
 public:
  explicit CheckReminder(const DatasetService& datasets, const Clock& clock = Clock::system())
      : datasets_(datasets), clock_(clock) {}
  ~CheckReminder() { stop(); }

  // Names what is overdue in the log unless that was done within the last day; the number of them, or -1 when
  // it was not yet time.
  Result<int> remind();
  void start();
  void stop();

 private:
  void run();

  const DatasetService& datasets_;
  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::int64_t reminded_us_ = 0;  // 0: never
  std::thread thread_;
};

}  // namespace gateway::catalogue
