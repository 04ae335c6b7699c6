// SearchEngine: criteria over both planes, for one request (FHIR R4 search 3.1.1).
//
// Chains and _has are evaluated from the inside out to bounded sets of ids, so that every step may be in
// either plane; what is left are plain criteria, of which the index matches what it can and the rest is
// tested on rendered resources. One thread; what it was made of must outlive it. Errors: InvalidParameter
// naming the parameter, also where a bound is exceeded; those of index and store.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/definitions/definitions.h"
#include "gateway/fhir/compartment.h"
#include "gateway/fhir/index_plane.h"
#include "gateway/fhir/resources.h"
#include "gateway/fhir/search_criteria.h"
#include "gateway/fhir/search_extract.h"
#include "gateway/model/resource_port.h"

namespace gateway::fhir {

// Ids between two steps of a chain, and rows of the index that are rendered to be tested or sorted.
inline constexpr std::uint32_t kMaxChainedIds = 10'000;
inline constexpr std::uint32_t kMaxRendered = 10'000;

struct Planes {
  const FhirFace& face;
  model::ResourceStore* store = nullptr;  // null: the index plane only
  const definitions::Definitions& definitions;
  const Extractor& extractor;
};

// A match, without its text.
struct Hit {
  std::string type, id;
  bool stored = false;
  std::int64_t row = 0;  // of the store
  std::vector<model::SortValue> keys;
};

class TypeSearch;

class SearchEngine {
 public:
  SearchEngine(const Planes& planes, const Place& place);

  const Planes& planes() const { return planes_; }
  const PlanContext& plan_context() const { return plan_context_; }
  const CriteriaContext& criteria_context() const { return criteria_context_; }

  // Criteria of `type` without chains and _has. Nothing: a chain found nothing, so nothing can match.
  Result<std::optional<std::vector<Criterion>>> plain(const std::string& type,
                                                      std::vector<Criterion> criteria, unsigned depth = 0);
  // A search of one type, in a compartment unless that is null.
  Result<TypeSearch> search(const std::string& type, std::vector<Criterion> criteria,
                            const Membership* compartment = nullptr, unsigned depth = 0);
  // The values of `code` that a rendered resource has.
  std::vector<model::SearchValue> values(const std::string& type, const std::string& json,
                                         const std::vector<std::string>& codes) const;

 private:
  Result<std::optional<Criterion>> chained(const std::string& type, const Criterion& criterion,
                                           unsigned depth);
  Result<std::optional<Criterion>> reversed(const std::string& type, const Criterion& criterion,
                                            unsigned depth);
  Result<std::vector<Hit>> ids(const std::string& type, const std::string& name, const std::string& value,
                               const Criterion& asked, unsigned depth);
  Result<std::vector<std::string>> referenced(const std::string& source, const std::vector<Hit>& hits,
                                              const std::string& code, const std::string& type);

  const Planes& planes_;
  PlanContext plan_context_;
  CriteriaContext criteria_context_;
};

// The matches of one type in both planes: those of the index first, then those of the store, each in the
// order in which they came to be.
class TypeSearch {
 public:
  const std::string& type() const { return type_; }
  // Whether pages come from index and store as they are; otherwise list() is the only way.
  bool direct() const { return !index_ || (index_->exact && tests_.empty()); }

  Result<std::uint64_t> index_count() const;
  Result<std::uint64_t> stored_count(std::int64_t up_to_row) const;
  // With texts. `examined`: the rows there were, fewer than `limit` at the end; a page may hold the first of
  // them only: see FhirConfig::max_page_instances.
  Result<std::vector<IndexRow>> index_page(std::uint64_t offset, std::uint32_t limit, bool with_values,
                                           std::uint32_t& examined) const;
  Result<std::vector<model::ResourceHit>> stored_page(std::int64_t after_row, std::uint64_t offset,
                                                      std::uint32_t limit, std::int64_t up_to_row) const;
  // All matches, sorted; an error when there are more than `limit`.
  Result<std::vector<Hit>> list(const std::vector<SortItem>& sort, std::uint32_t limit) const;

 private:
  friend class SearchEngine;
  explicit TypeSearch(const SearchEngine& engine, std::string type)
      : engine_(&engine), type_(std::move(type)) {}
  Result<void> list_index(const std::vector<model::SortKey>& keys, const std::vector<SortItem>& sort,
                          std::uint32_t limit, std::vector<Hit>& hits) const;
  Result<void> list_stored(const std::vector<model::SortKey>& keys, std::uint32_t limit,
                           std::vector<Hit>& hits) const;

  const SearchEngine* engine_;
  std::string type_;
  std::unique_ptr<std::vector<Criterion>> criteria_;  // the selection points into it
  bool nothing_ = false;
  std::unique_ptr<IndexSelection> index_;        // null: not of the index plane
  std::vector<model::ResourceCondition> tests_;  // on rendered resources
  std::vector<std::string> tested_;              // the parameters of those
  model::ResourceQuery stored_;
};

// How hits are sorted by these items.
std::vector<model::SortKey> sort_keys(const std::vector<SortItem>& sort);
void sort_hits(std::vector<Hit>& hits, const std::vector<model::SortKey>& keys);

}  // namespace gateway::fhir
