// FHIR dateTime to DICOM date, time and offset (FHIR R4 datatypes, dateTime; PS3.5 table 6.2-1).
#include <array>
#include <chrono>
#include <cstdio>

#include "mappers/fhir/dates.h"
#include "mappers/fhir/manifest_parts.h"

namespace mappers::fhir::mado {
namespace {

std::string without(std::string_view text, char dropped) {
  std::string out;
  for (const char c : text)
    if (c != dropped) out += c;
  return out;
}

// "+02:00" and "Z" as "+0200" and "+0000"
std::string dicom_offset(std::string_view zone) { return zone == "Z" ? "+0000" : without(zone, ':'); }

std::int64_t offset_us(std::string_view offset) {
  const auto span = span_of("1970-01-01T00:00:00" + fhir_offset(offset));
  return span ? -span->first_us : 0;
}

// Microseconds of UTC as date and time of the clock that is `offset` away from it.
Moment local_moment(std::int64_t utc_us, std::string_view offset) {
  namespace chrono = std::chrono;
  const chrono::sys_time<chrono::microseconds> at{chrono::microseconds(utc_us + offset_us(offset))};
  const auto day = chrono::floor<chrono::days>(at);
  const chrono::year_month_day ymd(day);
  const chrono::hh_mm_ss clock(at - day);
  std::array<char, 48> date{}, time{};
  std::snprintf(date.data(), date.size(), "%04d%02u%02u", static_cast<int>(ymd.year()),
                static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()));
  std::snprintf(time.data(), time.size(), "%02d%02d%02d", static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  std::string text = time.data();
  if (const auto rest = clock.subseconds().count(); rest != 0) {
    std::snprintf(time.data(), time.size(), ".%06d", static_cast<int>(rest));
    text += time.data();
    while (text.ends_with('0')) text.pop_back();
  }
  return {date.data(), text, std::string(offset)};
}

}  // namespace

Moment moment_of(std::string_view text, std::string_view zone) {
  const auto span = span_of(text);
  if (!span) return {};
  const auto t = text.find('T');
  if (t == std::string_view::npos) return {without(text, '-'), {}, {}};
  const auto zone_at = text.find_first_of("Z+-", t);
  if (zone_at == std::string_view::npos) return {without(text.substr(0, t), '-'), {}, {}};
  const std::string offset = dicom_offset(text.substr(zone_at));
  if (!zone.empty() && zone != offset) return local_moment(span->first_us, zone);
  std::string time = without(text.substr(t + 1, zone_at - t - 1), ':');
  if (const auto dot = time.find('.'); dot != std::string::npos) time.resize(std::min(time.size(), dot + 7));
  return {without(text.substr(0, t), '-'), time, offset};
}

}  // namespace mappers::fhir::mado
