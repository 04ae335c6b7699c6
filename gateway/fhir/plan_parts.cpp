#include "gateway/fhir/plan_parts.h"

#include "gateway/base/clock.h"

namespace gateway::fhir {
namespace {

using mappers::fhir::LocalTime;
constexpr std::int64_t kTwoDays = 2 * 86'400'000'000;
constexpr std::int64_t kFirst = -62'135'596'800'000'000;  // 0001-01-01
constexpr std::int64_t kLast = 253'402'300'799'999'999;   // 9999-12-31T23:59:59.999999

std::string day_text(std::int64_t utc_us) {
  const std::string text = iso8601(utc_us);
  return text.substr(0, 4) + text.substr(5, 2) + text.substr(8, 2);
}

std::int64_t clamp(std::int64_t utc_us) { return std::clamp(utc_us, kFirst, kLast); }

// Bounds of the only date; `text` writes a moment. They stay within the years 1 to 9999, which have texts
// that compare.
template <class Write>
std::optional<Bounds> bounds_of(const std::vector<DateValue>& dates, std::int64_t slack, Write text) {
  if (dates.size() != 1) return std::nullopt;
  const DateValue& date = dates[0];
  const std::int64_t first = date.span.first_us - slack, last = date.span.last_us + slack;
  const auto from = [&](std::int64_t us) { return Bounds{text(clamp(us)), "", !slack && us > kLast}; };
  const auto up_to = [&](std::int64_t us) { return Bounds{"", text(clamp(us)), !slack && us < kFirst}; };
  switch (date.prefix) {
    case Prefix::Ne:
      return std::nullopt;
    case Prefix::Gt:
    case Prefix::Sa:
      return from(slack ? first : last + 1);
    case Prefix::Lt:
    case Prefix::Eb:
      return up_to(slack ? last : first - 1);
    case Prefix::Ge:
      return from(first);
    case Prefix::Le:
      return up_to(last);
    case Prefix::Eq:
    case Prefix::Ap:
      break;
  }
  return Bounds{text(clamp(first)), text(clamp(last))};
}

}  // namespace

std::vector<Token> tokens_of(const Criterion& criterion) {
  std::vector<Token> tokens;
  for (const auto value : alternatives(criterion.value)) tokens.push_back(parse_token(value));
  return tokens;
}

Result<std::vector<DateValue>> dates_of(const Criterion& criterion, const PlanContext& context,
                                        bool as_calendar) {
  std::vector<DateValue> dates;
  const auto values = alternatives(criterion.value);
  if (values.size() > kMaxAlternatives)
    return fail(ErrorCode::InvalidParameter, "too many alternatives", criterion.name);
  for (const auto value : values) {
    const bool calendar = as_calendar && value.find('T') == std::string_view::npos;
    const LocalTime zone = calendar ? LocalTime() : LocalTime(context.face.render());
    dates.push_back(TRY(parse_date_value(value, criterion.name, zone, context.face.now_us())));
  }
  return dates;
}

bool any_matches(const std::vector<DateValue>& dates, const mappers::fhir::TimeSpan& span) {
  return std::any_of(dates.begin(), dates.end(), [&](const DateValue& date) { return date.matches(span); });
}

std::optional<Bounds> instant_bounds(const std::vector<DateValue>& dates) {
  return bounds_of(dates, 0, [](std::int64_t us) { return std::to_string(us); });
}

std::optional<Bounds> day_bounds(const std::vector<DateValue>& dates) {
  if (dates.size() == 1 && dates[0].has_time) return std::nullopt;
  return bounds_of(dates, 0, day_text);
}

std::optional<Bounds> loose_day_bounds(const std::vector<DateValue>& dates) {
  return bounds_of(dates, kTwoDays, day_text);
}

// Every identifier has a system: a token that asks for none finds nothing.
std::vector<std::string> identifier_keys_of(const std::vector<Token>& tokens,
                                            const mappers::fhir::RenderOptions& options) {
  std::vector<std::string> keys;
  for (const Token& token : tokens) {
    if (!token.system) {
      if (!token.code.empty()) keys.push_back(model::key_of_value(token.code));
      continue;
    }
    if (token.system->empty()) continue;
    for (const std::string& issuer : mappers::fhir::issuers_of(*token.system, options))
      keys.push_back(token.code.empty() ? model::key_of_issuer(issuer) : model::key_of(issuer, token.code));
  }
  return keys;
}

std::string bare_uid(std::string_view text) {
  constexpr std::string_view kOid = "urn:oid:";
  return std::string(text.starts_with(kOid) ? text.substr(kOid.size()) : text);
}

}  // namespace gateway::fhir
