#include "gateway/store/match_sql.h"

#include <algorithm>
#include <optional>

#include "gateway/base/text.h"
#include "gateway/store/person_name.h"

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
};

constexpr std::string_view kIndexed[] = {"subject.patient_id",     "study.uid",  "study.date",
                                         "study.accession_number", "series.uid", "instance.uid"};

// Asked from above, the classes of SOP instances are those kept for each series: no walk over the instances.
constexpr std::string_view kSeriesSopClass = "series_sop_class.sop_class_uid";

std::optional<Target> find_target(const std::string& path, Level level) {
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
  if (!field || field->type() == FieldType::Codes) return std::nullopt;
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
  Result<std::string> names();
  Result<std::string> name(const std::string& value);
  Result<std::string> group(const std::string& value, int part);
  MatchSql result(std::string sql) const {
    if (target_.column == kSeriesSopClass && !sql.empty())
      sql = "EXISTS (SELECT 1 FROM series_sop_class WHERE series_sop_class.series_id = series.id AND " + sql +
            ")";
    const bool range = match_.kind == Match::Kind::Range || match_.kind == Match::Kind::Between;
    return {target_.level, std::move(sql), target_.indexed, range && target_.indexed ? target_.column : ""};
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
  std::string sql;
  if (!match_.low.empty()) sql = target_.column + " >= " + parameter(TRY(typed(match_.low)));
  if (target_.type == FieldType::Text && match_.low.empty() && !match_.high.empty())
    sql = target_.column + " > ''";  // what is not known lies in no range
  if (match_.high.empty()) return sql;
  // A time may be cut short (PS3.5 6.2 TM): the bound "12" includes 12:59.
  const bool instant = target_.column.ends_with(".time") || target_.column.ends_with("_time") ||
                       target_.column == "study.started";
  const std::string high = match_.high + (instant ? "~" : "");
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

// One component group; `part` -1 is any of the three.
Result<std::string> Builder::group(const std::string& value, int part) {
  std::string condition;
  if (has_wildcard(value)) {
    condition = TRY(wildcard("person_name.key", fold_case(value)));
    if (condition.empty()) return condition;
  } else {
    condition = "person_name.key = " + parameter(name_key(value));
  }
  const std::string kind = std::to_string(static_cast<int>(target_.name_kind));
  return std::string(model::name_of(target_.level)) +
         ".id IN (SELECT person_name.owner_id FROM person_name WHERE person_name.kind = " + kind +
         (part < 0 ? "" : " AND person_name.part = " + std::to_string(part)) + " AND " + condition + ")";
}

// A value without '=' matches any group; with it, each given group must match its own (PS3.5 6.2.1.1).
Result<std::string> Builder::name(const std::string& value) {
  if (value.empty())
    return std::string(model::name_of(target_.level)) +
           ".id NOT IN (SELECT person_name.owner_id FROM person_name WHERE person_name.kind = " +
           std::to_string(static_cast<int>(target_.name_kind)) + ")";
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
      if (match_.values.size() != 1) return refused(match_, "a wild card match takes one value");
      if (target_.type == FieldType::Name) return result(TRY(names()));
      if (target_.type != FieldType::Text || modalities)
        return refused(match_, "the field takes no wild cards");
      return result(TRY(wildcard(target_.column, match_.values[0])));
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
