#include "gateway/definitions/value_sets.h"

#include <algorithm>
#include <numeric>
#include <unordered_set>
#include <utility>

#include "gateway/base/text.h"

namespace gateway::definitions {

namespace {

constexpr unsigned kMaxSets = 16;                // value sets that name value sets: a loop ends here
constexpr std::size_t kMaxSelections = 100'000;  // looked at for one code
constexpr std::size_t kMaxExpansion = 100'000;
constexpr std::size_t kMaxExpansionSelections = 20 * kMaxExpansion;  // some for each code

// Both must hold: No beats Unknown beats Yes.
Membership both(Membership a, Membership b) {
  if (a == Membership::No || b == Membership::No) return Membership::No;
  return a == Membership::Unknown ? a : b;
}

// One of them suffices: Yes beats Unknown beats No.
Membership either(Membership a, Membership b) {
  if (a == Membership::Yes || b == Membership::Yes) return Membership::Yes;
  return a == Membership::Unknown ? a : b;
}

Membership known(bool holds) { return holds ? Membership::Yes : Membership::No; }

bool lists(std::string_view comma_separated, std::string_view code) {
  return std::ranges::any_of(split(comma_separated, ','), [&](auto item) { return trim(item) == code; });
}

// FHIR R4 4.9.5.1, the operators that need the hierarchy only.
Membership passes(const CodeSystem& system, const Selection::Filter& filter, std::string_view code) {
  if (filter.property != "concept" && filter.property != "code") return Membership::Unknown;
  if (filter.op == "is-a") return known(system.subsumes(filter.value, code));
  if (filter.op == "descendent-of") return known(code != filter.value && system.subsumes(filter.value, code));
  if (filter.op == "is-not-a") return known(!system.subsumes(filter.value, code));
  if (filter.op == "=") return known(code == filter.value);
  if (filter.op == "in") return known(lists(filter.value, code));
  if (filter.op == "not-in") return known(!lists(filter.value, code));
  return Membership::Unknown;
}

// The item of the version that the canonical states, else the current one.
template <class Item>
const Item* current(const std::unordered_map<std::string_view, const Item*>& by_url,
                    const std::deque<Item>& all, std::string_view canonical) {
  const std::size_t bar = std::min(canonical.find('|'), canonical.size());
  const std::string_view url = canonical.substr(0, bar);
  const auto found = by_url.find(url);
  if (found == by_url.end()) return nullptr;
  const std::string_view version = canonical.substr(std::min(bar + 1, canonical.size()));
  if (version.empty() || found->second->version == version) return found->second;
  const auto same =
      std::ranges::find_if(all, [&](const Item& item) { return item.url == url && item.version == version; });
  return same == all.end() ? found->second : &*same;
}

// ASCII letters: codes that ignore case have no others.
int compare_codes(std::string_view left, std::string_view right, bool folded) {
  if (!folded) return left.compare(right);
  const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
  for (std::size_t at = 0; at < std::min(left.size(), right.size()); ++at)
    if (const int difference = small(left[at]) - small(right[at])) return difference;
  return left.size() < right.size() ? -1 : left.size() > right.size();
}

}  // namespace

void CodeIndex::build(const std::vector<CodeConcept>& concepts, bool folded) {
  folded_ = folded;
  order_.resize(concepts.size());
  std::iota(order_.begin(), order_.end(), 0U);
  std::ranges::stable_sort(order_, [&](std::uint32_t left, std::uint32_t right) {
    return compare_codes(concepts[left].code, concepts[right].code, folded_) < 0;
  });
}

std::uint32_t CodeIndex::find(const std::vector<CodeConcept>& concepts, std::string_view code) const {
  const auto at = std::ranges::partition_point(
      order_, [&](std::uint32_t place) { return compare_codes(concepts[place].code, code, folded_) < 0; });
  const bool found = at != order_.end() && compare_codes(concepts[*at].code, code, folded_) == 0;
  return found ? *at : CodeConcept::kNoParent;
}

void CodeSystem::index() { by_code.build(concepts, !case_sensitive); }

std::uint32_t CodeSystem::index_of(std::string_view code) const { return by_code.find(concepts, code); }

const CodeConcept* CodeSystem::find(std::string_view code) const {
  const std::uint32_t at = index_of(code);
  return at == CodeConcept::kNoParent ? nullptr : &concepts[at];
}

bool CodeSystem::subsumes(std::string_view ancestor, std::string_view code) const {
  const std::uint32_t wanted = index_of(ancestor);
  std::uint32_t at = index_of(code);
  if (wanted == CodeConcept::kNoParent) return false;
  for (std::size_t step = 0; step <= concepts.size() && at < concepts.size(); ++step) {
    if (at == wanted) return true;
    at = concepts[at].parent;
  }
  return false;
}

const ValueSet* ValueSets::value_set(std::string_view canonical) const {
  return current(set_by_url_, sets_, canonical);
}

const CodeSystem* ValueSets::code_system(std::string_view canonical) const {
  return current(system_by_url_, systems_, canonical);
}

Membership ValueSets::contains(std::string_view canonical, std::string_view system,
                               std::string_view code) const {
  const ValueSet* set = value_set(canonical);
  std::size_t selections = kMaxSelections;
  return set ? contains(*set, system, code, {kMaxSets, selections}) : Membership::Unknown;
}

Membership ValueSets::contains(const ValueSet& set, std::string_view system, std::string_view code,
                               Reach reach) const {
  if (set.includes.empty() || reach.depth == 0 || reach.selections == 0) return Membership::Unknown;
  Membership included = Membership::No;
  for (const Selection& part : set.includes)
    included = either(included, selects(part, system, code, reach.below()));
  for (const Selection& part : set.excludes) {
    const Membership excluded = selects(part, system, code, reach.below());
    if (excluded == Membership::Yes) return Membership::No;
    if (excluded == Membership::Unknown) included = both(included, excluded);
  }
  return included;
}

Membership ValueSets::selects(const Selection& part, std::string_view system, std::string_view code,
                              Reach reach) const {
  if (reach.selections == 0) return Membership::Unknown;
  --reach.selections;
  if (!system.empty() && !part.system.empty() && system != part.system) return Membership::No;
  Membership selected = part.system.empty() ? Membership::Yes : of_system(part, code);
  for (const std::string& canonical : part.value_sets) {
    const ValueSet* set = value_set(canonical);
    selected = both(selected, set ? contains(*set, system, code, reach) : Membership::Unknown);
  }
  return selected;
}

Membership ValueSets::of_system(const Selection& part, std::string_view code) const {
  if (!part.concepts.empty()) return known(part.by_code.find(part.concepts, code) != CodeConcept::kNoParent);
  const CodeSystem* system = code_system(part.system);
  if (!system || system->content == CodeSystem::Content::NotPresent) return Membership::Unknown;
  const CodeConcept* found = system->find(code);
  if (!found) return system->content == CodeSystem::Content::Complete ? Membership::No : Membership::Unknown;
  Membership selected = Membership::Yes;
  for (const Selection::Filter& filter : part.filters)
    selected = both(selected, passes(*system, filter, found->code));
  return selected;
}

std::optional<std::vector<Coding>> ValueSets::expansion(std::string_view canonical) const {
  const ValueSet* set = value_set(canonical);
  std::vector<Coding> codings;
  std::size_t selections = kMaxExpansionSelections;
  if (!set || !collect(*set, codings, {kMaxSets, selections})) return std::nullopt;
  return codings;
}

bool ValueSets::collect(const ValueSet& set, std::vector<Coding>& into, Reach reach) const {
  if (set.includes.empty() || reach.depth == 0) return false;
  std::vector<Coding> found;
  for (const Selection& part : set.includes)
    if (!collect(part, found, reach.below())) return false;
  std::unordered_set<std::string> seen;
  for (Coding& coding : found) {
    Membership excluded = Membership::No;
    for (const Selection& part : set.excludes)
      excluded = either(excluded, selects(part, coding.system, coding.code, reach.below()));
    if (excluded == Membership::Unknown) return false;
    if (excluded == Membership::No && seen.insert(coding.system + '\n' + coding.code).second)
      into.push_back(std::move(coding));
  }
  return true;
}

bool ValueSets::collect(const Selection& part, std::vector<Coding>& into, Reach reach) const {
  if (reach.selections == 0) return false;
  --reach.selections;
  std::vector<Coding> found;
  const CodeSystem* system = code_system(part.system);
  if (part.system.empty()) {
    const ValueSet* first = part.value_sets.empty() ? nullptr : value_set(part.value_sets.front());
    if (!first || !collect(*first, found, reach)) return false;
  } else if (part.concepts.empty() && (!system || system->content != CodeSystem::Content::Complete)) {
    return false;
  } else {
    for (const CodeConcept& listed : part.concepts.empty() ? system->concepts : part.concepts)
      found.push_back(coding(part.system, listed));
  }
  for (Coding& candidate : found) {
    const Membership selected = selects(part, candidate.system, candidate.code, reach);
    if (selected == Membership::Unknown || into.size() >= kMaxExpansion) return false;
    if (selected == Membership::Yes) into.push_back(std::move(candidate));
  }
  return true;
}

Coding ValueSets::coding(std::string_view system, const CodeConcept& listed) const {
  Coding made{std::string(system), listed.code, listed.display, listed.abstract};
  if (made.display.empty()) made.display = display(system, listed.code);
  return made;
}

std::string_view ValueSets::display(std::string_view system, std::string_view code) const {
  if (const CodeSystem* known_system = code_system(system))
    if (const CodeConcept* found = known_system->find(code)) return found->display;
  for (const ValueSet& set : sets_)
    for (const Selection& part : set.includes) {
      if (part.system != system) continue;
      const std::uint32_t at = part.by_code.find(part.concepts, code);
      if (at != CodeConcept::kNoParent && !part.concepts[at].display.empty())
        return part.concepts[at].display;
    }
  return {};
}

void ValueSets::add(CodeSystem system) {
  systems_.push_back(std::move(system));
  systems_.back().index();
  system_by_url_.insert_or_assign(systems_.back().url, &systems_.back());
}

void ValueSets::add(ValueSet set) {
  sets_.push_back(std::move(set));
  for (auto* parts : {&sets_.back().includes, &sets_.back().excludes})
    for (Selection& part : *parts) part.by_code.build(part.concepts);
  set_by_url_.insert_or_assign(sets_.back().url, &sets_.back());
}

}  // namespace gateway::definitions
