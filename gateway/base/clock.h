// Time as a dependency: whoever needs it takes a Clock, so that tests never sleep.
// Thread-safe.
#pragma once

#include <cstdint>
#include <string>

namespace gateway {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::int64_t utc_us() const = 0;     // microseconds since 1970-01-01T00:00:00Z
  virtual std::int64_t steady_us() const = 0;  // monotonic, for deadlines and durations

  static const Clock& system();
};

// 2026-11-22T18:08:56Z; with milliseconds on request (FHIR instant, log lines).
std::string iso8601(std::int64_t utc_us, bool milliseconds = false);
// Sun, 22 Nov 2026 18:08:56 GMT (RFC 9110 section 5.6.7).
std::string http_date(std::int64_t utc_us);

}  // namespace gateway
