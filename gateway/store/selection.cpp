#include "gateway/store/selection.h"

#include <array>
#include <optional>

#include "gateway/store/match_sql.h"

namespace gateway::store {
namespace {

using model::Level;
using model::Match;

constexpr std::size_t kMaxMatches = 64;
constexpr std::array<std::string_view, 4> kParentColumn = {"", "subject_id", "study_id", "series_id"};

std::string table(Level level) { return std::string(model::name_of(level)); }
Level above(Level level) { return static_cast<Level>(static_cast<int>(level) - 1); }

void join_with_and(std::string& all, const std::string& condition) {
  if (!all.empty()) all += " AND ";
  all += condition;
}

// The conditions on each level.
struct LevelConditions {
  std::string sql;
  bool indexed = false;
};
using Conditions = std::array<LevelConditions, 4>;

LevelConditions& at(Conditions& conditions, Level level) {
  return conditions[static_cast<std::size_t>(level)];
}

// "what holds for a row of `level`": its own conditions, and those of its parents.
LevelConditions upward(Conditions& conditions, Level level) {
  LevelConditions all = at(conditions, level);
  if (level == Level::Subject) return all;
  const Level parent = above(level);
  const LevelConditions parents = upward(conditions, parent);
  if (parents.sql.empty()) return all;
  const std::string link = table(level) + "." + std::string(kParentColumn[static_cast<std::size_t>(level)]);
  const std::string id = table(parent) + ".id";
  join_with_and(all.sql, parents.indexed ? link + " IN (SELECT " + id + " FROM " + table(parent) + " WHERE " +
                                               parents.sql + ")"
                                         : "EXISTS (SELECT 1 FROM " + table(parent) + " WHERE " + id + " = " +
                                               link + " AND " + parents.sql + ")");
  all.indexed = all.indexed || parents.indexed;
  return all;
}

// "some row of `lower` below this row of `level` holds".
std::string downward(Level level, Level lower, const MatchSql& match) {
  std::string condition = match.sql;
  for (Level child = lower; child != level; child = above(child)) {
    const Level parent = above(child);
    const std::string link = table(child) + "." + std::string(kParentColumn[static_cast<std::size_t>(child)]);
    const std::string id = table(parent) + ".id";
    condition = match.indexed
                    ? id + " IN (SELECT " + link + " FROM " + table(child) + " WHERE " + condition + ")"
                    : "EXISTS (SELECT 1 FROM " + table(child) + " WHERE " + link + " = " + id + " AND " +
                          condition + ")";
  }
  return condition;
}

// All conditions on a lower level hold for one row of it.
void add_together(Conditions& conditions, Level level, const std::array<MatchSql, 4>& together) {
  LevelConditions& own = at(conditions, level);
  for (const MatchSql& match : together) {
    if (match.sql.empty()) continue;
    join_with_and(own.sql, downward(level, match.level, match));
    own.indexed = own.indexed || match.indexed;
  }
}

// One modality and nothing that is more selective: its index gives the studies in order, without a sort.
Selection by_modality(const std::string& others, std::vector<SqlValue> values, const std::string& modality) {
  Selection selection;
  selection.values = std::move(values);
  selection.values.emplace_back(modality);
  selection.id = "study_modality.study_id";
  selection.order = "study_modality.study_id";
  const std::string parameter = "$" + std::to_string(selection.values.size());
  selection.from =
      others.empty()
          ? "FROM study_modality WHERE study_modality.modality = " + parameter
          : "FROM study_modality CROSS JOIN study WHERE " + others +
                " AND study.id = study_modality.study_id AND study_modality.modality = " + parameter;
  return selection;
}

bool is_single_modality(const Match& match) {
  return match.field == "study.modalities" && match.kind == Match::Kind::AnyOf && match.values.size() == 1;
}

std::optional<std::size_t> single_modality(const std::vector<Match>& matches) {
  for (std::size_t i = 0; i < matches.size(); ++i)
    if (is_single_modality(matches[i])) return i;
  return std::nullopt;
}

// Rows come in the order of the ids; only when a range over an index selects them, that index gives the
// order. The unary plus keeps the planner from walking the whole table in the order of the ids.
std::string order_of(Level level, const LevelConditions& all, const std::string& range_column) {
  const std::string id = table(level) + ".id";
  if (!range_column.empty()) return range_column + ", " + id;
  return all.indexed ? "+" + id : id;
}

// Studies that are only described, and subjects of whom there are no others. The lists are made once a
// statement.
void leave_out_described(Level level, Conditions& conditions) {
  constexpr std::string_view kNoDescribed = "NOT IN (SELECT study_id FROM described_study)";
  if (level != Level::Subject) {
    at(conditions, Level::Study).sql = "study.id " + std::string(kNoDescribed);
    return;
  }
  at(conditions, level).sql =
      "subject.id NOT IN (SELECT known.subject_id FROM described_study AS known WHERE NOT EXISTS (SELECT 1 "
      "FROM study WHERE study.subject_id = known.subject_id AND study.id " +
      std::string(kNoDescribed) + "))";
}

Result<Selection> compile_with(Conditions conditions, Level level, const std::vector<Match>& matches,
                               bool by_id, Below below) {
  if (matches.size() > kMaxMatches) return fail(ErrorCode::InvalidParameter, "more than 64 matches at once");
  Selection selection;
  std::array<MatchSql, 4> together;  // of Below::SameRow, by level
  std::string range_column;
  bool other_index = false;
  const auto driver = level == Level::Study ? single_modality(matches) : std::nullopt;
  const auto add = [&](const Match& match) -> Result<void> {
    const MatchSql sql = TRY(match_sql(match, level, selection.values));
    if (sql.sql.empty()) return {};
    const bool lower = sql.level > level;
    if (lower && below == Below::SameRow) {
      MatchSql& all = together[static_cast<std::size_t>(sql.level)];
      all.level = sql.level;
      all.indexed = all.indexed || sql.indexed;
      join_with_and(all.sql, sql.sql);
      other_index = other_index || sql.indexed;
      return {};
    }
    LevelConditions& own = at(conditions, lower ? level : sql.level);
    join_with_and(own.sql, lower ? downward(level, sql.level, sql) : sql.sql);
    own.indexed = own.indexed || sql.indexed;
    const bool drives_by_range = !sql.range_column.empty() && sql.level == level;
    if (drives_by_range) range_column = sql.range_column;
    other_index = other_index || (sql.indexed && !drives_by_range);
    return {};
  };
  for (std::size_t i = 0; i < matches.size(); ++i)
    if (i != driver) TRY(add(matches[i]));
  add_together(conditions, level, together);
  LevelConditions all = upward(conditions, level);
  if (driver && !all.indexed)
    return by_modality(all.sql, std::move(selection.values), matches[*driver].values[0]);
  if (driver) {
    TRY(add(matches[*driver]));
    all = upward(conditions, level);
  }
  selection.id = table(level) + ".id";
  selection.order = order_of(level, all, other_index || by_id ? "" : range_column);
  selection.everything = all.sql.empty();
  selection.from = "FROM " + table(level) + (all.sql.empty() ? "" : " WHERE " + all.sql);
  return selection;
}

}  // namespace

Result<Selection> compile(Level level, const std::vector<Match>& matches, bool by_id, Below below) {
  return compile_with({}, level, matches, by_id, below);
}

Result<Selection> compile(Database& database, const model::Query& query) {
  Conditions conditions;
  if (!query.described) {
    Statement any = TRY(database.prepare("SELECT 1 FROM described_study LIMIT 1"));
    if (TRY(any.step())) leave_out_described(query.level, conditions);
  }
  return compile_with(std::move(conditions), query.level, query.matches, query.by_id, Below::AnyRow);
}

void bind_values(Statement& statement, const std::vector<SqlValue>& values) {
  int n = 0;
  for (const SqlValue& value : values) {
    ++n;
    if (const auto* number = std::get_if<std::int64_t>(&value))
      statement.bind(n, *number);
    else
      statement.bind(n, std::string_view(std::get<std::string>(value)));
  }
}

}  // namespace gateway::store
