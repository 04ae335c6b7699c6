#include "mappers/fhir/time_zone.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>

#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "mappers/fhir/dates.h"
#include "mappers/fhir/posix_zone.h"

namespace mappers::fhir {
namespace {

using gateway::ErrorCode;
using gateway::fail;
using gateway::Result;

constexpr std::size_t kMaxFile = 1u << 20;
constexpr int kLastYear = 2099;              // up to which the rule of the footer is laid out
constexpr std::int64_t kWidest = 26 * 3600;  // more than any offset (RFC 8536 section 3.2)

// Big-endian numbers and texts of a file, never beyond its end.
class Reader {
 public:
  explicit Reader(std::string_view rest) : rest_(rest) {}
  std::optional<std::string_view> take(std::size_t size) {
    if (size > rest_.size()) return std::nullopt;
    const std::string_view part = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return part;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

std::int64_t number(std::string_view bytes) {
  std::uint64_t value = bytes.size() == 4 && (bytes[0] & 0x80) ? ~std::uint64_t{0} : 0;
  for (const char c : bytes) value = value << 8 | static_cast<std::uint8_t>(c);
  return static_cast<std::int64_t>(value);
}

// RFC 8536 section 3.1
struct Header {
  char version = 0;
  std::size_t utc_flags = 0, standard_flags = 0, leaps = 0, times = 0, types = 0, characters = 0;
  std::size_t size_of_data(std::size_t time_size) const {
    return times * (time_size + 1) + types * 6 + characters + leaps * (time_size + 4) + standard_flags +
           utc_flags;
  }
};

std::optional<Header> read_header(Reader& reader) {
  const auto bytes = reader.take(44);
  if (!bytes || !bytes->starts_with("TZif")) return std::nullopt;
  Header header;
  header.version = (*bytes)[4];
  std::size_t at = 20;
  for (std::size_t* count : {&header.utc_flags, &header.standard_flags, &header.leaps, &header.times,
                             &header.types, &header.characters}) {
    *count = static_cast<std::size_t>(number(bytes->substr(at, 4)));
    if (*count > kMaxFile) return std::nullopt;
    at += 4;
  }
  return header;
}

std::int64_t days_of(std::string_view fhir_date) {
  const auto part = [&](std::size_t at, std::size_t size) {
    return gateway::parse_number<int>(fhir_date.substr(at, size)).value_or(0);
  };
  const auto day = std::chrono::year(part(0, 4)) / part(5, 2) / part(8, 2);
  return std::chrono::sys_days(day).time_since_epoch().count();
}

// Seconds of the day; a time that is not valid is the start of the day.
std::int64_t seconds_of(std::string_view tm) {
  std::string digits;
  for (const char c : tm.substr(0, tm.find('.')))
    if (c >= '0' && c <= '9') digits += c;
  digits.resize(6, '0');
  const auto part = [&](std::size_t at) {
    return gateway::parse_number<std::int64_t>(digits.substr(at, 2)).value_or(0);
  };
  return part(0) * 3600 + part(2) * 60 + part(4);
}

std::string text_of(std::int32_t offset) {
  const int minutes = std::abs(offset) / 60;
  std::string text = offset < 0 ? "-00:00" : "+00:00";
  text[1] += static_cast<char>(minutes / 600);
  text[2] += static_cast<char>(minutes / 60 % 10);
  text[4] += static_cast<char>(minutes % 60 / 10);
  text[5] += static_cast<char>(minutes % 10);
  return text;
}

bool is_zone_name(std::string_view name) {
  return name.size() < 64 && !name.starts_with('/') && name.find("..") == std::string_view::npos &&
         std::ranges::all_of(name, [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' ||
                  c == '_' || c == '-' || c == '+';
         });
}

}  // namespace

Result<TimeZone> TimeZone::load(std::string_view name, const std::string& database) {
  TimeZone zone;
  if (name.empty()) return zone;
  if (const std::string offset = fhir_offset(name); !offset.empty()) {
    const int hours = *gateway::parse_number<int>(offset.substr(1, 2));
    const int minutes = *gateway::parse_number<int>(offset.substr(4, 2));
    zone.spans_ = {{std::numeric_limits<std::int64_t>::min() / 2,
                    (hours * 60 + minutes) * (offset[0] == '-' ? -60 : 60)}};
    return zone;
  }
  if (!is_zone_name(name))
    return fail(ErrorCode::InvalidParameter, "neither an offset nor a name of a time zone",
                std::string(name));
  const auto content = gateway::read_file(database + "/" + std::string(name), kMaxFile);
  if (!content.ok())
    return fail(ErrorCode::NotFound, "the system's time zone database has no such zone", std::string(name));
  auto parsed = parse(*content);
  if (!parsed.ok()) parsed.error().where = std::string(name);
  return parsed;
}

// RFC 8536 section 3: the block of version 1 is skipped, the one with 64-bit times is read.
Result<TimeZone> TimeZone::parse(std::string_view tzif) {
  const auto bad = fail(ErrorCode::ProfileInvalid, "not a time zone file of version 2 or later (RFC 8536)");
  Reader reader(tzif);
  const auto old = read_header(reader);
  if (!old || old->version < '2' || !reader.take(old->size_of_data(4))) return bad;
  const auto header = read_header(reader);
  const auto data = header ? reader.take(header->size_of_data(8)) : std::nullopt;
  if (!data || header->types == 0) return bad;
  const std::string_view times = data->substr(0, header->times * 8);
  const std::string_view indexes = data->substr(times.size(), header->times);
  const std::string_view types = data->substr(times.size() + indexes.size(), header->types * 6);
  const auto offset_of = [&](std::size_t type) {
    return static_cast<std::int32_t>(number(types.substr(type * 6, 4)));
  };
  TimeZone zone;
  zone.spans_ = {{std::numeric_limits<std::int64_t>::min() / 2, offset_of(0)}};
  for (std::size_t i = 0; i < header->times; ++i) {
    const auto type = static_cast<std::uint8_t>(indexes[i]);
    const std::int64_t begin = number(times.substr(i * 8, 8));
    if (type >= header->types || begin <= zone.spans_.back().begin) return bad;
    zone.spans_.push_back({begin, offset_of(type)});
  }
  std::string_view rule = reader.rest();
  if (!rule.empty()) rule = rule.substr(1, rule.find('\n', 1) - 1);
  for (const auto& change : changes_of(rule, kLastYear))
    if (change.at > zone.spans_.back().begin) zone.spans_.push_back({change.at, change.offset});
  for (const Span& span : zone.spans_)
    if (std::abs(span.offset) >= kWidest) return bad;
  return zone;
}

std::string TimeZone::offset_at(std::string_view da, std::string_view tm) const {
  const std::string date = fhir_date(da);
  if (spans_.empty() || date.size() != 10) return {};
  const std::int64_t local = days_of(date) * 86'400 + seconds_of(tm);
  // The first span whose local times reach this one. Before a gap that is the one that ends there.
  const auto after = std::ranges::upper_bound(spans_, local - kWidest, {}, &Span::begin);
  std::size_t i = after == spans_.begin() ? 0 : static_cast<std::size_t>(after - spans_.begin()) - 1;
  while (i + 1 < spans_.size() && local >= spans_[i + 1].begin + spans_[i].offset &&
         local >= spans_[i + 1].begin + spans_[i + 1].offset)
    ++i;
  return text_of(spans_[i].offset);
}

}  // namespace mappers::fhir
