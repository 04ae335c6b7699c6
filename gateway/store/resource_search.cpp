// Searches over resources compiled to SQL: every condition is a set of rows that an index of resource_value
// gives, so the planner may begin with the smallest one.
#include <algorithm>

#include "gateway/base/json_text.h"
#include "gateway/store/resource_store.h"
#include "gateway/store/selection.h"

namespace gateway::store {
namespace {

using model::ResourceCondition;
using model::SortKey;
using model::ValueTest;

// SQLite takes 32,766 parameters in a statement, 500 selects in a compound one and expressions 1000 deep.
constexpr std::size_t kMaxParameters = 32'000;
constexpr std::size_t kMaxSelects = 400;
constexpr std::size_t kMaxListed = 100;  // texts with a parameter each; more are one JSON array

constexpr std::string_view kBehindAll = "\xf4\x8f\xbf\xbf";  // U+10FFFF, behind any other text

std::string escaped_like(std::string_view text) {
  std::string pattern = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + "%";
}

class Compiler {
 public:
  std::string where(const model::ResourceQuery& query);
  std::string keys(const std::vector<SortKey>& sort);
  std::string bound(SqlValue value) {
    values_.push_back(std::move(value));
    return "$" + std::to_string(values_.size());
  }
  const std::vector<SqlValue>& values() const { return values_; }
  Result<void> check() const;

 private:
  std::string list(const std::vector<std::string>& texts);
  std::string text_test(const ValueTest& test, const std::string& column);
  std::string number_test(const ValueTest& test, const std::string& low, const std::string& high);
  std::string value_test(const ValueTest& test, const std::string& alias);
  std::string rows_of(const ValueTest& test);
  std::string rows_of_type(const std::string& column) const;
  std::string composite(const ValueTest& test);
  std::string condition(const ResourceCondition& condition);

  std::vector<SqlValue> values_;
  std::string type_;  // "$n": the one type that is searched, or empty
};

Result<void> Compiler::check() const {
  if (values_.size() <= kMaxParameters) return {};
  return fail(ErrorCode::InvalidParameter, "the search compares too many values at once; narrow it");
}

std::string Compiler::list(const std::vector<std::string>& texts) {
  std::string all;
  if (texts.size() > kMaxListed) {
    for (const std::string& text : texts) {
      all += all.empty() ? "[" : ",";
      append_json_string(all, text);
    }
    return "(SELECT value FROM json_each(" + bound(all + "]") + "))";
  }
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + bound(text);
  return "(" + all + ")";
}

std::string Compiler::text_test(const ValueTest& test, const std::string& column) {
  if (test.how == ValueTest::Text::Any) return {};
  if (test.texts.empty()) return " AND 1 = 0";
  if (test.how == ValueTest::Text::Equals) return " AND " + column + " IN " + list(test.texts);
  std::string any;
  for (const std::string& text : test.texts) {
    any += any.empty() ? "" : " OR ";
    if (test.how == ValueTest::Text::Begins) {
      any += "(" + column + " >= " + bound(text);
      any += " AND " + column + " < " + bound(text + std::string(kBehindAll)) + ")";
    } else {
      any += column + " LIKE " + bound(escaped_like(text)) + " ESCAPE '\\'";
    }
  }
  return " AND (" + any + ")";
}

std::string Compiler::number_test(const ValueTest& test, const std::string& low, const std::string& high) {
  std::string sql;
  const auto add = [&](const std::string& column, const char* how, const std::optional<std::int64_t>& value) {
    if (value) sql += " AND " + column + how + bound(*value);
  };
  add(low, " >= ", test.low_least);
  add(low, " <= ", test.low_most);
  add(high, " >= ", test.high_least);
  add(high, " <= ", test.high_most);
  return sql;
}

std::string Compiler::value_test(const ValueTest& test, const std::string& alias) {
  std::string sql = alias + ".parameter = " + bound(test.parameter);
  if (test.system) sql += " AND " + alias + ".system = " + bound(*test.system);
  sql += text_test(test, alias + ".text");
  return sql + number_test(test, alias + ".low", alias + ".high");
}

// Values of one group: all parts of one composite value.
std::string Compiler::composite(const ValueTest& test) {
  std::string from, where;
  for (std::size_t i = 0; i < test.parts.size(); ++i) {
    const std::string alias = "p" + std::to_string(i);
    from += (i ? ", " : "") + std::string("resource_value ") + alias;
    if (i) where += " AND " + alias + ".resource_id = p0.resource_id AND " + alias + ".grp = p0.grp AND ";
    where += value_test(test.parts[i], alias);
  }
  return "SELECT p0.resource_id FROM " + from + " WHERE " + where;
}

std::string Compiler::rows_of(const ValueTest& test) {
  const std::string head = "SELECT s.id FROM resource s WHERE 1 = 1";
  if (test.parameter == "_id") return head + text_test(test, "s.fhir_id");
  if (test.parameter == "_type") return head + text_test(test, "s.type");
  if (test.parameter == "_lastUpdated") return head + number_test(test, "s.updated_us", "s.updated_us");
  if (!test.parts.empty()) return composite(test);
  return "SELECT v.resource_id FROM resource_value v WHERE " + value_test(test, "v") +
         rows_of_type("v.resource_id");
}

// The rows between the first and the last of the one type that is searched, which the index over values gives
// at once: a patient may have many thousands of AuditEvents, and none of what is asked for.
std::string Compiler::rows_of_type(const std::string& column) const {
  if (type_.empty()) return {};
  const auto end = [&](const char* which) {
    return "(SELECT " + std::string(which) + "(t.id) FROM resource t WHERE t.type = " + type_ +
           " AND t.deleted = 0)";
  };
  return " AND " + column + " >= " + end("min") + " AND " + column + " <= " + end("max");
}

std::string Compiler::condition(const ResourceCondition& condition) {
  if (condition.any.empty()) return condition.negated ? "" : " AND 1 = 0";
  const std::string in = condition.negated ? "r.id NOT IN (" : "r.id IN (";
  const std::string next = (condition.negated ? ") AND " : ") OR ") + in;
  std::string sets;
  for (std::size_t i = 0; i < condition.any.size(); ++i) {
    if (i > 0) sets += i % kMaxSelects ? " UNION ALL " : next;
    sets += rows_of(condition.any[i]);
  }
  return " AND (" + in + sets + "))";
}

// A condition that names what is wanted leaves fewer rows than the type does: then the index over types must
// not drive the plan, which the expression around the column sees to in both engines.
std::string Compiler::where(const model::ResourceQuery& query) {
  const bool driven = std::any_of(query.conditions.begin(), query.conditions.end(),
                                  [](const ResourceCondition& each) { return !each.negated; });
  std::string sql = " WHERE r.deleted = 0 AND r.id <= " + bound(query.up_to_row);
  if (query.after_row > 0) sql += " AND r.id > " + bound(query.after_row);
  const std::string type = driven ? "(r.type || '')" : "r.type";
  if (query.types.size() == 1) {
    type_ = bound(query.types[0]);
    sql += " AND " + type + " = " + type_;
  } else if (!query.types.empty()) {
    sql += " AND " + type + " IN " + list(query.types);
  }
  for (const ResourceCondition& each : query.conditions) sql += condition(each);
  return sql;
}

// The first value in the direction of the key: FHIR R4 search 3.1.1.5.1
std::string Compiler::keys(const std::vector<SortKey>& sort) {
  std::string sql;
  for (std::size_t i = 0; i < sort.size(); ++i) {
    const SortKey& key = sort[i];
    std::string value;
    if (key.parameter == "_id") value = "r.fhir_id";
    if (key.parameter == "_type") value = "r.type";
    if (key.parameter == "_lastUpdated") value = "r.updated_us";
    if (value.empty())
      value = std::string("(SELECT ") + (key.descending ? "max(" : "min(") +
              (key.by_text      ? "k.text"
               : key.descending ? "k.high"
                                : "k.low") +
              ") FROM resource_value k WHERE k.resource_id = r.id AND k.parameter = " + bound(key.parameter) +
              ")";
    sql += ", " + value + " AS k" + std::to_string(i);
  }
  return sql;
}

// Missing values last, whatever the direction.
std::string order_of(const std::vector<SortKey>& sort) {
  std::string sql = " ORDER BY ";
  for (std::size_t i = 0; i < sort.size(); ++i) {
    const std::string key = "k" + std::to_string(i);
    sql +=
        "CASE WHEN " + key + " IS NULL THEN 1 ELSE 0 END, " + key + (sort[i].descending ? " DESC, " : ", ");
  }
  return sql + "id";
}

model::ResourceHit read_hit(const Statement& row, const std::vector<SortKey>& sort) {
  model::ResourceHit hit{row.integer(0), row.string(1), row.string(2), {}};
  for (int i = 0; i < static_cast<int>(sort.size()); ++i) {
    const SortKey& key = sort[static_cast<std::size_t>(i)];
    const bool by_text = key.by_text && key.parameter != "_lastUpdated";
    if (!row.optional_integer(3 + i))
      hit.keys.emplace_back();
    else if (by_text)
      hit.keys.emplace_back(row.string(3 + i));
    else
      hit.keys.emplace_back(row.integer(3 + i));
  }
  return hit;
}

}  // namespace

Result<std::vector<model::ResourceHit>> ResourceStore::find(const model::ResourceQuery& query) const {
  Compiler compiler;
  const std::string keys = compiler.keys(query.sort);
  const std::string where = compiler.where(query);
  std::string sql =
      "SELECT r.id AS id, r.type AS type, r.fhir_id AS fhir_id" + keys + " FROM resource r" + where;
  sql = query.sort.empty() ? sql + " ORDER BY r.id"
                           : "SELECT * FROM (" + sql + ") AS found" + order_of(query.sort);
  sql += " LIMIT " + compiler.bound(static_cast<std::int64_t>(query.limit));
  sql += " OFFSET " + compiler.bound(static_cast<std::int64_t>(query.offset));
  TRY_VOID(compiler.check());
  auto reader = TRY(connections_.reader());
  Statement read = TRY((*reader).prepare(sql));
  bind_values(read, compiler.values());
  std::vector<model::ResourceHit> hits;
  while (TRY(read.step())) hits.push_back(read_hit(read, query.sort));
  return hits;
}

Result<std::uint64_t> ResourceStore::count(const model::ResourceQuery& query) const {
  Compiler compiler;
  const std::string sql = "SELECT count(*) FROM resource r" + compiler.where(query);
  TRY_VOID(compiler.check());
  auto reader = TRY(connections_.reader());
  Statement read = TRY((*reader).prepare(sql));
  bind_values(read, compiler.values());
  return TRY(read.step()) ? static_cast<std::uint64_t>(read.integer(0)) : std::uint64_t{0};
}

}  // namespace gateway::store
