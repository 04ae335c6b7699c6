#include "gateway/fhir/search_engine.h"

#include <algorithm>

#include "gateway/codec/json.h"
#include "mappers/fhir/dates.h"

namespace gateway::fhir {
namespace {

using definitions::SearchType;
using model::SortKey;

constexpr std::uint32_t kBatch = 1000;

Error too_many(std::uint32_t limit) {
  return fail(ErrorCode::InvalidParameter,
              "more than " + std::to_string(limit) +
                  " records would have to be examined or sorted; narrow the search");
}

bool is_quick(const IndexType& type, const std::string& code) {
  return code == "_id" || code == "_lastUpdated" || type.quick(code);
}

}  // namespace

std::vector<SortKey> sort_keys(const std::vector<SortItem>& sort) {
  std::vector<SortKey> keys;
  for (const SortItem& item : sort) {
    const SearchType type = item.parameter->type;
    const bool by_text =
        type != SearchType::Date && type != SearchType::Number && type != SearchType::Quantity;
    keys.push_back({item.parameter->code, by_text, item.descending});
  }
  return keys;
}

void sort_hits(std::vector<Hit>& hits, const std::vector<SortKey>& keys) {
  if (keys.empty()) return;
  std::stable_sort(hits.begin(), hits.end(), [&](const Hit& a, const Hit& b) {
    for (std::size_t i = 0; i < keys.size(); ++i)
      if (const int order = model::compare(keys[i], a.keys[i], b.keys[i]); order != 0) return order < 0;
    return false;
  });
}

SearchEngine::SearchEngine(const Planes& planes, const Place& place)
    : planes_(planes),
      plan_context_{planes.face, place.base, place.dicomweb},
      criteria_context_{planes.definitions.search_parameters(), planes.definitions.value_sets(), place.base,
                        mappers::fhir::LocalTime(planes.face.render()), planes.face.now_us()} {}

std::vector<model::SearchValue> SearchEngine::values(const std::string& type, const std::string& json,
                                                     const std::vector<std::string>& codes) const {
  const auto resource = codec::parse_json(json);
  if (!resource) return {};
  return planes_.extractor.values(type, *resource, plan_context_.base, &codes);
}

Result<TypeSearch> SearchEngine::search(const std::string& type, std::vector<Criterion> criteria,
                                        const Membership* compartment, unsigned depth) {
  TypeSearch search(*this, type);
  auto plain_criteria = TRY(plain(type, std::move(criteria), depth));
  search.nothing_ = !plain_criteria;
  if (!plain_criteria) return search;
  search.stored_.types = {type};
  for (const Criterion& criterion : *plain_criteria)
    search.stored_.conditions.push_back(TRY(condition_of(criterion, criteria_context_)));
  if (compartment) search.stored_.conditions.push_back(compartment->condition);
  const IndexType* index = index_type(type);
  if (!index || (compartment && compartment->parameter.empty())) return search;
  if (compartment)
    if (const auto* parameter = criteria_context_.parameters.find(type, compartment->parameter))
      plain_criteria->push_back({parameter, parameter->code, "", "", compartment->value});
  search.criteria_ = std::make_unique<std::vector<Criterion>>(std::move(*plain_criteria));
  search.index_ = TRY(index->select(*search.criteria_, plan_context_));
  for (const Criterion* criterion : search.index_->rest) {
    search.tests_.push_back(TRY(condition_of(*criterion, criteria_context_)));
    search.tested_.push_back(criterion->parameter->code);
  }
  return search;
}

Result<std::uint64_t> TypeSearch::index_count() const {
  if (!index_ || nothing_) return std::uint64_t{0};
  return index_->count();
}

Result<std::uint64_t> TypeSearch::stored_count(std::int64_t up_to_row) const {
  if (!engine_->planes().store || nothing_ || up_to_row == 0) return std::uint64_t{0};
  model::ResourceQuery query = stored_;
  query.up_to_row = up_to_row;
  return engine_->planes().store->count(query);
}

Result<std::vector<IndexRow>> TypeSearch::index_page(std::uint64_t offset, std::uint32_t limit,
                                                     bool with_values, std::uint32_t& examined) const {
  examined = 0;
  if (!index_ || nothing_) return std::vector<IndexRow>();
  const std::uint64_t most = engine_->planes().face.config().max_page_instances;
  return index_->rows(offset, limit, {with_values, true, most}, examined);
}

Result<std::vector<model::ResourceHit>> TypeSearch::stored_page(std::int64_t after_row, std::uint64_t offset,
                                                                std::uint32_t limit,
                                                                std::int64_t up_to_row) const {
  if (!engine_->planes().store || nothing_ || limit == 0 || up_to_row == 0)
    return std::vector<model::ResourceHit>();
  model::ResourceQuery query = stored_;
  query.after_row = after_row;
  query.offset = after_row ? 0 : offset;
  query.limit = limit;
  query.up_to_row = up_to_row;
  return engine_->planes().store->find(query);
}

// Every row that the index leaves is tested, up to a limit, so that the total stays exact.
Result<void> TypeSearch::list_index(const std::vector<SortKey>& keys, const std::vector<SortItem>& sort,
                                    std::uint32_t limit, std::vector<Hit>& hits) const {
  const IndexType& type = *index_type(type_);
  const bool quick = std::all_of(keys.begin(), keys.end(),
                                 [&](const SortKey& key) { return is_quick(type, key.parameter); });
  const bool rendered = !tests_.empty() || !quick;
  std::vector<std::string> codes = tested_;
  for (const SortItem& item : sort) codes.push_back(item.parameter->code);
  const std::uint32_t most = rendered ? std::min(limit, kMaxRendered) : limit;
  std::uint32_t examined = kBatch;
  for (std::uint64_t offset = 0; examined == kBatch; offset += kBatch) {
    if (offset >= most) return too_many(most);
    for (IndexRow& row : TRY(index_->rows(offset, kBatch, {!keys.empty(), rendered, UINT64_MAX}, examined))) {
      const model::ResourceFacts facts{type_, row.id, row.updated_us};
      if (rendered) row.values = engine_->values(type_, *row.text, codes);
      const bool fits = std::all_of(tests_.begin(), tests_.end(), [&](const auto& condition) {
        return model::matches(condition, facts, row.values);
      });
      if (!fits) continue;
      Hit hit{type_, row.id, false, row.row, {}};
      for (const SortKey& key : keys) hit.keys.push_back(model::sort_value(key, facts, row.values));
      hits.push_back(std::move(hit));
    }
  }
  return {};
}

Result<void> TypeSearch::list_stored(const std::vector<SortKey>& keys, std::uint32_t limit,
                                     std::vector<Hit>& hits) const {
  model::ResourceQuery query = stored_;
  query.sort = keys;
  query.limit = limit + 1;
  for (model::ResourceHit& hit : TRY(engine_->planes().store->find(query)))
    hits.push_back({std::move(hit.type), std::move(hit.id), true, hit.row, std::move(hit.keys)});
  return {};
}

Result<std::vector<Hit>> TypeSearch::list(const std::vector<SortItem>& sort, std::uint32_t limit) const {
  std::vector<Hit> hits;
  if (nothing_) return hits;
  const std::vector<SortKey> keys = sort_keys(sort);
  if (index_) TRY_VOID(list_index(keys, sort, limit, hits));
  if (engine_->planes().store) TRY_VOID(list_stored(keys, limit, hits));
  if (hits.size() > limit) return too_many(limit);
  sort_hits(hits, keys);
  return hits;
}

}  // namespace gateway::fhir
