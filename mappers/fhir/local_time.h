// LocalTime: what dates and times without an offset from UTC mean: times of a zone with its daylight saving,
// of a fixed offset, or of UTC where nothing is configured.
//
// A day covers what it does in that place: 23 or 25 hours when clocks change. Immutable; thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "mappers/fhir/dates.h"
#include "mappers/fhir/render.h"

namespace mappers::fhir {

class LocalTime {
 public:
  LocalTime() = default;
  LocalTime(std::string offset) : offset_(std::move(offset)) {}  // NOLINT: "+01:00"
  LocalTime(const char* offset) : offset_(offset) {}             // NOLINT
  explicit LocalTime(const RenderOptions& options)
      : offset_(fhir_offset(options.zone_offset)), zone_(options.zone) {}

  // First and last microsecond (UTC) that a FHIR date or dateTime covers; one with an offset means that.
  std::optional<TimeSpan> span_of(std::string_view fhir_date_time) const;

 private:
  std::int64_t offset_us_at(std::int64_t local_us) const;
  std::string offset_;
  std::shared_ptr<const TimeZone> zone_;  // goes before the offset
};

}  // namespace mappers::fhir
