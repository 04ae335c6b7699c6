#include <algorithm>

#include "gateway/fhir/search_plan.h"

namespace gateway::fhir {
namespace {

constexpr std::uint32_t kBatch = 1000;

template <class Row>
bool passes(const Plan<Row>& plan, const Row& row) {
  return std::all_of(plan.filters.begin(), plan.filters.end(),
                     [&](const auto& filter) { return filter(row); });
}

// The page of a plan without filters comes from the index as it is.
template <class Row, class Load>
Result<Page<Row>> page_of_index(const SearchRequest& request, const FhirFace& face, model::Query query,
                                Load load) {
  Page<Row> page;
  page.total = TRY(face.index().count(query));
  if (request.count_only || request.offset >= page.total) return page;
  query.offset = request.offset;
  query.limit = request.count;
  page.rows = TRY(load(query));
  return page;
}

// With filters every row that the matches leave is examined, up to a limit; the total stays accurate.
template <class Row, class Load>
Result<Page<Row>> page_of_filter(const Plan<Row>& plan, const SearchRequest& request, const FhirFace& face,
                                 model::Query query, Load load) {
  Page<Row> page;
  query.limit = kBatch;
  for (query.offset = 0;; query.offset += kBatch) {
    if (query.offset >= face.config().max_examined)
      return fail(ErrorCode::InvalidParameter,
                  "the search would have to examine too many records; narrow it");
    auto rows = TRY(load(query));
    for (Row& row : rows) {
      if (!passes(plan, row)) continue;
      const bool on_page =
          page.total >= request.offset && page.rows.size() < request.count && !request.count_only;
      ++page.total;
      if (on_page) page.rows.push_back(std::move(row));
    }
    if (rows.size() < kBatch) return page;
  }
}

template <class Row, class Load>
Result<Page<Row>> find(const Plan<Row>& plan, const SearchRequest& request, const FhirFace& face,
                       model::Level level, Load load) {
  if (plan.nothing) return Page<Row>{};
  model::Query query;
  query.level = level;
  query.matches = plan.matches;
  query.by_id = true;  // what is stored between two pages comes behind them
  return plan.filters.empty() ? page_of_index<Row>(request, face, std::move(query), load)
                              : page_of_filter(plan, request, face, std::move(query), load);
}

// How many of the rows a page can hold: at least one, and no more instances than configured.
std::size_t fitting(const std::vector<model::StudyRow>& rows, std::uint64_t max_instances) {
  std::uint64_t instances = 0;
  std::size_t n = 0;
  while (n < rows.size() && (n == 0 || instances + rows[n].instance_count <= max_instances))
    instances += rows[n++].instance_count;
  return n;
}

}  // namespace

Result<Page<model::StudyRow>> find_studies(const StudyPlan& plan, const SearchRequest& request,
                                           const FhirFace& face) {
  const auto load = [&](const model::Query& query) {
    return face.index().studies(query, model::Depth::Study);
  };
  auto page = TRY(find(plan, request, face, model::Level::Study, load));
  page.rows.resize(fitting(page.rows, face.config().max_page_instances));
  return page;
}

Result<Page<model::SubjectRow>> find_subjects(const SubjectPlan& plan, const SearchRequest& request,
                                              const FhirFace& face) {
  return find(plan, request, face, model::Level::Subject,
              [&](const model::Query& query) { return face.index().subjects(query); });
}

}  // namespace gateway::fhir
