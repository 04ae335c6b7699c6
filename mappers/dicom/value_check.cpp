#include "mappers/dicom/value_check.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "gateway/base/text.h"

namespace mappers::dicom {
namespace {

using gateway::parse_number;
using gateway::split;

constexpr std::size_t kMaxValues = 64;  // of one attribute that are looked at

bool only(std::string_view text, std::string_view letters) {
  return text.find_first_not_of(letters) == std::string_view::npos;
}
bool digits(std::string_view text) { return !text.empty() && only(text, "0123456789"); }

// PS3.5 6.2 DA: YYYYMMDD of a day that exists.
bool is_date(std::string_view text) {
  if (text.size() != 8 || !digits(text)) return false;
  const std::chrono::year_month_day day(std::chrono::year(*parse_number<int>(text.substr(0, 4))),
                                        std::chrono::month(*parse_number<unsigned>(text.substr(4, 2))),
                                        std::chrono::day(*parse_number<unsigned>(text.substr(6, 2))));
  return day.ok();
}

// PS3.5 6.2 TM: HH[MM[SS[.F]]].
bool is_time(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot != std::string_view::npos) {
    if (dot != 6 || text.size() > 13 || !digits(text.substr(7))) return false;
    text = text.substr(0, 6);
  }
  if (text.size() > 6 || text.size() % 2 != 0 || !digits(text)) return false;
  constexpr std::array<int, 3> kMost = {23, 59, 60};
  for (std::size_t i = 0; i * 2 < text.size(); ++i)
    if (*parse_number<int>(text.substr(i * 2, 2)) > kMost[i]) return false;
  return true;
}

// PS3.5 6.2 DT: a date of at least a year, then as TM, then an offset from UTC.
bool is_date_time(std::string_view text) {
  if (const std::size_t sign = text.find_first_of("+-"); sign != std::string_view::npos) {
    if (text.size() - sign != 5 || !digits(text.substr(sign + 1))) return false;
    text = text.substr(0, sign);
  }
  if (text.size() > 8) return is_date(text.substr(0, 8)) && is_time(text.substr(8));
  if (text.size() == 8) return is_date(text);
  return (text.size() == 4 || text.size() == 6) && digits(text);
}

bool is_age(std::string_view text) {
  return text.size() == 4 && digits(text.substr(0, 3)) && only(text.substr(3), "DWMY");
}

bool is_code(std::string_view text) {
  return text.size() <= 16 && only(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _");
}

bool is_uid(std::string_view text) {
  if (text.size() > 64 || !only(text, "0123456789.")) return false;
  for (const std::string_view part : split(text, '.'))
    if (part.empty() || (part.size() > 1 && part[0] == '0')) return false;
  return true;
}

bool is_integer_text(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  return text.size() <= 12 && parse_number<std::int32_t>(text).has_value();
}

bool is_decimal_text(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  return text.size() <= 16 && only(text, "0123456789+-eE.") && parse_number<double>(text).has_value();
}

bool has_form(VR vr, std::string_view text) {
  switch (vr) {
    case VR::AS:
      return is_age(text);
    case VR::CS:
      return is_code(text);
    case VR::DA:
      return is_date(text);
    case VR::DS:
      return is_decimal_text(text);
    case VR::DT:
      return is_date_time(text);
    case VR::IS:
      return is_integer_text(text);
    case VR::TM:
      return is_time(text);
    case VR::UI:
      return is_uid(text);
    default:
      return true;
  }
}

bool is_judged(VR vr) {
  constexpr std::array kJudged = {VR::AS, VR::CS, VR::DA, VR::DS, VR::DT, VR::IS, VR::TM, VR::UI};
  return std::ranges::find(kJudged, vr) != kJudged.end();
}

// Enumerated values: PS3.3 C.7.1.1 and C.7.3.1. Letters, each one value.
bool is_allowed(Tag tag, std::string_view text) {
  if (tag == make_tag(0x00100040)) return text == "M" || text == "F" || text == "O";
  if (tag == make_tag(0x00200060)) return text == "L" || text == "R";
  return true;
}

bool is_bad(const Element& element) {
  std::size_t seen = 0;
  for (const std::string_view value : split(element.raw(), '\\')) {
    if (++seen > kMaxValues) return false;
    const std::string_view text = trim_padding(value, element.vr);
    if (text.empty()) continue;
    if (!has_form(element.vr, text) || !is_allowed(element.tag, text)) return true;
  }
  return false;
}

}  // namespace

std::vector<Tag> bad_values(const DataSet& data) {
  std::vector<Tag> bad;
  for (const Element& element : data.elements()) {
    if (element.tag.is_private() || element.tag.is_group_length() || element.by_reference) continue;
    if (is_judged(element.vr) && is_bad(element)) bad.push_back(element.tag);
  }
  return bad;
}

}  // namespace mappers::dicom
