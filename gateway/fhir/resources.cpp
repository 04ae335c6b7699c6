#include "gateway/fhir/resources.h"

#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/definitions/definitions.h"
#include "gateway/fhir/compartment.h"
#include "gateway/fhir/search_answer.h"
#include "mappers/fhir/dates.h"

namespace gateway::fhir {
namespace {

using definitions::SearchParameter;
using definitions::SearchType;

constexpr std::size_t kKeptHits = 400'000;  // of lists of matches, for their pages
constexpr std::string_view kFromImages = "it is made from the images in the index";

Error refuse(std::string why, std::string_view parameter) {
  return fail(ErrorCode::InvalidParameter, std::move(why), std::string(parameter));
}

FoundResource found_in_index(const IndexType& type, const IndexRow& row) {
  return {std::string(type.type()), row.id, *row.text, row.version, row.updated_us, false,
          std::string(kFromImages), 0};
}

FoundResource found_in_store(model::StoredResource stored) {
  FoundResource found{std::move(stored.type),
                      std::move(stored.id),
                      std::move(stored.json),
                      std::to_string(stored.version),
                      stored.updated_us,
                      stored.deleted,
                      {},
                      stored.version};
  if (!stored.origin.empty()) found.read_only = "it is derived from " + stored.origin;
  return found;
}

// What may be in the compartment, of the types asked for.
bool keeps(const std::vector<std::string>& types, const std::string& type) {
  return types.empty() || std::find(types.begin(), types.end(), type) != types.end();
}

}  // namespace

struct Resources::Parts {
  Planes planes;
  std::unique_ptr<Extractor> extractor;
  mutable HitLists lists{kKeptHits};

  const definitions::SearchParameters& parameters() const { return planes.definitions.search_parameters(); }
  SearchDefaults defaults(bool strict) const {
    const FhirConfig& config = planes.face.config();
    return {config.default_count, config.max_count, strict};
  }
  struct Found;
  Result<Found> find(const SearchScope& scope, const QueryPairs& pairs, bool strict,
                     const Place& place) const;
  Result<std::vector<std::string>> types_of(const SearchScope& scope, const SearchRequest& request) const;
  Result<TypeSearches> searches(SearchEngine& engine, const SearchScope& scope,
                                const SearchRequest& request) const;
};

Resources::Resources(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Resources::~Resources() = default;

Result<std::unique_ptr<Resources>> Resources::make(const FhirFace& face, model::ResourceStore* store,
                                                   const definitions::Definitions& definitions) {
  auto extractor = TRY(Extractor::make(definitions, mappers::fhir::LocalTime(face.render())));
  const Extractor& made = *extractor;
  auto parts = std::unique_ptr<Parts>(new Parts{{face, store, definitions, made}, std::move(extractor)});
  return std::unique_ptr<Resources>(new Resources(std::move(parts)));
}

model::ResourceStore* Resources::store() const { return parts_->planes.store; }
bool Resources::in_index(std::string_view type) const { return index_type(type) != nullptr; }

Result<std::optional<FoundResource>> Resources::read(std::string_view type, std::string_view id,
                                                     const Place& place) const {
  if (const IndexType* index = index_type(type)) {
    const auto rows = TRY(index->load({std::string(id)}, {parts_->planes.face, place.base, place.dicomweb}));
    if (!rows.empty()) return std::optional(found_in_index(*index, rows[0]));
  }
  if (!store()) return std::optional<FoundResource>();
  auto stored = TRY(store()->read(std::string(type), std::string(id)));
  if (!stored) return std::optional<FoundResource>();
  return std::optional(found_in_store(std::move(*stored)));
}

// Of the index plane the current version is the only one.
Result<std::optional<FoundResource>> Resources::vread(std::string_view type, std::string_view id,
                                                      std::string_view version, const Place& place) const {
  auto current = TRY(read(type, id, place));
  if (!current) return std::optional<FoundResource>();
  if (current->version == version) return current;
  const auto number = parse_number<std::int64_t>(version);
  if (current->number == 0 || !number || *number <= 0) return std::optional<FoundResource>();
  auto stored = TRY(store()->vread(std::string(type), std::string(id), *number));
  if (!stored) return std::optional<FoundResource>();
  return std::optional(found_in_store(std::move(*stored)));
}

Result<std::vector<std::string>> Resources::ids(std::string_view type, const QueryPairs& criteria,
                                                const Place& place, std::uint32_t limit) const {
  SearchRequest request = TRY(parse_search(type, criteria, parts_->defaults(true), parts_->parameters()));
  if (request.criteria.empty()) return refuse("the condition has no criterion", type);
  SearchRequest wanted;  // directives such as _summary=count are about an answer, not about what matches
  wanted.criteria = std::move(request.criteria);
  wanted.count = limit;
  SearchEngine engine(parts_->planes, place);
  TypeSearches searches;
  searches.push_back(TRY(engine.search(std::string(type), wanted.criteria)));
  std::vector<std::string> ids;
  while (true) {  // a page may end before its count
    const SearchPage page = TRY(find_page(engine, searches, wanted, parts_->lists));
    for (const PageEntry& entry : page.matches)
      if (ids.size() < limit) ids.push_back(entry.id);
    if (ids.size() >= limit || !page.next) return ids;
    wanted.page = *page.next;
  }
}

Result<model::ResourceWrite> Resources::make_write(std::string_view type, std::string_view id,
                                                   std::int64_t expected, std::int64_t updated_us,
                                                   std::string method, std::string json,
                                                   const Value& resource, const Place& place,
                                                   std::string origin) const {
  model::ResourceWrite write;
  write.type = type;
  write.id = id;
  write.expected = expected;
  write.updated_us = updated_us;
  write.deleted = json.empty();
  write.method = std::move(method);
  write.origin = std::move(origin);
  if (!write.deleted) write.values = parts_->extractor->values(type, resource, place.base);
  write.json = std::move(json);
  return write;
}

// The types that a search is about.
Result<std::vector<std::string>> Resources::Parts::types_of(const SearchScope& scope,
                                                            const SearchRequest& request) const {
  if (!scope.type.empty()) return std::vector<std::string>{scope.type};
  if (!scope.compartment.empty()) {
    std::vector<std::string> types = compartment_types(scope.compartment);
    std::erase_if(types, [&](const std::string& type) { return !keeps(request.types, type); });
    return types;
  }
  if (!request.types.empty()) return request.types;
  std::vector<std::string> types;
  for (const IndexType* type : index_types()) types.emplace_back(type->type());
  if (planes.store)
    for (const auto& [type, count] : TRY(planes.store->types()))
      if (!index_type(type)) types.push_back(type);
  return types;
}

Result<TypeSearches> Resources::Parts::searches(SearchEngine& engine, const SearchScope& scope,
                                                const SearchRequest& request) const {
  TypeSearches searches;
  for (const std::string& type : TRY(types_of(scope, request))) {
    std::optional<Membership> compartment;
    if (!scope.compartment.empty()) {
      compartment = in_compartment(scope.compartment, scope.owner, type);
      if (!compartment) continue;
    }
    std::vector<Criterion> criteria = request.criteria;
    if (scope.type.empty()) {  // one name may be another parameter in another type
      criteria.clear();
      for (const Criterion& each : request.criteria)
        if (auto own = TRY(parse_criterion(type, each.name, each.value, parameters())))
          criteria.push_back(std::move(*own));
    }
    searches.push_back(TRY(engine.search(type, std::move(criteria), compartment ? &*compartment : nullptr)));
  }
  return searches;
}

// A search as it was read, and one page of what it finds.
struct Resources::Parts::Found {
  SearchRequest request;
  SearchPage page;
  Included included;
};

Result<Resources::Parts::Found> Resources::Parts::find(const SearchScope& scope, const QueryPairs& pairs,
                                                       bool strict, const Place& place) const {
  const definitions::Definitions& definitions = planes.definitions;
  if (!scope.compartment.empty() && compartment_members(scope.compartment).empty())
    return fail(ErrorCode::NotFound, "this type of resource has no compartment", scope.compartment);
  if (!scope.type.empty() && !definitions.is_resource(scope.type))
    return fail(ErrorCode::NotFound, "there is no such type of resource", scope.type);
  SearchRequest request = TRY(parse_search(scope.type, pairs, defaults(strict), parameters()));
  request.path = place.base;
  if (!scope.compartment.empty()) request.path += "/" + scope.compartment + "/" + scope.owner;
  if (!scope.type.empty()) request.path += "/" + scope.type;
  for (const std::string& type : request.types)
    if (!definitions.is_resource(type)) return refuse("there is no such type of resource: " + type, "_type");
  SearchEngine engine(planes, place);
  const TypeSearches all = TRY(searches(engine, scope, request));
  SearchPage page = TRY(find_page(engine, all, request, lists));
  Included included = TRY(find_included(engine, request.includes, page.matches));
  return Found{std::move(request), std::move(page), std::move(included)};
}

Result<std::string> Resources::search(const SearchScope& scope, const QueryPairs& pairs, bool strict,
                                      const Place& place) const {
  const auto found = TRY(parts_->find(scope, pairs, strict, place));
  return search_bundle(found.request, found.page, found.included, place.base, parts_->planes.definitions);
}

Result<FoundTexts> Resources::texts(const SearchScope& scope, const QueryPairs& pairs, bool strict,
                                    const Place& place) const {
  auto found = TRY(parts_->find(scope, pairs, strict, place));
  FoundTexts texts;
  if (found.page.next) texts.next.emplace(kPageParameter, *found.page.next);
  for (PageEntry& entry : found.page.matches)
    texts.resources.push_back(
        {std::move(entry.id), wanted_text(entry.text, found.request.subset, parts_->planes.definitions)});
  return texts;
}

std::vector<SearchParameterNote> Resources::search_parameters(std::string_view type) const {
  std::vector<SearchParameterNote> notes;
  for (const SearchParameter* each : parts_->parameters().of(type)) {
    const bool special = each->type == SearchType::Special || each->expression(type).empty();
    if (special) continue;
    const std::string kind(definitions::name_of(each->type));
    notes.push_back({each->code, kind, each->url});
    for (const auto other : other_spellings(each->code))
      if (!parts_->parameters().find(type, other)) notes.push_back({std::string(other), kind, each->url});
  }
  std::sort(notes.begin(), notes.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return notes;
}

std::vector<std::string> Resources::includes(std::string_view type) const {
  std::vector<std::string> paths;
  for (const SearchParameter* each : parts_->parameters().of(type))
    if (each->type == SearchType::Reference && !each->expression(type).empty())
      paths.push_back(std::string(type) + ":" + each->code);
  return paths;
}

std::vector<std::string> Resources::reverse_includes(std::string_view type) const {
  std::vector<std::string> paths;
  for (const std::string& source : parts_->planes.definitions.resource_types())
    for (const SearchParameter* each : parts_->parameters().of(source)) {
      const bool refers = each->type == SearchType::Reference && !each->expression(source).empty() &&
                          std::find(each->targets.begin(), each->targets.end(), type) != each->targets.end();
      if (refers) paths.push_back(source + ":" + each->code);
    }
  return paths;
}

}  // namespace gateway::fhir
