#include "gateway/sources/live_query.h"

#include <algorithm>

#include "gateway/sources/answers.h"
#include "mappers/dicom/dictionary.h"

namespace gateway::sources {
namespace {

namespace dicom = mappers::dicom;
using dicom::MatchTerm;
using model::Level;
using model::Match;

constexpr std::uint32_t kStudyDate = 0x00080020;
constexpr std::uint32_t kModality = 0x00080060;
constexpr std::uint32_t kModalitiesInStudy = 0x00080061;
constexpr std::uint32_t kSopClass = 0x00080016;
constexpr std::uint32_t kSopClassesInStudy = 0x00080062;
constexpr std::uint32_t kPatientId = 0x00100020;
constexpr std::uint32_t kPatientIssuer = 0x00100021;

// What is asked for anyway (PS3.18 tables 10.6.3-3 to 10.6.3-5).
constexpr std::uint32_t kStudyAnswer[] = {0x00080020, 0x00080030, 0x00080050, 0x00080061, 0x00080090,
                                          0x00081030, 0x00100010, 0x00100020, 0x00100021, 0x00100030,
                                          0x00100040, 0x0020000D, 0x00200010, 0x00201206, 0x00201208};
constexpr std::uint32_t kSeriesAnswer[] = {0x00080060, 0x0008103E, 0x0020000E, 0x00200011,
                                           0x00201209, 0x00400244, 0x00400245};
constexpr std::uint32_t kInstanceAnswer[] = {0x00080016, 0x00080018, 0x00200013, 0x00280008,
                                             0x00280010, 0x00280011, 0x00280100, 0x00083002};

std::optional<Level> level_of(std::string_view field) {
  if (field.starts_with("subject.") || field.starts_with("study.")) return Level::Study;
  if (field.starts_with("series.")) return Level::Series;
  if (field.starts_with("instance.")) return Level::Instance;
  return std::nullopt;
}

bool is_uid(std::uint32_t tag) {
  const auto* entry = dicom::find(dicom::make_tag(tag));
  return entry && entry->vr == dicom::VR::UI;
}

std::string joined(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : "\\") + value;
  return text;
}

bool is_name(std::uint32_t tag) {
  const auto* entry = dicom::find(dicom::make_tag(tag));
  return entry && entry->vr == dicom::VR::PN;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0; });
}

// A search here finds a name by one of its component groups (PS3.5 section 6.2.1.1), while sources compare
// the whole value: what stands around the group is left open.
std::string name_value(std::string name) {
  name.erase(name.find_last_not_of("^= *") + 1);
  if (name.empty()) return {};
  return (is_ascii(name) ? "" : "*") + name + "*";
}

bool is_number(std::uint32_t tag) {
  const auto* entry = dicom::find(dicom::make_tag(tag));
  return entry && (entry->vr == dicom::VR::IS || entry->vr == dicom::VR::DS);
}

// The value of a key that finds at least what the match does; empty: everything. Sources compare numbers as
// text, with padding or zeros in front: all are asked for.
std::string key_value(const Match& match, std::uint32_t tag) {
  if (is_number(tag)) return {};
  const bool one = match.values.size() == 1;
  switch (match.kind) {
    case Match::Kind::AnyOf:
      if (one && is_name(tag)) return name_value(match.values.front());
      return one || is_uid(tag) ? joined(match.values) : std::string();
    case Match::Kind::Wildcard:
      if (one && is_name(tag)) return name_value(match.values.front());
      return one ? match.values.front() : std::string();
    case Match::Kind::Range: {
      const auto* entry = dicom::find(dicom::make_tag(tag));
      const bool dated = entry && (entry->vr == dicom::VR::DA || entry->vr == dicom::VR::TM);
      const bool over_midnight = !match.low.empty() && !match.high.empty() && match.low > match.high;
      if (!dated || over_midnight) return {};
      return match.low == match.high ? match.low : match.low + "-" + match.high;
    }
    default:
      return {};
  }
}

dicom::MatchKey test_of(const Match& match, dicom::TagPath path) {
  dicom::MatchKey key;
  key.path = std::move(path);
  const std::uint32_t tag = key.path.back().value();
  const auto* entry = dicom::find(key.path.back());
  key.vr = entry ? entry->vr : dicom::VR::UN;
  key.options.fuzzy = match.kind == Match::Kind::Fuzzy;
  key.options.empty_value = match.kind == Match::Kind::Empty;
  if (match.kind == Match::Kind::Range)
    key.terms.push_back({MatchTerm::Kind::Range, match.low, match.high});
  else if (match.kind == Match::Kind::Empty)
    key.terms.push_back({MatchTerm::Kind::Empty, {}, {}});
  for (const std::string& value : match.values) {
    const bool wild =
        match.kind != Match::Kind::Range && value.find_first_of("*?") != std::string::npos && !is_uid(tag);
    key.terms.push_back({wild ? MatchTerm::Kind::Wildcard : MatchTerm::Kind::Literal, value, {}});
  }
  return key;
}

Result<dicom::MatchKey> test_of(const model::AttributeKey& key) {
  dicom::TagPath path;
  for (const std::uint32_t tag : key.path) path.push_back(dicom::make_tag(tag));
  return dicom::parse_key(std::move(path), key.value, {key.fuzzy, key.empty_value, key.multiple_value});
}

// The value that a source gets for a key that is no field: all are asked for where peers do not match, or
// match differently, so that the test decides.
std::string key_value(const model::AttributeKey& key) {
  if (key.path.size() > 1 || key.fuzzy || key.empty_value || key.multiple_value) return {};
  return is_name(key.path.front()) ? name_value(key.value) : key.value;
}

// A source whose answers are in a character set without the letters of the name loses them; it has matched.
bool is_name_lost(const Value& answer, const dicom::MatchKey& test) {
  if (test.vr != dicom::VR::PN || test.path.size() > 1) return false;
  const bool ascii = std::all_of(test.terms.begin(), test.terms.end(),
                                 [](const MatchTerm& term) { return is_ascii(term.low); });
  const Value* element = answer.find(dicom::hex(test.path.front()));
  const Value* values = element ? element->find("Value") : nullptr;
  if (ascii || !values || !values->as_list()) return !ascii;
  return std::all_of(values->as_list()->begin(), values->as_list()->end(), [](const Value& name) {
    return is_ascii(name.text("Alphabetic")) && is_ascii(name.text("Ideographic")) &&
           is_ascii(name.text("Phonetic"));
  });
}

// Whether the answer speaks of what is tested. Sources may leave out what is optional, and what a study says
// of its series is often empty where it is not supported; of a sequence that is not there no item matches.
bool is_said(const Value& answer, const dicom::MatchKey& test) {
  if (is_name_lost(answer, test)) return false;
  const std::uint32_t tag = test.path.front().value();
  if (test.path.size() > 1) return true;
  if (tag == kModalitiesInStudy || tag == kSopClassesInStudy)
    return !texts_of(answer, dicom::hex(test.path.front())).empty();
  return answer.find(dicom::hex(test.path.front())) != nullptr;
}

std::string identity_of(const model::Query& query) {
  std::string text = std::string(name_of(query.level));
  const auto add = [&](std::string_view part) { text.append("\x1F").append(part); };
  for (const Match& match : query.matches) {
    add(match.field + "=" + std::to_string(static_cast<int>(match.kind)));
    for (const std::string& value : match.values) add(value);
    add(match.low + "-" + match.high);
  }
  for (const model::AttributeKey& key : query.others) {
    for (const std::uint32_t tag : key.path) add(std::to_string(tag));
    add(key.value);
    add(std::string(key.fuzzy ? "f" : "") + (key.empty_value ? "e" : "") + (key.multiple_value ? "m" : ""));
  }
  for (const std::uint32_t tag : query.include) add(std::to_string(tag));
  return text;
}

class Maker {
 public:
  Maker(const model::Query& query, const model::RemoteIdentity& identity, const TagOfPath& tag_of_path)
      : query_(query), identity_(identity), tag_of_path_(tag_of_path) {
    made_.level = query.level;
    made_.identity = identity_of(query);
  }

  Result<LiveQuery> make() {
    for (const Match& match : query_.matches) TRY(add(match));
    for (const model::AttributeKey& key : query_.others) TRY(add(key));
    ask(Level::Study, kStudyAnswer);
    if (query_.level >= Level::Series) ask(Level::Series, kSeriesAnswer);
    if (query_.level >= Level::Instance) ask(Level::Instance, kInstanceAnswer);
    ask(query_.level, query_.include);
    return std::move(made_);
  }

 private:
  Result<void> add(const Match& match) {
    if (match.kind == Match::Kind::Between) {
      made_.started_from = match.low;
      made_.started_to = match.high;
      put(Level::Study, kStudyDate, match.low.substr(0, 8) + "-" + match.high.substr(0, 8));
      return {};
    }
    std::optional<std::uint32_t> tag =
        match.field == "study.modalities" ? kModalitiesInStudy : tag_of_path_(match.field);
    const auto level = level_of(match.field);
    if (!tag && level) return add_by_path(match, *level);
    if (!tag || !level) return cannot(match.field);
    Level at = *level;
    if (at > query_.level) {  // asked from above: only what the study says of its parts
      if (*tag == kModality && query_.level == Level::Study)
        tag = kModalitiesInStudy;
      else if (*tag == kSopClass && query_.level == Level::Study)
        tag = kSopClassesInStudy;
      else
        return cannot(match.field);
      at = Level::Study;
    }
    put(at, *tag, mapped(*tag, key_value(match, *tag)));
    made_.tests.push_back(test_of(match, {dicom::make_tag(*tag)}));
    return {};
  }

  // Fields that are named by their attribute: model::kKeyFields. Few sources match inside of sequences.
  Result<void> add_by_path(const Match& match, Level level) {
    auto path = TRY(dicom::parse_tag_path(match.field.substr(match.field.find('.') + 1)));
    if (!path || level > query_.level) return cannot(match.field);
    const std::uint32_t tag = path->front().value();
    put(level, tag, path->size() == 1 ? key_value(match, tag) : std::string());
    made_.tests.push_back(test_of(match, std::move(*path)));
    return {};
  }

  Result<void> add(const model::AttributeKey& key) {
    made_.tests.push_back(TRY(test_of(key)));
    put(query_.level, key.path.front(), key_value(key));
    return {};
  }

  // The value of an identifier within the walls of the source.
  std::string mapped(std::uint32_t tag, std::string value) {
    if (tag == kPatientIssuer && !identity_.patient_issuer.empty()) return {};
    const std::string& prefix = identity_.patient_prefix;
    if (tag != kPatientId || prefix.empty() || value.empty()) return value;
    if (value.starts_with(prefix)) return value.substr(prefix.size());
    if (value.find_first_of("*?") == std::string::npos) made_.nothing = true;
    return {};
  }

  void put(Level level, std::uint32_t tag, std::string value) {
    auto& keys = made_.keys[level];
    const auto found =
        std::find_if(keys.begin(), keys.end(), [&](const auto& key) { return key.tag == tag; });
    if (found == keys.end())
      keys.push_back({tag, std::move(value)});
    else if (found->value.empty())
      found->value = std::move(value);  // a second condition on it is left to the test
  }

  template <class Tags>
  void ask(Level level, const Tags& tags) {
    for (const std::uint32_t tag : tags) put(level, tag, {});
  }

  static Error cannot(const std::string& what) {
    return fail(ErrorCode::NotSupported, "sources cannot be asked for this key at this level", what);
  }

  const model::Query& query_;
  const model::RemoteIdentity& identity_;
  const TagOfPath& tag_of_path_;
  LiveQuery made_;
};

}  // namespace

Result<LiveQuery> make_live_query(const model::Query& query, const model::RemoteIdentity& identity,
                                  const TagOfPath& tag_of_path) {
  return Maker(query, identity, tag_of_path).make();
}

bool passes(const Value& answer, const LiveQuery& query) {
  for (const dicom::MatchKey& test : query.tests)
    if (is_said(answer, test) && !dicom::matches(answer, test)) return false;
  if (query.started_from.empty() && query.started_to.empty()) return true;
  std::string started = text_of(answer, "00080020") + text_of(answer, "00080030").substr(0, 6);
  started.resize(14, '0');
  return started >= query.started_from && (query.started_to.empty() || started <= query.started_to);
}

}  // namespace gateway::sources
