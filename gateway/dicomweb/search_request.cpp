#include "gateway/dicomweb/search_request.h"

#include <algorithm>

#include "gateway/base/text.h"
#include "mappers/dicom/dictionary.h"

namespace gateway::dicomweb {
namespace {

using mappers::dicom::DictionaryEntry;
using mappers::dicom::Tag;
using mappers::dicom::VR;
using model::Level;
using model::Match;

constexpr std::uint32_t kModalitiesInStudy = 0x00080061;
constexpr std::uint32_t kStudyInstanceUid = 0x0020000D;
constexpr std::uint32_t kSeriesInstanceUid = 0x0020000E;

// The attribute that a tag ("00100020", "0010,0020" is not one) or keyword names; nullopt when it names none.
std::optional<Tag> attribute_named(std::string_view name) {
  if (const auto tag = mappers::dicom::parse_tag(name)) return tag;
  const DictionaryEntry* entry = mappers::dicom::find_keyword(name);
  return entry ? std::optional(entry->tag) : std::nullopt;
}

VR vr_of(Tag tag) {
  const DictionaryEntry* entry = mappers::dicom::find(tag);
  return entry ? entry->vr : VR::UN;
}

// "1994.01.30", the form of ACR-NEMA that PS3.5 section 6.2 still allows readers to meet, as the index has
// it.
std::string without_dots(std::string_view value) {
  std::string text(value);
  std::erase(text, '.');
  return text;
}

Error bad(std::string_view name, std::string why) {
  return fail(ErrorCode::InvalidParameter, std::move(why), std::string(name));
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// PS3.5 table 6.2-1: DA is eight digits; TM is HH[MM[SS[.F]]].
bool is_date(std::string_view text) { return text.size() == 8 && is_digits(text); }
bool is_time(std::string_view text) {
  const auto dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  if (whole.size() % 2 != 0 || whole.size() < 2 || whole.size() > 6 || !is_digits(whole)) return false;
  return dot == std::string_view::npos || (whole.size() == 6 && is_digits(text.substr(dot + 1)));
}

// PS3.4 section C.2.2.2.5, range matching: "a-b", "-b", "a-", "a".
Result<void> parse_range(std::string_view name, std::string_view value, bool date, Match& match) {
  const auto valid = [&](std::string_view text) {
    return text.empty() || (date ? is_date(text) : is_time(text));
  };
  const std::string undotted = date ? without_dots(value) : std::string(value);
  value = undotted;
  const auto dash = value.find('-');
  const std::string_view low = value.substr(0, dash);
  const std::string_view high = dash == std::string_view::npos ? low : value.substr(dash + 1);
  if (!valid(low) || !valid(high) || (low.empty() && high.empty()))
    return bad(name,
               date ? "not a date or date range: YYYYMMDD or YYYYMMDD-YYYYMMDD" : "not a time or time range");
  match.kind = Match::Kind::Range;
  match.low = low;
  match.high = high;
  // A time with less precision covers all it is short for: -10 means up to 10:59:59.
  if (!date && !match.high.empty() && match.high.size() < 6)
    match.high.append("595959", match.high.size(), 6);
  if (!date && !match.high.empty() && match.high.find('.') == std::string::npos) match.high += ".999999";
  return {};
}

bool has_wildcards(VR vr) {
  switch (vr) {
    case VR::AE:
    case VR::CS:
    case VR::LO:
    case VR::LT:
    case VR::PN:
    case VR::SH:
    case VR::ST:
    case VR::UC:
    case VR::UR:
    case VR::UT:
      return true;
    default:
      return false;
  }
}

// PS3.4 section C.2.2.2: the kind of matching follows from VR and value. No match is added for universal
// matching.
Result<void> add_match(std::string_view name, std::string_view value, VR vr, std::string field,
                       SearchRequest& out) {
  Match match;
  match.field = std::move(field);
  if (vr == VR::PN && value.find_first_not_of('^') == std::string_view::npos)
    return {};  // a name of empty components
  if (vr == VR::DA || vr == VR::TM) {
    TRY_VOID(parse_range(name, value, vr == VR::DA, match));
  } else if (vr == VR::UI || match.field == "study.modalities") {
    // Lists of UIDs use commas (PS3.18 section 8.3.4.1); many clients keep the backslash of DIMSE.
    std::string list(value);
    std::replace(list.begin(), list.end(), '\\', ',');
    for (const std::string_view item : split(list, ','))
      if (!trim(item).empty()) match.values.emplace_back(trim(item));
  } else {
    match.kind = has_wildcards(vr) && value.find_first_of("*?") != std::string_view::npos
                     ? Match::Kind::Wildcard
                     : Match::Kind::AnyOf;
    match.values.emplace_back(value);
  }
  out.query.matches.push_back(std::move(match));
  return {};
}

// A key may be of the level searched or above; a study may also be found by the modalities in it.
bool searchable(std::string_view field, Level level) {
  if (field == "study.modalities") return true;
  const auto ref = model::FieldRef::find(field);
  return ref && ref->level() <= level;
}

// An empty value matches everything and asks for the attribute (PS3.4 section C.2.2.2.3).
bool is_universal(std::string_view value) { return value.empty() || value == "*"; }

Result<void> parse_key(std::string_view name, std::string_view value, Level level, const SearchRules& rules,
                       SearchRequest& out) {
  const auto dot = name.find('.');
  const auto tag = attribute_named(name.substr(0, dot));
  if (!tag) return {};  // section 8.3.4: unknown parameters are ignored
  if (dot != std::string_view::npos) return bad(name, "matching inside of sequences is not supported");
  out.include.insert(
      mappers::dicom::hex(*tag));  // section 10.6.3.3: what was matched on is part of the result
  if (is_universal(value)) return {};
  std::optional<std::string> field =
      tag->value() == kModalitiesInStudy ? "study.modalities" : rules.path_of_tag(tag->value());
  if (!field || !searchable(*field, level))
    return bad(name,
               "this attribute cannot be matched at the " + std::string(model::name_of(level)) + " level");
  return add_match(name, value, vr_of(*tag), std::move(*field), out);
}

Result<void> parse_include(std::string_view value, SearchRequest& out) {
  for (const std::string_view item : split(value, ',')) {
    const std::string_view name = trim(item);
    if (name.empty()) continue;
    if (name == "all") {
      out.include_all = true;
      continue;
    }
    const auto tag = attribute_named(split(name, '.').front());
    if (!tag) return bad("includefield", "no such attribute: " + std::string(name));
    out.include.insert(mappers::dicom::hex(*tag));
  }
  return {};
}

Result<void> parse_paging(std::string_view name, std::string_view value, const SearchRules& rules,
                          SearchRequest& out) {
  const auto number = parse_number<std::uint64_t>(value);
  if (!number) return bad(name, "not a non-negative whole number");
  if (name == "offset")
    out.query.offset = std::min<std::uint64_t>(*number, 1ull << 40);
  else
    out.query.limit = static_cast<std::uint32_t>(std::min<std::uint64_t>(*number, rules.max_results));
  return {};
}

// Section 8.3.4: what is asked for and not supported is said in the words of the standard.
Result<void> parse_switch(std::string_view name, std::string_view value, std::string_view service,
                          SearchRequest& out) {
  if (value != "true" && value != "false") return bad(name, "must be true or false");
  if (value == "true")
    out.warnings.push_back(std::string(service) + ": The " + std::string(name) +
                           " parameter is not supported. Only literal matching has been performed.");
  return {};
}

// The UIDs in the path are keys like any other.
void add_path_keys(const http::Request& request, SearchRequest& out) {
  for (const auto& [param, field] : {std::pair("study", "study.uid"), std::pair("series", "series.uid")})
    if (const std::string_view uid = request.param(param); !uid.empty())
      out.query.matches.push_back({field, Match::Kind::AnyOf, {std::string(uid)}, {}, {}});
}

}  // namespace

Result<SearchRequest> parse_search(const http::Request& request, Level level, const SearchRules& rules) {
  SearchRequest out;
  out.query.level = level;
  out.query.limit = rules.max_results;
  out.with_study = level != Level::Study && request.param("study").empty();
  out.with_series = level == Level::Instance && request.param("series").empty();
  add_path_keys(request, out);
  for (const auto& [name, value] : request.query) {
    if (name == "includefield")
      TRY_VOID(parse_include(value, out));
    else if (name == "limit" || name == "offset")
      TRY_VOID(parse_paging(name, value, rules, out));
    else if (name == "fuzzymatching" || name == "emptyvaluematching" || name == "multiplevaluematching")
      TRY_VOID(parse_switch(name, value, rules.service, out));
    else
      TRY_VOID(parse_key(name, value, level, rules, out));
  }
  return out;
}

}  // namespace gateway::dicomweb
