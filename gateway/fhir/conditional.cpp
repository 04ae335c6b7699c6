#include "gateway/fhir/conditional.h"

#include <array>
#include <chrono>

#include "gateway/base/text.h"
#include "gateway/http/conditional.h"

namespace gateway::fhir {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::optional<int> number_at(std::string_view text, std::size_t at, std::size_t length) {
  return parse_number<int>(text.substr(at, length));
}

}  // namespace

std::string etag_of(std::string_view version) { return "W/\"" + std::string(version) + "\""; }

// "Sun, 22 Nov 2026 18:08:56 GMT"
std::optional<std::int64_t> parse_http_date(std::string_view text) {
  if (text.size() != 29 || !text.ends_with(" GMT") || text[7] != ' ' || text[11] != ' ') return std::nullopt;
  unsigned month = 0;
  while (month < 12 && kMonths[month] != text.substr(8, 3)) ++month;
  const auto day = number_at(text, 5, 2), year = number_at(text, 12, 4), hour = number_at(text, 17, 2),
             minute = number_at(text, 20, 2), second = number_at(text, 23, 2);
  if (month == 12 || !day || !year || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(month + 1),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return (((days * 24 + *hour) * 60 + *minute) * 60 + *second) * kSecond;
}

bool is_not_modified(const http::Request& request, std::string_view version, std::int64_t updated_us) {
  if (request.headers.has("If-None-Match"))
    return http::not_modified(request, "\"" + std::string(version) + "\"");
  const auto since = parse_http_date(request.headers.get("If-Modified-Since"));
  return since && updated_us / kSecond <= *since / kSecond;
}

Result<std::optional<std::string>> version_of(std::string_view if_match) {
  std::string_view text = trim(if_match);
  if (text.empty()) return std::optional<std::string>();
  if (text.starts_with("W/")) text.remove_prefix(2);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  if (text.empty() || text.find_first_of("\", ") != std::string_view::npos)
    return fail(ErrorCode::InvalidParameter, "one version is expected, as W/\"3\"", "If-Match");
  return std::optional(std::string(text));
}

Result<void> check_version(const std::optional<std::string>& asked, std::string_view version) {
  if (!asked || *asked == version || (*asked == "*" && !version.empty())) return {};
  return fail(ErrorCode::PreconditionFailed,
              version.empty() ? std::string("there is nothing stored, so no version matches")
                              : "the current version is " + std::string(version) + ", not " + *asked,
              "If-Match");
}

}  // namespace gateway::fhir
