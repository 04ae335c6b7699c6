#include "mappers/fhir/posix_zone.h"

#include <chrono>
#include <optional>

namespace mappers::fhir {
namespace {

// A day of the year and a time of it, as IEEE 1003.1 section 8.3 states them.
struct DayRule {
  char form = 'M';  // M: month, week and weekday; J: day 1 to 365 without 29 February; n: day 0 to 365
  int month = 0, week = 0, day = 0;
  std::int32_t seconds = 2 * 3600;
};

class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : rest_(text) {}

  bool name() {
    std::size_t end = 0;
    if (rest_.starts_with('<')) {
      end = rest_.find('>');
      if (end == std::string_view::npos) return false;
      ++end;
    } else {
      while (end < rest_.size() && (rest_[end] | 0x20) >= 'a' && (rest_[end] | 0x20) <= 'z') ++end;
    }
    rest_.remove_prefix(end);
    return end >= 3;
  }

  std::optional<int> number() {
    std::size_t end = 0;
    int value = 0;
    while (end < rest_.size() && end < 4 && rest_[end] >= '0' && rest_[end] <= '9')
      value = value * 10 + (rest_[end++] - '0');
    if (end == 0) return std::nullopt;
    rest_.remove_prefix(end);
    return value;
  }

  // [+-]hh[:mm[:ss]] in seconds
  std::optional<std::int32_t> time() {
    const int sign = rest_.starts_with('-') ? -1 : 1;
    if (rest_.starts_with('-') || rest_.starts_with('+')) rest_.remove_prefix(1);
    const auto hours = number();
    if (!hours || *hours > 167) return std::nullopt;
    std::int32_t seconds = *hours * 3600;
    for (int unit = 60; unit >= 1 && accept(':'); unit /= 60) {
      const auto part = number();
      if (!part || *part > 59) return std::nullopt;
      seconds += *part * unit;
    }
    return sign * seconds;
  }

  std::optional<DayRule> day() {
    DayRule rule;
    if (accept('M')) {
      const auto month = number();
      const auto week = accept('.') ? number() : std::nullopt;
      const auto day = accept('.') ? number() : std::nullopt;
      if (!month || !week || !day || *month < 1 || *month > 12 || *week < 1 || *week > 5 || *day > 6)
        return std::nullopt;
      rule.month = *month, rule.week = *week, rule.day = *day;
    } else {
      rule.form = accept('J') ? 'J' : 'n';
      const auto day = number();
      if (!day || *day > 365) return std::nullopt;
      rule.day = *day;
    }
    if (!accept('/')) return rule;
    const auto at = time();
    if (!at) return std::nullopt;
    rule.seconds = *at;
    return rule;
  }

  bool accept(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool at(char c) const { return rest_.starts_with(c); }

 private:
  std::string_view rest_;
};

// Local seconds at which the rule says to change in `year`.
std::int64_t seconds_of(const DayRule& rule, int year) {
  using namespace std::chrono;
  const sys_days first = std::chrono::year(year) / 1 / 1;
  sys_days date = first + days(rule.day);
  if (rule.form == 'J') {
    date = first + days(rule.day - 1);
    if (std::chrono::year(year).is_leap() && rule.day > 59) date += days(1);
  } else if (rule.form == 'M') {
    const year_month month = std::chrono::year(year) / rule.month;
    const weekday day(static_cast<unsigned>(rule.day));
    date = rule.week == 5 ? sys_days(month / day[last])
                          : sys_days(month / day[static_cast<unsigned>(rule.week)]);
  }
  return std::int64_t{date.time_since_epoch().count()} * 86'400 + rule.seconds;
}

}  // namespace

std::vector<ZoneChange> changes_of(std::string_view text, int last_year) {
  RuleReader reader(text);
  if (!reader.name()) return {};
  const auto west = reader.time();  // POSIX counts to the west
  if (!west || !reader.name()) return {};
  const std::int32_t standard = -*west;
  std::int32_t summer = standard + 3600;
  if (!reader.at(',')) {
    const auto said = reader.time();
    if (!said) return {};
    summer = -*said;
  }
  const auto start = reader.accept(',') ? reader.day() : std::nullopt;
  const auto end = reader.accept(',') ? reader.day() : std::nullopt;
  if (!start || !end) return {};
  std::vector<ZoneChange> changes;
  for (int year = 1970; year <= last_year; ++year) {
    const ZoneChange begins{seconds_of(*start, year) - standard, summer};
    const ZoneChange ends{seconds_of(*end, year) - summer, standard};
    changes.push_back(begins.at < ends.at ? begins : ends);
    changes.push_back(begins.at < ends.at ? ends : begins);
  }
  return changes;
}

}  // namespace mappers::fhir
