#include "gateway/fhir/search_include.h"

#include <algorithm>
#include <map>
#include <set>

namespace gateway::fhir {
namespace {

using definitions::SearchParameter;
using definitions::SearchType;

constexpr std::size_t kMaxLoad = 100;  // at once

class Includer {
 public:
  Includer(SearchEngine& engine, const std::vector<Include>& includes, const std::vector<PageEntry>& matches)
      : engine_(engine), includes_(includes), frontier_(matches) {
    for (const PageEntry& entry : matches) seen_.emplace(entry.type, entry.id);
  }
  Result<Included> run();

 private:
  using Ids = std::map<std::string, std::set<std::string>>;  // by type

  std::vector<std::string> codes_of(const Include& include, const std::string& type) const;
  void collect(const Include& include, Ids& wanted);
  Result<void> load(const std::string& type, const std::vector<std::string>& ids);
  Result<void> load_all(const Ids& wanted);
  Result<void> reverse(const Include& include);
  Result<void> reverse_of(const Include& include, const std::string& source,
                          const SearchParameter& parameter);
  void add(PageEntry entry);

  SearchEngine& engine_;
  const std::vector<Include>& includes_;
  std::vector<PageEntry> frontier_, next_;
  std::set<std::pair<std::string, std::string>> seen_;
  std::size_t bytes_ = 0;  // of what is included
  Included included_;
};

void Includer::add(PageEntry entry) {
  if (seen_.contains({entry.type, entry.id})) return;
  const std::size_t size = entry.text->size();
  if (included_.entries.size() >= kMaxIncluded || size > kMaxPageBytes - bytes_) {
    included_.cut = true;
    return;
  }
  bytes_ += size;
  seen_.emplace(entry.type, entry.id);
  included_.entries.push_back(entry);
  next_.push_back(std::move(entry));
}

// The references that an include follows from resources of a type.
std::vector<std::string> Includer::codes_of(const Include& include, const std::string& type) const {
  if (include.source != "*" && include.source != type) return {};
  if (include.parameter != "*") return {include.parameter};
  std::vector<std::string> codes;
  for (const SearchParameter* each : engine_.planes().definitions.search_parameters().of(type))
    if (each->type == SearchType::Reference) codes.push_back(each->code);
  return codes;
}

void Includer::collect(const Include& include, Ids& wanted) {
  for (const PageEntry& entry : frontier_) {
    const auto codes = codes_of(include, entry.type);
    if (codes.empty()) continue;
    const IndexType* index = entry.values.empty() ? nullptr : index_type(entry.type);
    const bool quick = index && std::all_of(codes.begin(), codes.end(),
                                            [&](const std::string& code) { return index->quick(code); });
    const auto values = quick ? entry.values : engine_.values(entry.type, *entry.text, codes);
    for (const auto& value : values) {
      const bool followed = std::find(codes.begin(), codes.end(), value.parameter) != codes.end() &&
                            !value.system.empty() && value.text.find(':') == std::string::npos;
      if (followed && (include.target.empty() || include.target == value.system))
        wanted[value.system].insert(value.text);
    }
  }
}

// The index plane first, then the store.
Result<void> Includer::load(const std::string& type, const std::vector<std::string>& ids) {
  std::set<std::string> missing(ids.begin(), ids.end());
  if (const IndexType* index = index_type(type))
    for (IndexRow& row : TRY(index->load(ids, engine_.plan_context()))) {
      missing.erase(row.id);
      add({type, row.id, std::move(row.text), std::move(row.values)});
    }
  if (!engine_.planes().store) return {};
  for (const std::string& id : missing) {
    if (included_.cut) return {};
    auto stored = TRY(engine_.planes().store->read(type, id));
    if (stored && !stored->deleted)
      add({type, id, std::make_shared<const std::string>(std::move(stored->json)), {}});
  }
  return {};
}

Result<void> Includer::load_all(const Ids& wanted) {
  for (const auto& [type, ids] : wanted) {
    std::vector<std::string> some;
    for (const std::string& id : ids) {
      if (seen_.contains({type, id})) continue;
      if (included_.cut) return {};
      if (included_.entries.size() + some.size() >= kMaxIncluded) {
        included_.cut = true;
        break;
      }
      some.push_back(id);
      if (some.size() < kMaxLoad) continue;
      TRY_VOID(load(type, some));
      some.clear();
    }
    if (!some.empty()) TRY_VOID(load(type, some));
  }
  return {};
}

// Resources of `source` that refer to what is there already.
Result<void> Includer::reverse_of(const Include& include, const std::string& source,
                                  const SearchParameter& parameter) {
  std::string value;
  for (const PageEntry& entry : frontier_) {
    const auto& targets = parameter.targets;
    const bool may =
        targets.empty() || std::find(targets.begin(), targets.end(), entry.type) != targets.end();
    if (may && (include.target.empty() || include.target == entry.type))
      value += (value.empty() ? "" : ",") + entry.type + "/" + entry.id;
  }
  if (value.empty()) return {};
  const Criterion criterion{&parameter, "_revinclude", "", "", std::move(value)};
  const TypeSearch search = TRY(engine_.search(source, {criterion}));
  const auto hits = TRY(search.list({}, engine_.planes().face.config().max_examined));
  const std::size_t room = kMaxIncluded - std::min(kMaxIncluded, included_.entries.size());
  std::vector<Hit> some;
  for (const Hit& hit : hits) {
    if (seen_.contains({hit.type, hit.id})) continue;
    if (some.size() >= room) {
      included_.cut = true;
      break;
    }
    some.push_back(hit);
  }
  LoadedHits loaded = TRY(load_hits(engine_, some, kMaxPageBytes - bytes_));
  if (loaded.taken < some.size()) included_.cut = true;
  for (PageEntry& entry : loaded.entries) add(std::move(entry));
  return {};
}

Result<void> Includer::reverse(const Include& include) {
  const auto& parameters = engine_.planes().definitions.search_parameters();
  std::set<std::string> sources = {include.source};
  if (include.source == "*") {
    sources.clear();
    for (const IndexType* type : index_types()) sources.emplace(type->type());
    if (engine_.planes().store)
      for (const auto& [type, count] : TRY(engine_.planes().store->types())) sources.insert(type);
  }
  for (const std::string& source : sources)
    for (const std::string& code : codes_of({source, include.parameter, {}, true, false}, source))
      if (const auto* parameter = parameters.find(source, code))
        TRY_VOID(reverse_of(include, source, *parameter));
  return {};
}

// Without :iterate an include is about the matches only; with it, about what was included before, too.
Result<Included> Includer::run() {
  for (unsigned round = 0; !frontier_.empty(); ++round) {
    const bool more =
        std::any_of(includes_.begin(), includes_.end(), [](const auto& i) { return i.iterate; });
    if (round > 0 && !more) break;
    if (round >= kMaxRounds) {
      included_.cut = true;
      break;
    }
    for (const Include& include : includes_) {
      if (round > 0 && !include.iterate) continue;
      Ids wanted;
      if (include.reverse)
        TRY_VOID(reverse(include));
      else
        collect(include, wanted);
      TRY_VOID(load_all(wanted));
    }
    frontier_ = std::move(next_);
    next_.clear();
  }
  return std::move(included_);
}

}  // namespace

Result<Included> find_included(SearchEngine& engine, const std::vector<Include>& includes,
                               const std::vector<PageEntry>& matches) {
  if (includes.empty()) return Included{};
  return Includer(engine, includes, matches).run();
}

}  // namespace gateway::fhir
