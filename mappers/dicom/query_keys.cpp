#include "mappers/dicom/query_keys.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "mappers/dicom/match_terms.h"

namespace mappers::dicom {
namespace {

using gateway::Error;
using gateway::ErrorCode;
using gateway::fail;
using gateway::Result;
using gateway::model::FieldRef;
using gateway::model::FieldType;
using gateway::model::Level;
using gateway::model::Match;
using Kind = MatchTerm::Kind;

constexpr Tag kSpecificCharacterSet = tags::kSpecificCharacterSet;
constexpr Tag kStudyDate = make_tag(0x00080020);
constexpr Tag kStudyTime = make_tag(0x00080030);

// Attributes of the patient and study modules (PS3.3 C.7.1, C.7.2) outside of the groups 0010, 0012 and 0032,
// sorted.
constexpr std::array<std::uint32_t, 18> kStudyAttributes = {
    0x00080005, 0x00080020, 0x00080030, 0x00080050, 0x00080051, 0x00080080,
    0x00080081, 0x00080090, 0x00080096, 0x00080201, 0x00081030, 0x00081032,
    0x00081048, 0x00081060, 0x0020000D, 0x00200010, 0x00380010, 0x00400012};
// Attributes of the series and equipment modules (PS3.3 C.7.3, C.7.5), sorted.
constexpr std::array<std::uint32_t, 24> kSeriesAttributes = {
    0x00080021, 0x00080031, 0x00080060, 0x00080068, 0x00080070, 0x00081010, 0x00081040, 0x0008103E,
    0x0008103F, 0x00081050, 0x00081070, 0x00081090, 0x00082218, 0x00180015, 0x00181000, 0x00181020,
    0x00181030, 0x00185100, 0x0020000E, 0x00200011, 0x00200052, 0x00200060, 0x00400244, 0x00400275};

// What the rows themselves say beside their instances: availability and counts.
constexpr std::array<std::uint32_t, 3> kOfStudyRows = {0x00080056, 0x00201206, 0x00201208};
constexpr std::array<std::uint32_t, 2> kOfSeriesRows = {0x00080056, 0x00201209};

template <class List>
bool contains(const List& list, Tag tag) {
  return std::binary_search(list.begin(), list.end(), tag.value());
}

bool is_of_rows(Level level, Tag tag) {
  return level == Level::Study ? contains(kOfStudyRows, tag) : contains(kOfSeriesRows, tag);
}

// A field of a record, or of kKeyFields.
struct Target {
  std::string field;
  Level level = Level::Study;
  FieldType type = FieldType::Text;
};

std::optional<Target> key_field(const TagPath& path) {
  for (const std::string_view field : gateway::model::kKeyFields) {
    const auto dot = field.find('.');
    if (field.substr(dot + 1) != path_text(path)) continue;
    return Target{std::string(field), field.starts_with("series") ? Level::Series : Level::Study,
                  FieldType::Text};
  }
  return std::nullopt;
}

// Records that hold less than the attribute may: the first of several names, a coded form of the value.
bool is_reduced(std::string_view field, const MatchKey& key) {
  if (field == "series.performing_physician" || field == "series.laterality") return true;
  return field == "subject.sex" && std::any_of(key.terms.begin(), key.terms.end(), [](const MatchTerm& term) {
           return term.low != "M" && term.low != "F" && term.low != "O";
         });
}

std::optional<Target> target_of(const MatchKey& key, Level level, const PathOfTag& path_of_tag) {
  if (auto target = key_field(key.path)) return target;
  if (key.path.size() > 1) return std::nullopt;
  const std::uint32_t tag = key.path.front().value();
  if (tag == 0x00080061) return Target{"study.modalities", Level::Study, FieldType::Text};
  if (tag == 0x00080062 && level == Level::Study)  // SOP Classes in Study
    return Target{"instance.sop_class_uid", Level::Instance, FieldType::Text};
  const auto field = path_of_tag(tag);
  const auto ref = field ? FieldRef::find(*field) : std::nullopt;
  if (!ref || ref->type() == FieldType::Codes || is_reduced(*field, key)) return std::nullopt;
  return Target{*field, ref->level(), ref->type()};
}

// Fields of instances, asked from above, would be a walk over all instances, but for these.
bool is_answered_at(const Target& target, Level level) {
  if (target.level <= level || target.level == Level::Series) return true;
  return target.field == "instance.uid" || target.field == "instance.sop_class_uid";
}

bool all_are(const MatchKey& key, std::initializer_list<Kind> kinds) {
  return std::all_of(key.terms.begin(), key.terms.end(), [&](const MatchTerm& term) {
    return std::find(kinds.begin(), kinds.end(), term.kind) != kinds.end();
  });
}

std::vector<std::string> lows(const MatchKey& key) {
  std::vector<std::string> values;
  for (const MatchTerm& term : key.terms) values.push_back(term.low);
  return values;
}

bool has_wildcards(const MatchKey& key) {
  return std::any_of(key.terms.begin(), key.terms.end(),
                     [](const MatchTerm& term) { return term.kind == Kind::Wildcard; });
}

// Numbers that are no integers equal none; then no value is left, which matches nothing.
std::vector<std::string> integers(const MatchKey& key) {
  std::vector<std::string> values;
  for (const MatchTerm& term : key.terms) {
    const double value = parse_real(term.low).value_or(NAN);
    if (value == std::floor(value) && std::abs(value) < 9e15)
      values.push_back(std::to_string(static_cast<std::int64_t>(value)));
  }
  return values;
}

// Nothing: the index has no way to say it.
std::optional<Match> to_match(const MatchKey& key, const Target& target) {
  Match match{target.field, Match::Kind::AnyOf, {}, {}, {}};
  if (key.terms.size() == 1 && key.terms[0].kind == Kind::Empty && target.field != "study.modalities") {
    match.kind = Match::Kind::Empty;
    return match;
  }
  if (key.terms.size() == 1 && key.terms[0].kind == Kind::Range) {
    match.kind = Match::Kind::Range;
    match.low = key.terms[0].low;
    match.high = key.terms[0].high;
    return match;
  }
  if (target.type == FieldType::Integer) {
    if (!all_are(key, {Kind::Literal})) return std::nullopt;
    match.values = integers(key);
    return match;
  }
  const bool name = target.type == FieldType::Name;
  if (!all_are(key, {Kind::Empty, Kind::Literal, Kind::Wildcard})) return std::nullopt;
  if (target.field == "study.modalities" && !all_are(key, {Kind::Literal})) return std::nullopt;
  if (name && key.options.fuzzy)
    match.kind = Match::Kind::Fuzzy;
  else if (!name && has_wildcards(key))
    match.kind = Match::Kind::Wildcard;
  match.values = lows(key);
  return match;
}

Error refuse(const MatchKey& key, std::string why) {
  return fail(ErrorCode::InvalidParameter, std::move(why), path_text(key.path));
}

const MatchKey* range_over(std::span<const MatchKey> keys, Tag tag) {
  for (const MatchKey& key : keys)
    if (key.path.size() == 1 && key.path[0] == tag && key.terms.size() == 1 &&
        key.terms[0].kind == Kind::Range && key.value.find('-') != std::string::npos)
      return &key;
  return nullptr;
}

// "093000.5" and "0930" as six digits.
std::string six_digits(std::string time, std::string_view rest) {
  time = time.substr(0, time.find('.'));
  std::erase(time, ':');
  return time + std::string(rest.substr(std::min(time.size(), rest.size())));
}

Match combined(const MatchTerm& date, const MatchTerm& time) {
  Match match{"study.started", Match::Kind::Between, {}, {}, {}};
  if (!date.low.empty()) match.low = date.low + six_digits(time.low, "000000");
  if (!date.high.empty()) match.high = date.high + six_digits(time.high, "235959");
  return match;
}

Result<void> plan_key(Level level, const MatchKey& key, const PathOfTag& path_of_tag, KeyPlan& plan) {
  const auto target = target_of(key, level, path_of_tag);
  if (target && is_answered_at(*target, level)) {
    if (auto match = to_match(key, *target)) {
      plan.matches.push_back(std::move(*match));
      return {};
    }
  }
  const Tag tag = key.path.front();
  if (!belongs_to(level, tag) && !is_of_rows(level, tag))
    return refuse(key, "this attribute cannot be matched at the " +
                           std::string(gateway::model::name_of(level)) + " level");
  plan.others.push_back(key);
  return {};
}

}  // namespace

bool belongs_to(Level level, Tag tag) {
  if (level == Level::Instance) return true;
  if (tag.group == 0x0010 || tag.group == 0x0012 || tag.group == 0x0032) return true;
  return contains(kStudyAttributes, tag) || (level == Level::Series && contains(kSeriesAttributes, tag));
}

Result<KeyPlan> plan_keys(Level level, std::span<const MatchKey> keys, const PathOfTag& path_of_tag,
                          bool combine_date_time) {
  KeyPlan plan;
  const MatchKey* date = combine_date_time ? range_over(keys, kStudyDate) : nullptr;
  const MatchKey* time = date ? range_over(keys, kStudyTime) : nullptr;
  if (time) plan.matches.push_back(combined(date->terms[0], time->terms[0]));
  for (const MatchKey& key : keys) {
    // (0008,0005) of a request is about the request; the two above are done.
    if (key.universal() || key.path.front() == kSpecificCharacterSet) continue;
    if (time && (&key == date || &key == time)) continue;
    TRY_VOID(plan_key(level, key, path_of_tag, plan));
  }
  return plan;
}

}  // namespace mappers::dicom
