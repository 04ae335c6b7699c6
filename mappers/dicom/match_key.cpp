// Matching keys: from names and values of a request to paths and terms (PS3.4 section C.2.2.2).
#include <algorithm>
#include <array>

#include "gateway/base/text.h"
#include "mappers/dicom/date_time.h"
#include "mappers/dicom/dictionary.h"
#include "mappers/dicom/match_terms.h"

namespace mappers::dicom {
namespace {

using gateway::Error;
using gateway::ErrorCode;
using gateway::fail;
using gateway::Result;
using gateway::split;
using gateway::trim;

constexpr std::size_t kMaxDepth = 8;            // sequences in a path
constexpr std::size_t kMaxAlternatives = 1024;  // of one key
constexpr std::size_t kMaxTogether = 64;        // values that all have to be there
constexpr std::size_t kMaxPattern = 1024;       // bytes
constexpr Tag kModalitiesInStudy = make_tag(0x00080061);

Error bad(std::string why) { return fail(ErrorCode::InvalidParameter, std::move(why)); }

std::optional<Tag> attribute_named(std::string_view name) {
  if (const auto tag = parse_tag(name)) return tag;
  const DictionaryEntry* entry = find_keyword(name);
  return entry ? std::optional(entry->tag) : std::nullopt;
}

VR vr_of(Tag tag) {
  const DictionaryEntry* entry = find(tag);
  return entry ? entry->vr : VR::UN;
}

// PS3.4 section C.2.2.2.4: the VRs that take wild cards.
bool takes_wildcards(VR vr) {
  static constexpr std::array kVrs = {VR::AE, VR::CS, VR::LO, VR::LT, VR::PN,
                                      VR::SH, VR::ST, VR::UC, VR::UR, VR::UT};
  return std::find(kVrs.begin(), kVrs.end(), vr) != kVrs.end();
}

// A backslash is a character of theirs.
bool is_running_text(VR vr) { return vr == VR::LT || vr == VR::ST || vr == VR::UT || vr == VR::UR; }

// Values of these VRs have no comma in them.
bool has_no_comma(VR vr) {
  static constexpr std::array kVrs = {VR::AS, VR::AT, VR::CS, VR::DA, VR::DS, VR::DT, VR::FD, VR::FL, VR::IS,
                                      VR::SL, VR::SS, VR::SV, VR::TM, VR::UI, VR::UL, VR::US, VR::UV};
  return std::find(kVrs.begin(), kVrs.end(), vr) != kVrs.end();
}

bool is_universal(std::string_view value, VR vr) {
  if (value.find_first_not_of('*') == std::string_view::npos) return true;
  return vr == VR::PN && value.find_first_not_of("^=") == std::string_view::npos;
}

std::vector<std::string_view> alternatives(const TagPath& path, std::string_view value, VR vr,
                                           const MatchOptions& options) {
  const bool list = vr == VR::UI || path.back() == kModalitiesInStudy;
  const bool several = list || (options.multiple_value && !is_running_text(vr));
  const bool commas = list || (several && has_no_comma(vr));
  std::vector<std::string_view> found;
  for (const std::string_view part : several ? split(value, '\\') : std::vector<std::string_view>{value})
    for (const std::string_view one : commas ? split(part, ',') : std::vector<std::string_view>{part})
      if (!trim(one).empty()) found.push_back(trim(one));
  return found;
}

Result<MatchTerm> range_term(const std::optional<TextRange>& range, const char* why) {
  if (!range) return bad(why);
  return MatchTerm{MatchTerm::Kind::Range, range->low, range->high};
}

Result<MatchTerm> parse_term(std::string_view value, VR vr) {
  switch (comparison_of(vr)) {
    case Comparison::Date:
      return range_term(parse_date_range(value), "not a date or date range: YYYYMMDD or YYYYMMDD-YYYYMMDD");
    case Comparison::Time:
      return range_term(parse_time_range(value), "not a time or time range: HHMMSS or HHMMSS-HHMMSS");
    case Comparison::Instant:
      return range_term(parse_instant_range(value), "not a date-time or range of date-times");
    case Comparison::Number:
      if (!parse_real(value)) return bad("not a number");
      return MatchTerm{MatchTerm::Kind::Literal, std::string(value), {}};
    case Comparison::None:
      return bad(vr == VR::SQ ? "a sequence is matched by an attribute in it: sequence.attribute"
                              : "binary values cannot be matched");
    default:
      break;
  }
  const bool wild = takes_wildcards(vr) && value.find_first_of("*?") != std::string_view::npos;
  if (wild && value.size() > kMaxPattern) return bad("the pattern is longer than 1024 bytes");
  return MatchTerm{wild ? MatchTerm::Kind::Wildcard : MatchTerm::Kind::Literal, std::string(value), {}};
}

// PS3.4 section C.2.2.2.8: the VRs of attributes all of whose values are to be matched.
bool has_multiple_values(Tag tag) {
  static constexpr std::array kVrs = {VR::AE, VR::AS, VR::AT, VR::CS, VR::LO, VR::PN, VR::SH, VR::UC};
  const DictionaryEntry* entry = find(tag);
  return entry && entry->multiplicity != "1" && std::find(kVrs.begin(), kVrs.end(), entry->vr) != kVrs.end();
}

}  // namespace

std::string path_text(const TagPath& path) {
  std::string text;
  for (const Tag tag : path) {
    if (!text.empty()) text += '.';
    append_hex(text, tag);
  }
  return text;
}

Result<std::optional<TagPath>> parse_tag_path(std::string_view name) {
  const std::vector<std::string_view> words = split(name, '.');
  if (!attribute_named(words.front())) return std::optional<TagPath>();
  const auto refuse = [&](std::string why) {
    return fail(ErrorCode::InvalidParameter, std::move(why), std::string(name));
  };
  if (words.size() > kMaxDepth + 1) return refuse("more than 8 sequences in each other");
  TagPath path;
  for (const std::string_view word : words) {
    const auto tag = attribute_named(word);
    if (!tag) return refuse("no such attribute: " + std::string(word));
    if (!path.empty() && vr_of(path.back()) != VR::SQ && vr_of(path.back()) != VR::UN)
      return refuse("not a sequence: " + hex(path.back()));
    path.push_back(*tag);
  }
  return std::optional(std::move(path));
}

Result<std::vector<MatchTerm>> parse_terms(const TagPath& path, std::string_view value, VR vr,
                                           const MatchOptions& options) {
  std::vector<MatchTerm> terms;
  if (is_universal(value, vr)) return terms;
  const std::vector<std::string_view> values = alternatives(path, value, vr, options);
  if (values.size() > kMaxAlternatives) return bad("more than 1024 alternatives");
  for (const std::string_view one : values) {
    if (is_universal(one, vr)) return std::vector<MatchTerm>();
    if (options.empty_value && one == "\"\"")
      terms.push_back({MatchTerm::Kind::Empty, {}, {}});
    else
      terms.push_back(TRY(parse_term(one, vr)));
  }
  return terms;
}

Result<MatchKey> parse_key(TagPath path, std::string_view value, const MatchOptions& options) {
  MatchKey key;
  key.vr = vr_of(path.back());
  key.value = value;
  key.options = options;
  if (key.vr == VR::UN && !is_universal(value, VR::UN))
    key.terms.push_back({MatchTerm::Kind::Literal, key.value, {}});  // parsed again by the VR of the object
  else
    key.terms = TRY(parse_terms(path, value, key.vr, options));
  key.path = std::move(path);
  return key;
}

Result<std::vector<MatchKey>> parse_keys(const TagPath& path, std::string_view value,
                                         const MatchOptions& options) {
  std::vector<MatchKey> keys;
  if (!options.multiple_value || !has_multiple_values(path.back())) {
    keys.push_back(TRY(parse_key(path, value, options)));
    return keys;
  }
  const auto values = alternatives(path, value, vr_of(path.back()), options);
  if (values.size() > kMaxTogether) return bad("more than 64 values that have to be there together");
  for (const std::string_view one : values) keys.push_back(TRY(parse_key(path, one, options)));
  return keys;
}

}  // namespace mappers::dicom
