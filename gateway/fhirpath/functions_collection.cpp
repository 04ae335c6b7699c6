#include <algorithm>
#include <deque>

#include "gateway/fhirpath/equality.h"
#include "gateway/fhirpath/functions.h"
#include "gateway/fhirpath/operators.h"

namespace gateway::fhirpath {
namespace {

// N1 section 5.1.1
bool run_empty(const Call& call) { return call.answer(call.input.empty()); }

// N1 section 5.1.2
bool run_exists(const Call& call) {
  if (call.arguments() == 0) return call.answer(!call.input.empty());
  bool found = false;
  for (std::size_t i = 0; i < call.input.size() && !found; ++i) {
    Truth truth;
    if (!call.item_truth(i, truth)) return false;
    found = truth == true;
  }
  return call.answer(found);
}

// N1 section 5.1.3
bool run_all(const Call& call) {
  for (std::size_t i = 0; i < call.input.size(); ++i) {
    Truth truth;
    if (!call.item_truth(i, truth)) return false;
    if (truth != true) return call.answer(false);
  }
  return call.answer(true);
}

// N1 sections 5.1.4 to 5.1.7: whether all, or any, of the input are `wanted`.
bool run_flags(const Call& call, bool all, bool wanted) {
  bool result = all;
  for (const Item& item : call.input) {
    const auto scalar = scalar_of(item);
    const bool* flag = scalar ? std::get_if<bool>(&*scalar) : nullptr;
    if (!flag) return call.refuse(call.node.name + "() takes booleans");
    if ((*flag == wanted) != all) result = !all;
  }
  return call.answer(result);
}
bool run_all_true(const Call& call) { return run_flags(call, true, true); }
bool run_any_true(const Call& call) { return run_flags(call, false, true); }
bool run_all_false(const Call& call) { return run_flags(call, true, false); }
bool run_any_false(const Call& call) { return run_flags(call, false, false); }

ItemSet empty_set(const Call& call) { return ItemSet(call.evaluator.zone(), call.evaluator.steps()); }

bool add_all(const Call& call, const Collection& items, ItemSet& set) {
  for (const Item& item : items) {
    set.add(item);
    if (!call.evaluator.spend(call.node.position)) return false;
  }
  return true;
}

bool is_subset(const Call& call, const Collection& part, const Collection& whole, bool& result) {
  ItemSet set = empty_set(call);
  if (!add_all(call, whole, set)) return false;
  result = true;
  for (std::size_t i = 0; i < part.size() && result; ++i) {
    result = set.contains(part[i]);
    if (!call.evaluator.spend(call.node.position)) return false;
  }
  return true;
}

// N1 section 5.1.8
bool run_subset_of(const Call& call) {
  Collection other;
  bool result = false;
  return call.argument(0, other) && is_subset(call, call.input, other, result) && call.answer(result);
}

// N1 section 5.1.9
bool run_superset_of(const Call& call) {
  Collection other;
  bool result = false;
  return call.argument(0, other) && is_subset(call, other, call.input, result) && call.answer(result);
}

// N1 section 5.1.10
bool run_count(const Call& call) { return call.answer(static_cast<std::int64_t>(call.input.size())); }

bool keep_distinct(const Call& call, const Collection& items, ItemSet& set, Collection& out) {
  return call.evaluator.put_distinct(items, call.node.position, set, out);
}

// N1 section 5.1.11
bool run_distinct(const Call& call) {
  ItemSet set = empty_set(call);
  return keep_distinct(call, call.input, set, call.out);
}

// N1 section 5.1.12
bool run_is_distinct(const Call& call) {
  ItemSet set = empty_set(call);
  Collection kept;
  return keep_distinct(call, call.input, set, kept) && call.answer(kept.size() == call.input.size());
}

// N1 section 5.2.1
bool run_where(const Call& call) {
  for (std::size_t i = 0; i < call.input.size(); ++i) {
    Truth truth;
    if (!call.item_truth(i, truth)) return false;
    if (truth == true) call.out.push_back(call.input[i]);
  }
  return true;
}

// N1 section 5.2.2
bool run_select(const Call& call) {
  for (std::size_t i = 0; i < call.input.size(); ++i)
    if (!call.with_item(0, i, call.out)) return false;
  return true;
}

// N1 section 5.2.3: until a round finds nothing new.
bool run_repeat(const Call& call) {
  std::deque<Collection> rounds;  // the set borrows the items, so they must stay where they are
  ItemSet set = empty_set(call);
  const Collection* items = &call.input;
  while (!items->empty()) {
    Collection found;
    const Call round{call.evaluator, call.node, call.scope, *items, found};
    if (!run_select(round)) return false;
    rounds.push_back(std::move(found));
    Collection fresh;
    if (!keep_distinct(call, rounds.back(), set, fresh)) return false;
    call.out.insert(call.out.end(), fresh.begin(), fresh.end());
    if (call.out.size() > call.evaluator.environment().max_items) return call.refuse("too many items");
    rounds.push_back(std::move(fresh));
    items = &rounds.back();
  }
  return true;
}

// N1 section 5.3.1
bool run_single(const Call& call) {
  if (call.input.size() > 1) return call.refuse("single() takes one item, not several");
  call.out.insert(call.out.end(), call.input.begin(), call.input.end());
  return true;
}

// Items from `first` to before `last`.
bool put_slice(const Call& call, std::int64_t first, std::int64_t last) {
  const auto size = static_cast<std::int64_t>(call.input.size());
  first = std::clamp<std::int64_t>(first, 0, size);
  last = std::clamp<std::int64_t>(last, first, size);
  call.out.insert(call.out.end(), call.input.begin() + first, call.input.begin() + last);
  return true;
}

// N1 sections 5.3.2 to 5.3.6
bool run_first(const Call& call) { return put_slice(call, 0, 1); }
bool run_last(const Call& call) {
  const auto size = static_cast<std::int64_t>(call.input.size());
  return put_slice(call, size - 1, size);
}
bool run_tail(const Call& call) { return put_slice(call, 1, static_cast<std::int64_t>(call.input.size())); }
bool run_skip(const Call& call) {
  std::optional<std::int64_t> count;
  if (!call.integer_argument(0, count)) return false;
  return !count || put_slice(call, *count, static_cast<std::int64_t>(call.input.size()));
}
bool run_take(const Call& call) {
  std::optional<std::int64_t> count;
  return call.integer_argument(0, count) && (!count || put_slice(call, 0, *count));
}

// N1 section 5.3.7: without duplicates.
bool run_intersect(const Call& call) {
  Collection other;
  if (!call.argument(0, other)) return false;
  ItemSet wanted = empty_set(call), seen = empty_set(call);
  if (!add_all(call, other, wanted)) return false;
  for (const Item& item : call.input) {
    if (wanted.contains(item) && seen.add(item)) call.out.push_back(item);
    if (!call.evaluator.spend(call.node.position)) return false;
  }
  return true;
}

// N1 section 5.3.8: duplicates stay.
bool run_exclude(const Call& call) {
  Collection other;
  if (!call.argument(0, other)) return false;
  ItemSet unwanted = empty_set(call);
  if (!add_all(call, other, unwanted)) return false;
  for (const Item& item : call.input) {
    if (!unwanted.contains(item)) call.out.push_back(item);
    if (!call.evaluator.spend(call.node.position)) return false;
  }
  return true;
}

// N1 section 5.4.1
bool run_union(const Call& call) {
  Collection other;
  ItemSet set = empty_set(call);
  return call.argument(0, other) && keep_distinct(call, call.input, set, call.out) &&
         keep_distinct(call, other, set, call.out);
}

// N1 section 5.4.2
bool run_combine(const Call& call) {
  call.out.insert(call.out.end(), call.input.begin(), call.input.end());
  return call.argument(0, call.out);
}

bool append_children(const Call& call, const Collection& items, Collection& out) {
  std::vector<Child> children;
  for (const Item& item : items) {
    const Node* node = std::get_if<Node>(&item);
    if (!node) continue;
    children.clear();
    node->tree->all_children(*node, children);
    for (Child& child : children) out.push_back(std::move(child.item));
    if (!call.evaluator.spend(call.node.position, children.size() + 1)) return false;
  }
  return out.size() <= call.evaluator.environment().max_items || call.refuse("too many items");
}

// N1 section 5.8.1
bool run_children(const Call& call) { return append_children(call, call.input, call.out); }

// N1 section 5.8.2: level by level.
bool run_descendants(const Call& call) {
  Collection level = call.input;
  while (!level.empty()) {
    Collection next;
    if (!append_children(call, level, next)) return false;
    call.out.insert(call.out.end(), next.begin(), next.end());
    if (call.out.size() > call.evaluator.environment().max_items) return call.refuse("too many items");
    level = std::move(next);
  }
  return true;
}

// N1 section 7: $total starts as the second argument.
bool run_aggregate(const Call& call) {
  Collection total;
  if (call.arguments() > 1 && !call.argument(1, total)) return false;
  for (std::size_t i = 0; i < call.input.size(); ++i) {
    Scope scope = call.scope;
    scope.total = &total;
    Collection next;
    const Call step{call.evaluator, call.node, scope, call.input, call.out};
    if (!step.with_item(0, i, next)) return false;
    total = std::move(next);
  }
  call.out.insert(call.out.end(), total.begin(), total.end());
  return true;
}

// The first argument that is not empty.
bool run_coalesce(const Call& call) {
  for (std::size_t i = 0; i < call.arguments() && call.out.empty(); ++i)
    if (!call.argument(i, call.out)) return false;
  return true;
}

constexpr Function kFunctions[] = {
    {"aggregate", 1, 2, run_aggregate},
    {"all", 1, 1, run_all},
    {"allFalse", 0, 0, run_all_false},
    {"allTrue", 0, 0, run_all_true},
    {"anyFalse", 0, 0, run_any_false},
    {"anyTrue", 0, 0, run_any_true},
    {"children", 0, 0, run_children},
    {"coalesce", 1, 32, run_coalesce},
    {"combine", 1, 1, run_combine},
    {"count", 0, 0, run_count},
    {"descendants", 0, 0, run_descendants},
    {"distinct", 0, 0, run_distinct},
    {"empty", 0, 0, run_empty},
    {"exclude", 1, 1, run_exclude},
    {"exists", 0, 1, run_exists},
    {"first", 0, 0, run_first},
    {"intersect", 1, 1, run_intersect},
    {"isDistinct", 0, 0, run_is_distinct},
    {"last", 0, 0, run_last},
    {"repeat", 1, 1, run_repeat},
    {"select", 1, 1, run_select},
    {"single", 0, 0, run_single},
    {"skip", 1, 1, run_skip},
    {"subsetOf", 1, 1, run_subset_of},
    {"supersetOf", 1, 1, run_superset_of},
    {"tail", 0, 0, run_tail},
    {"take", 1, 1, run_take},
    {"union", 1, 1, run_union},
    {"where", 1, 1, run_where},
};

}  // namespace

std::span<const Function> collection_functions() { return kFunctions; }

}  // namespace gateway::fhirpath
