#include "mappers/fhir/local_time.h"

#include "gateway/base/clock.h"

namespace mappers::fhir {
namespace {

constexpr std::string_view kEpoch = "1970-01-01T00:00:00";

bool has_offset(std::string_view text) {
  const std::size_t time = text.find('T');
  return time != std::string_view::npos && text.find_first_of("Z+-", time) != std::string_view::npos;
}

}  // namespace

std::optional<TimeSpan> LocalTime::span_of(std::string_view text) const {
  if (!zone_ || has_offset(text)) return mappers::fhir::span_of(text, offset_);
  auto span = mappers::fhir::span_of(text);
  if (!span) return span;
  span->first_us -= offset_us_at(span->first_us);
  span->last_us -= offset_us_at(span->last_us);
  return span;
}

// Of a local time, written as if it were UTC.
std::int64_t LocalTime::offset_us_at(std::int64_t local_us) const {
  const std::string local = gateway::iso8601(local_us);  // "2024-07-01T10:00:00Z"
  const std::string da = local.substr(0, 4) + local.substr(5, 2) + local.substr(8, 2);
  const std::string tm = local.substr(11, 2) + local.substr(14, 2) + local.substr(17, 2);
  std::string offset = zone_->offset_at(da, tm);
  if (offset.empty()) offset = offset_;
  const auto shifted = mappers::fhir::span_of(std::string(kEpoch) + offset, "+00:00");
  return shifted ? -shifted->first_us : 0;
}

}  // namespace mappers::fhir
