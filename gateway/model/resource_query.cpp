#include "gateway/model/resource_query.h"

#include <algorithm>
#include <bit>
#include <map>

namespace gateway::model {
namespace {

bool text_passes(const ValueTest& test, std::string_view text) {
  if (test.how == ValueTest::Text::Any) return true;
  return std::any_of(test.texts.begin(), test.texts.end(), [&](const std::string& wanted) {
    if (test.how == ValueTest::Text::Equals) return text == wanted;
    if (test.how == ValueTest::Text::Begins) return text.starts_with(wanted);
    return text.find(wanted) != std::string_view::npos;
  });
}

bool within(const std::optional<std::int64_t>& value, const std::optional<std::int64_t>& least,
            const std::optional<std::int64_t>& most) {
  if (!least && !most) return true;
  return value && (!least || *value >= *least) && (!most || *value <= *most);
}

bool value_passes(const ValueTest& test, const SearchValue& value) {
  return value.parameter == test.parameter && (!test.system || value.system == *test.system) &&
         text_passes(test, value.text) && within(value.low, test.low_least, test.low_most) &&
         within(value.high, test.high_least, test.high_most);
}

// Each part is met by a value of one and the same group.
bool group_passes(const ValueTest& test, std::span<const SearchValue> values) {
  std::map<std::int64_t, std::vector<bool>> met;
  for (const SearchValue& value : values)
    for (std::size_t i = 0; i < test.parts.size(); ++i) {
      if (!value_passes(test.parts[i], value)) continue;
      auto& parts = met[value.group];
      parts.resize(test.parts.size());
      parts[i] = true;
    }
  return std::any_of(met.begin(), met.end(), [](const auto& group) {
    return std::all_of(group.second.begin(), group.second.end(), [](bool is) { return is; });
  });
}

bool passes(const ValueTest& test, const ResourceFacts& facts, std::span<const SearchValue> values) {
  if (test.parameter == "_id") return text_passes(test, facts.id);
  if (test.parameter == "_type") return text_passes(test, facts.type);
  if (test.parameter == "_lastUpdated")
    return within(facts.updated_us, test.low_least, test.low_most) &&
           within(facts.updated_us, test.high_least, test.high_most);
  if (!test.parts.empty()) return group_passes(test, values);
  return std::any_of(values.begin(), values.end(),
                     [&](const SearchValue& value) { return value_passes(test, value); });
}

bool is_missing(const SortValue& value) { return std::holds_alternative<std::monostate>(value); }

}  // namespace

bool matches(const ResourceCondition& condition, const ResourceFacts& facts,
             std::span<const SearchValue> values) {
  const bool any = std::any_of(condition.any.begin(), condition.any.end(),
                               [&](const ValueTest& test) { return passes(test, facts, values); });
  return any != condition.negated;
}

SortValue sort_value(const SortKey& key, const ResourceFacts& facts, std::span<const SearchValue> values) {
  if (key.parameter == "_id") return std::string(facts.id);
  if (key.parameter == "_type") return std::string(facts.type);
  if (key.parameter == "_lastUpdated") return facts.updated_us;
  SortValue best;
  for (const SearchValue& value : values) {
    if (value.parameter != key.parameter) continue;
    const auto& number = key.descending ? value.high : value.low;
    SortValue each;
    if (key.by_text)
      each = value.text;
    else if (number)
      each = *number;
    if (!is_missing(each) && (is_missing(best) || compare(key, each, best) < 0)) best = std::move(each);
  }
  return best;
}

int compare(const SortKey& key, const SortValue& a, const SortValue& b) {
  if (is_missing(a) || is_missing(b))
    return static_cast<int>(is_missing(a)) - static_cast<int>(is_missing(b));
  const int order = a < b ? -1 : b < a ? 1 : 0;
  return key.descending ? -order : order;
}

// The bits of IEEE 754 numbers of one sign sort as integers do; those of negative ones the other way round.
std::int64_t order_of(double number) {
  const auto bits = std::bit_cast<std::int64_t>(number == 0 ? 0.0 : number);
  return bits >= 0 ? bits : INT64_MIN - bits;
}

}  // namespace gateway::model
