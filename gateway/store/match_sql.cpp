#include "gateway/store/match_sql.h"

#include <algorithm>
#include <optional>

#include "gateway/base/text.h"
#include "gateway/store/person_name.h"
#include "gateway/store/search_keys.h"

namespace gateway::store {
namespace {

using model::FieldType;
using model::Level;
using model::Match;

constexpr std::size_t kMaxValues = 1024;      // in one list
constexpr std::size_t kMaxAllValues = 16384;  // in one query; SQLite binds at most 32766
constexpr std::size_t kMaxNames = 128;        // each is a branch of an expression, whose depth SQLite bounds
constexpr std::size_t kMaxPatternBytes = 1024;
constexpr std::string_view kAfterAnyText = "\xF4\x8F\xBF\xBF";  // U+10FFFF

// What a field path means in the schema.
struct Target {
  Level level;
  std::string column;  // "study.date"
  FieldType type;
  bool indexed;                            // equality and ranges have an index
  NameKind name_kind = NameKind::Subject;  // of names: whose
  std::int64_t key_field = -1;             // of model::kKeyFields, in the table search_key
};

constexpr std::string_view kIndexed[] = {"subject.patient_id", "subject.birth_date",     "study.uid",
                                         "study.date",         "study.accession_number", "series.uid",
                                         "instance.uid"};

// Texts with an index that holds all of it, to be walked over for patterns.
constexpr std::string_view kScanned[] = {"study.accession_number", "study.study_id", "study.description",
                                         "series.description", "series.body_part"};

// Asked from above, the classes of SOP instances are those kept for each series: no walk over the instances.
constexpr std::string_view kSeriesSopClass = "series_sop_class.sop_class_uid";

std::optional<Target> find_key_field(const std::string& path) {
  if (const auto field = record_key_field(path))
    return Target{path.starts_with("subject.") ? Level::Subject : Level::Series,
                  "search_key.value",
                  FieldType::Text,
                  true,
                  NameKind::Subject,
                  *field};
  const auto found = std::ranges::find(model::kKeyFields, path);
  if (found == model::kKeyFields.end()) return std::nullopt;
  const Level level = path.starts_with("series.") ? Level::Series : Level::Study;
  return Target{level, "search_key.value", FieldType::Text,
                true,  NameKind::Subject,  found - model::kKeyFields.begin()};
}

std::optional<Target> find_target(const std::string& path, Level level) {
  if (auto key = find_key_field(path)) return key;
  if (path == "instance.sop_class_uid" && level != Level::Instance)
    return Target{Level::Series, std::string(kSeriesSopClass), FieldType::Text, false};
  if (path == "subject.key") return Target{Level::Subject, path, FieldType::Text, true};
  if (path == "subject.updated")
    return Target{Level::Subject, "subject.updated_us", FieldType::Integer, true};
  if (path == "study.updated") return Target{Level::Study, "study.updated_us", FieldType::Integer, true};
  if (path == "study.started") return Target{Level::Study, path, FieldType::Text, true};
  if (path == "study.modalities") return Target{Level::Study, path, FieldType::Text, false};
  if (path == "subject.name" && level != Level::Subject)
    return Target{Level::Study, path, FieldType::Name, true, NameKind::PatientOfStudy};
  const auto field = model::FieldRef::find(path);
  if (!field || field->type() == FieldType::Codes || field->packed()) return std::nullopt;
  const bool indexed = std::ranges::find(kIndexed, path) != std::end(kIndexed);
  const NameKind kind = field->level() == Level::Subject ? NameKind::Subject
                        : field->level() == Level::Study ? NameKind::ReferringPhysician
                                                         : NameKind::PerformingPhysician;
  return Target{field->level(), path, field->type(), indexed || field->type() == FieldType::Name, kind};
}

Error refused(const Match& match, std::string why) {
  return fail(ErrorCode::InvalidParameter, std::move(why), match.field);
}

class Builder {
 public:
  Builder(const Match& match, Target target, std::vector<SqlValue>& values)
      : match_(match), target_(std::move(target)), values_(values) {}

  Result<MatchSql> build();

 private:
  std::string parameter(SqlValue value) {
    values_.push_back(std::move(value));
    return "$" + std::to_string(values_.size());
  }
  Result<SqlValue> typed(const std::string& text) const;
  Result<std::string> list(const std::vector<std::string>& texts);
  Result<std::string> any_of();
  Result<std::string> range();
  Result<std::string> wildcard(const std::string& column, const std::string& value);
  Result<std::string> wildcards();
  std::string narrow_scan(const std::string& condition) const;
  Result<std::string> empty();
  Result<std::string> names();
  Result<std::string> name(const std::string& value);
  Result<std::string> group(const std::string& value, int part);
  std::string words_of(const std::string& value, int part);
  std::string places_of(const model::NameWord& word, bool by_component, int part) const;
  std::string owners_of(const model::NameWord& word, const std::string& where);
  std::string owner_has(const model::NameWord& word, const std::string& where);
  std::string id() const { return std::string(model::name_of(target_.level)) + ".id"; }
  std::string kind() const { return std::to_string(static_cast<int>(target_.name_kind)); }
  MatchSql result(std::string sql) const {
    if (target_.key_field >= 0 && !sql.empty() && match_.kind != Match::Kind::Empty)
      sql = id() + " IN (SELECT search_key.owner_id FROM search_key WHERE search_key.field = " +
            std::to_string(target_.key_field) + " AND " + sql + ")";
    if (target_.column == kSeriesSopClass && !sql.empty())
      sql = "EXISTS (SELECT 1 FROM series_sop_class WHERE series_sop_class.series_id = series.id AND " + sql +
            ")";
    const bool range = match_.kind == Match::Kind::Range || match_.kind == Match::Kind::Between;
    const bool ordered = range && target_.indexed && target_.key_field < 0;
    const bool indexed = target_.indexed && match_.kind != Match::Kind::Empty;
    return {target_.level, std::move(sql), indexed, ordered ? target_.column : ""};
  }

  const Match& match_;
  const Target target_;
  std::vector<SqlValue>& values_;
};

Result<SqlValue> Builder::typed(const std::string& text) const {
  if (target_.type != FieldType::Integer) return SqlValue(text);
  const auto number = parse_number<std::int64_t>(text);
  if (!number) return refused(match_, "the value is not an integer");
  return SqlValue(*number);
}

// "($1, $2, ...)". Lists are padded to powers of two with their last value: few texts, so statements are
// reused.
Result<std::string> Builder::list(const std::vector<std::string>& texts) {
  if (texts.size() > kMaxValues || values_.size() > kMaxAllValues) return refused(match_, "too many values");
  std::size_t padded = 1;
  while (padded < texts.size()) padded *= 2;
  std::string sql = "(";
  for (std::size_t i = 0; i < padded; ++i)
    sql += (i ? ", " : "") + parameter(TRY(typed(texts[std::min(i, texts.size() - 1)])));
  return sql + ")";
}

Result<std::string> Builder::any_of() {
  if (match_.values.empty()) return std::string("1 = 0");
  const std::string values = TRY(list(match_.values));
  if (match_.field == "study.modalities")
    return "EXISTS (SELECT 1 FROM study_modality WHERE study_modality.study_id = study.id AND modality IN " +
           values + ")";
  return target_.column + " IN " + values;
}

Result<std::string> Builder::range() {
  if (target_.type == FieldType::Name) return refused(match_, "a person name cannot be matched by range");
  // A time may be cut short (PS3.5 6.2 TM): the bound "12" includes 12:59.
  const bool time = target_.column.ends_with(".time") || target_.column.ends_with("_time") ||
                    match_.field == "series.00400245";
  const std::string high = match_.high + (time || target_.column == "study.started" ? "~" : "");
  if (time && !match_.low.empty() && !match_.high.empty() && match_.low > match_.high)
    return "(" + target_.column + " >= " + parameter(match_.low) + " OR (" + target_.column + " > '' AND " +
           target_.column + " <= " + parameter(high) + "))";
  std::string sql;
  if (!match_.low.empty()) sql = target_.column + " >= " + parameter(TRY(typed(match_.low)));
  if (target_.type == FieldType::Text && match_.low.empty() && !match_.high.empty())
    sql = target_.column + " > ''";  // what is not known lies in no range
  if (match_.high.empty()) return sql;
  return (sql.empty() ? "" : sql + " AND ") + target_.column + " <= " + parameter(TRY(typed(high)));
}

Result<std::string> Builder::wildcard(const std::string& column, const std::string& value) {
  if (value.size() > kMaxPatternBytes) return refused(match_, "the pattern is longer than 1024 bytes");
  const LikePattern like = like_pattern(value);
  if (like.pattern == "%") return std::string();
  std::string sql;
  if (!like.prefix.empty()) {
    sql = column + " >= " + parameter(like.prefix);
    sql += " AND " + column + " < " + parameter(like.prefix + std::string(kAfterAnyText)) + " AND ";
  }
  return sql + column + " LIKE " + parameter(like.pattern) + " ESCAPE '\\'";
}

// Without a literal beginning every row is looked at: in an index, where there is one, since rows are wide.
std::string Builder::narrow_scan(const std::string& condition) const {
  const std::string table(model::name_of(target_.level));
  return id() + " IN (SELECT scanned.id FROM " + table + " AS scanned WHERE " + condition + ")";
}

// One that matches everything makes the others not matter.
Result<std::string> Builder::wildcards() {
  if (match_.values.empty()) return std::string("1 = 0");
  if (match_.values.size() > kMaxNames) return refused(match_, "too many values");
  const std::size_t before = values_.size();
  const bool literal = std::ranges::none_of(match_.values, [](const std::string& value) {
    return value.starts_with('*') || value.starts_with('?');
  });
  const bool narrow = !literal && std::ranges::find(kScanned, match_.field) != std::end(kScanned);
  const std::string column =
      narrow ? "scanned" + target_.column.substr(target_.column.find('.')) : target_.column;
  std::string sql;
  for (const std::string& value : match_.values) {
    const std::string condition = TRY(wildcard(column, value));
    if (condition.empty()) {
      values_.resize(before);
      return condition;
    }
    sql += (sql.empty() ? "(" : " OR (") + condition + ")";
  }
  sql = match_.values.size() == 1 ? sql.substr(1, sql.size() - 2) : "(" + sql + ")";
  return narrow ? narrow_scan(sql) : sql;
}

Result<std::string> Builder::empty() {
  if (target_.type == FieldType::Name) return name("");
  if (match_.field == "study.modalities") return std::string("study.modalities = ''");
  if (target_.key_field >= 0)
    return id() + " NOT IN (SELECT search_key.owner_id FROM search_key WHERE search_key.field = " +
           std::to_string(target_.key_field) + ")";
  return target_.column + (target_.type == FieldType::Integer ? " IS NULL" : " = ''");
}

// Where in names the word counts.
std::string Builder::places_of(const model::NameWord& word, bool by_component, int part) const {
  std::string places;
  for (int p = part < 0 ? 0 : part; p <= (part < 0 ? 2 : part); ++p)
    for (int component = 0; component < 5; ++component)
      if (!by_component || component == word.component)
        places += (places.empty() ? "" : ", ") + std::to_string(place_of(p, component));
  return "name_word.kind = " + kind() + " AND name_word.place IN (" + places + ") AND ";
}

// The owners of names with a word that begins with this one, or sounds like it.
std::string Builder::owners_of(const model::NameWord& word, const std::string& where) {
  const std::string from = "SELECT name_word.owner_id AS owner_id FROM name_word WHERE " + where;
  std::string sql = from + "name_word.word >= " + parameter(word.text);
  sql += " AND name_word.word < " + parameter(word.text + std::string(kAfterAnyText));
  if (!word.sound.empty())
    sql += " UNION ALL " + from + "name_word.word = " + parameter(kSoundMark + word.sound);
  return sql;
}

// "the same of the owner that was found". The unary plus keeps the planner from looking up the word.
std::string Builder::owner_has(const model::NameWord& word, const std::string& where) {
  std::string sql = "EXISTS (SELECT 1 FROM name_word WHERE name_word.owner_id = first.owner_id AND " + where +
                    "((+name_word.word >= " + parameter(word.text);
  sql += " AND +name_word.word < " + parameter(word.text + std::string(kAfterAnyText)) + ")";
  if (!word.sound.empty()) sql += " OR +name_word.word = " + parameter(kSoundMark + word.sound);
  return sql + "))";
}

// The owners of names with all words of the value; empty without a word. The longest word is looked up first,
// it is likely to be the rarest; the others are looked for among the words of each owner.
std::string Builder::words_of(const std::string& value, int part) {
  model::FuzzyName fuzzy = model::fuzzy_name(value);
  std::ranges::stable_sort(fuzzy.words, std::ranges::greater(),
                           [](const model::NameWord& one) { return one.text.size(); });
  std::string sql;
  for (const model::NameWord& one : fuzzy.words) {
    const std::string where = places_of(one, fuzzy.by_component, part);
    if (sql.empty())
      sql = "SELECT first.owner_id FROM (" + owners_of(one, where) + ") AS first WHERE 1 = 1";
    else
      sql += " AND " + owner_has(one, where);
  }
  return sql;
}

// One component group; `part` -1 is any of the three.
Result<std::string> Builder::group(const std::string& value, int part) {
  std::string condition;
  if (has_wildcard(value)) {
    condition = TRY(wildcard("person_name.key", fold_case(value)));
    if (condition.empty()) return condition;
  } else {
    condition = "person_name.key = " + parameter(name_key(value));
  }
  const std::string words = match_.kind == Match::Kind::Fuzzy ? words_of(value, part) : std::string();
  return id() + " IN (SELECT person_name.owner_id FROM person_name WHERE person_name.kind = " + kind() +
         (part < 0 ? "" : " AND person_name.part = " + std::to_string(part)) + " AND " + condition +
         (words.empty() ? "" : " UNION ALL " + words) + ")";
}

// A value without '=' matches any group; with it, each given group must match its own (PS3.5 6.2.1.1).
Result<std::string> Builder::name(const std::string& value) {
  if (value.empty())
    return id() + " NOT IN (SELECT person_name.owner_id FROM person_name WHERE person_name.kind = " + kind() +
           ")";
  if (value.find('=') == std::string::npos) return group(value, -1);
  std::string sql;
  int part = 0;
  for (const std::string_view piece : split(value, '=')) {
    if (part > 2) return refused(match_, "a person name has at most three component groups");
    const std::string condition = piece.empty() ? "" : TRY(group(std::string(piece), part));
    if (!condition.empty()) sql += (sql.empty() ? "" : " AND ") + condition;
    ++part;
  }
  return sql;
}

Result<std::string> Builder::names() {
  if (match_.values.empty()) return std::string("1 = 0");
  if (match_.values.size() > kMaxNames) return refused(match_, "too many values");
  const std::size_t before = values_.size();
  std::string sql;
  for (const std::string& value : match_.values) {
    const std::string condition = TRY(name(value));
    if (condition.empty()) {  // this one matches all, so the others do not matter
      values_.resize(before);
      return condition;
    }
    sql += (sql.empty() ? "(" : " OR (") + condition + ")";
  }
  return match_.values.size() == 1 ? sql : "(" + sql + ")";
}

Result<MatchSql> Builder::build() {
  const bool modalities = match_.field == "study.modalities";
  switch (match_.kind) {
    case Match::Kind::AnyOf:
      return result(target_.type == FieldType::Name ? TRY(names()) : TRY(any_of()));
    case Match::Kind::Wildcard:
      if (target_.type == FieldType::Name) return result(TRY(names()));
      if (target_.type != FieldType::Text || modalities)
        return refused(match_, "the field takes no wild cards");
      return result(TRY(wildcards()));
    case Match::Kind::Empty:
      return result(TRY(empty()));
    case Match::Kind::Fuzzy:
      if (target_.type != FieldType::Name || target_.name_kind == NameKind::Subject)
        return refused(match_, "only names in studies are matched by sound");
      return result(TRY(names()));
    case Match::Kind::Range:
    case Match::Kind::Between:
      if (modalities || (match_.kind == Match::Kind::Between && match_.field != "study.started"))
        return refused(match_, "the field cannot be matched by range");
      return result(TRY(range()));
  }
  return refused(match_, "unknown kind of match");
}

}  // namespace

Result<MatchSql> match_sql(const Match& match, Level level, std::vector<SqlValue>& values) {
  auto target = find_target(match.field, level);
  if (!target) return fail(ErrorCode::InvalidParameter, "there is no such field to match", match.field);
  return Builder(match, std::move(*target), values).build();
}

}  // namespace gateway::store
