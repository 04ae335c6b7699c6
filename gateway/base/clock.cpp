#include "gateway/base/clock.h"

#include <chrono>
#include <cstdio>
#include <ctime>

namespace gateway {
namespace {

template <class C>
std::int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(C::now().time_since_epoch()).count();
}

class SystemClock final : public Clock {
 public:
  std::int64_t utc_us() const override { return now_us<std::chrono::system_clock>(); }
  std::int64_t steady_us() const override { return now_us<std::chrono::steady_clock>(); }
};

std::tm broken_down(std::int64_t utc_us) {
  const std::time_t seconds = static_cast<std::time_t>(utc_us / 1'000'000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return parts;
}

}  // namespace

const Clock& Clock::system() {
  static const SystemClock clock;
  return clock;
}

std::string iso8601(std::int64_t utc_us, bool milliseconds) {
  const std::tm t = broken_down(utc_us);
  char text[48];
  int n = std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d", t.tm_year + 1900, t.tm_mon + 1,
                        t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec);
  if (milliseconds)
    n += std::snprintf(text + n, sizeof text - static_cast<std::size_t>(n), ".%03d",
                       static_cast<int>(utc_us % 1'000'000 / 1000));
  return std::string(text, static_cast<std::size_t>(n)) + "Z";
}

std::string http_date(std::int64_t utc_us) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::tm t = broken_down(utc_us);
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", kDays[t.tm_wday], t.tm_mday,
                kMonths[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
  return text;
}

}  // namespace gateway
