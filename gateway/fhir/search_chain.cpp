// Chained parameters and _has, from the inside out (FHIR R4 search 3.1.1.4.12, 3.1.1.4.13).
#include <algorithm>
#include <set>

#include "gateway/fhir/search_engine.h"

namespace gateway::fhir {
namespace {

Error refuse(std::string why, const std::string& name) {
  return fail(ErrorCode::InvalidParameter, std::move(why), name);
}

// The types that a step may lead to.
std::vector<std::string> targets_of(const Criterion& criterion) {
  if (!criterion.modifier.empty()) return {criterion.modifier};
  if (criterion.parameter->code == "patient") return {"Patient"};
  return criterion.parameter->targets;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ",") + text;
  return all;
}

}  // namespace

// The matches of one inner criterion.
Result<std::vector<Hit>> SearchEngine::ids(const std::string& type, const std::string& name,
                                           const std::string& value, const Criterion& asked, unsigned depth) {
  auto criterion = TRY(parse_criterion(type, name, value, criteria_context_.parameters));
  if (!criterion) return refuse(type + " has no parameter " + name, asked.name);
  criterion->name = asked.name;
  const TypeSearch inner = TRY(search(type, {std::move(*criterion)}, nullptr, depth + 1));
  auto hits = inner.list({}, kMaxChainedIds);
  if (!hits && hits.error().code == ErrorCode::InvalidParameter)
    return refuse(
        "a step of the chain finds more than " + std::to_string(kMaxChainedIds) + " resources; narrow it",
        asked.name);
  return hits;
}

Result<std::optional<Criterion>> SearchEngine::chained(const std::string& type, const Criterion& criterion,
                                                       unsigned depth) {
  const std::vector<std::string> targets = targets_of(criterion);
  if (targets.empty())
    return refuse("the reference may be to any type: name it, as in " + criterion.parameter->code +
                      ":Patient." + criterion.chain,
                  criterion.name);
  const std::string_view next =
      std::string_view(criterion.chain).substr(0, criterion.chain.find_first_of(":."));
  std::vector<std::string> found;
  bool any_type = false;
  for (const std::string& target : targets) {
    const bool known =
        criterion.chain.starts_with("_has:") || find_parameter(criteria_context_.parameters, target, next);
    if (!known) continue;
    any_type = true;
    for (const Hit& hit : TRY(ids(target, criterion.chain, criterion.value, criterion, depth)))
      found.push_back(target + "/" + hit.id);
  }
  if (!any_type) return refuse("nothing that " + type + " refers to here has the parameter", criterion.name);
  if (found.size() > kMaxChainedIds)
    return refuse("the chain finds too many resources; narrow it", criterion.name);
  if (found.empty()) return std::optional<Criterion>();
  return std::optional(Criterion{criterion.parameter, criterion.name, "", "", joined(found)});
}

// The ids of `type` that the sources refer to by `code`.
Result<std::vector<std::string>> SearchEngine::referenced(const std::string& source,
                                                          const std::vector<Hit>& hits,
                                                          const std::string& code, const std::string& type) {
  std::set<std::string> found;
  const auto take = [&](const std::vector<model::SearchValue>& values) {
    for (const auto& value : values)
      if (value.parameter == code && value.system == type && value.text.find(':') == std::string::npos)
        found.insert(value.text);
  };
  std::vector<std::int64_t> rows;
  std::vector<std::string> rendered;
  for (const Hit& hit : hits) hit.stored ? rows.push_back(hit.row) : rendered.push_back(hit.id);
  if (!rows.empty()) take(TRY(planes_.store->values(rows, code)));
  for (std::size_t i = 0; i < rendered.size(); i += 500) {
    const auto end = std::min(rendered.size(), i + 500);
    const std::vector<std::string> some(rendered.begin() + static_cast<std::ptrdiff_t>(i),
                                        rendered.begin() + static_cast<std::ptrdiff_t>(end));
    for (const IndexRow& row : TRY(index_type(source)->load(some, plan_context_)))
      take(index_type(source)->quick(code) ? row.values : values(source, *row.text, {code}));
  }
  return std::vector<std::string>(found.begin(), found.end());
}

// Source:reference:criterion
Result<std::optional<Criterion>> SearchEngine::reversed(const std::string& type, const Criterion& criterion,
                                                        unsigned depth) {
  const auto first = criterion.chain.find(':'), second = criterion.chain.find(':', first + 1);
  const std::string source = criterion.chain.substr(0, first);
  const std::string code = criterion.chain.substr(first + 1, second - first - 1);
  const std::string rest = criterion.chain.substr(second + 1);
  const auto* reference = find_parameter(criteria_context_.parameters, source, code);
  if (!reference || reference->type != definitions::SearchType::Reference)
    return refuse(source + " has no reference " + code, criterion.name);
  const auto hits = TRY(ids(source, rest, criterion.value, criterion, depth));
  const auto found = TRY(referenced(source, hits, reference->code, type));
  if (found.empty()) return std::optional<Criterion>();
  const auto* id = criteria_context_.parameters.find(type, "_id");
  if (!id) return refuse("there is no parameter _id here", criterion.name);
  return std::optional(Criterion{id, criterion.name, "", "", joined(found)});
}

Result<std::optional<std::vector<Criterion>>> SearchEngine::plain(const std::string& type,
                                                                  std::vector<Criterion> criteria,
                                                                  unsigned depth) {
  std::vector<Criterion> all;
  for (Criterion& criterion : criteria) {
    const bool reverse = criterion.parameter == nullptr;
    if (!reverse && criterion.chain.empty()) {
      all.push_back(std::move(criterion));
      continue;
    }
    if (depth >= kMaxChain)
      return refuse("the chain has more than " + std::to_string(kMaxChain) + " steps", criterion.name);
    auto step = reverse ? TRY(reversed(type, criterion, depth)) : TRY(chained(type, criterion, depth));
    if (!step) return std::optional<std::vector<Criterion>>();
    all.push_back(std::move(*step));
  }
  return std::optional(std::move(all));
}

}  // namespace gateway::fhir
