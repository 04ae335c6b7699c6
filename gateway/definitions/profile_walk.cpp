#include "gateway/definitions/profile_walk.h"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "gateway/base/json_text.h"
#include "gateway/definitions/slicing.h"
#include "gateway/definitions/type_rules.h"
#include "gateway/definitions/value_match.h"

namespace gateway::definitions {
namespace {

constexpr unsigned kMaxDepth = 200;

bool same_constraint(const std::vector<Constraint>& known, const Constraint& constraint) {
  return std::any_of(known.begin(), known.end(), [&constraint](const Constraint& one) {
    return one.key == constraint.key && one.expression == constraint.expression;
  });
}

std::string times(std::size_t count, std::string_view name) {
  return std::to_string(count) + " " + quoted(name);
}

bool is_sliced(const Element& element) { return element.slicing && !element.slices.empty(); }

// The name of an element as messages show it: "performer:device".
std::string label(const Element& element) {
  return element.slice.empty() ? element.name : element.name + ":" + element.slice;
}

std::optional<long double> number_of(const Value& value) {
  if (value.as_int()) return static_cast<long double>(*value.as_int());
  if (value.as_decimal()) return std::strtold(value.as_decimal()->text.c_str(), nullptr);
  return std::nullopt;
}

// Numbers by value, texts (dates) as they are; false for what cannot be compared.
bool is_less(const Value& left, const Value& right) {
  if (left.as_string() && right.as_string()) return *left.as_string() < *right.as_string();
  const auto one = number_of(left), other = number_of(right);
  return one && other && *one < *other;
}

}  // namespace

void ProfileWalk::check(const Entry& entry, const Structure& profile) {
  if (!profile.root) return;
  if (entry.type && !context_.definitions.is_a(entry.type->type, profile.type))
    return context_.error("structure", entry, entry.type->type + " does not fit a profile of " + profile.type,
                          &profile);
  element(entry, profile, *profile.root);
}

bool ProfileWalk::quietly(const std::function<void()>& attempt) {
  Findings tried(1);
  Findings* const outer = std::exchange(context_.findings, &tried);
  attempt();
  context_.findings = outer;
  return tried.errors() == 0;
}

bool ProfileWalk::conforms(const Entry& entry, const Structure& profile) {
  const auto [known, fresh] = known_.emplace(std::pair(&entry, &profile), true);
  if (!fresh) return known->second;
  const bool result = quietly([&] { check(entry, profile); });
  return known->second = result;
}

bool ProfileWalk::fits(const Entry& entry, const Structure& profile, const Element& wanted) {
  return quietly([&] { element(entry, profile, wanted); });
}

bool ProfileWalk::conforms_to_any(const Entry& entry, const std::vector<std::string>& profiles) {
  return profiles.empty() || std::any_of(profiles.begin(), profiles.end(), [&](const std::string& url) {
           const Structure* profile = context_.definitions.structure(url);
           return !profile || conforms(entry, *profile);
         });
}

void ProfileWalk::element(const Entry& entry, const Structure& profile, const Element& wanted) {
  if (depth_ >= kMaxDepth || !context_.spend()) return;
  ++depth_;
  content(entry, profile, wanted);
  limits(entry, profile, wanted);
  binding(entry, profile, wanted);
  constraints(entry, profile, wanted);
  types(entry, profile, wanted);
  children(entry, profile, wanted);
  --depth_;
}

void ProfileWalk::content(const Entry& entry, const Structure& profile, const Element& wanted) {
  if (!wanted.fixed && !wanted.pattern) return;
  const bool right = entry.value && (wanted.fixed ? equals_fixed(*entry.value, *wanted.fixed)
                                                  : matches_pattern(*entry.value, *wanted.pattern));
  if (right || (!entry.value && entry.extra)) return;
  const std::string value = to_json(wanted.fixed ? *wanted.fixed : *wanted.pattern);
  context_.error("value", entry,
                 (wanted.fixed ? "The value must be " : "The value must match ") + quoted(value, 300),
                 &profile);
}

void ProfileWalk::limits(const Entry& entry, const Structure& profile, const Element& wanted) {
  if (!entry.value || !entry.is_primitive()) return;
  if (wanted.max_length > 0 && entry.text().size() > wanted.max_length) {
    // Characters, not bytes.
    const auto length =
        std::count_if(entry.text().begin(), entry.text().end(), [](char c) { return (c & 0xC0) != 0x80; });
    if (static_cast<std::size_t>(length) > wanted.max_length)
      context_.error("too-long", entry,
                     "The value is longer than " + std::to_string(wanted.max_length) + " characters",
                     &profile);
  }
  if (wanted.min_value && is_less(*entry.value, *wanted.min_value))
    context_.error("value", entry, "The value is less than " + to_json(*wanted.min_value), &profile);
  if (wanted.max_value && is_less(*wanted.max_value, *entry.value))
    context_.error("value", entry, "The value is more than " + to_json(*wanted.max_value), &profile);
}

void ProfileWalk::binding(const Entry& entry, const Structure& profile, const Element& wanted) {
  if (!wanted.binding) return;
  const auto& own = entry.element->binding;
  const bool same =
      own && own->strength == wanted.binding->strength && own->value_set == wanted.binding->value_set;
  if (!same || profile.kind == Structure::Kind::Primitive)
    check_binding(context_, entry, *wanted.binding, &profile);
}

// Without what the type of the element and its place in the type say anyway.
void ProfileWalk::constraints(const Entry& entry, const Structure& profile, const Element& wanted) {
  for (const Constraint& constraint : wanted.constraints) {
    if (entry.element && same_constraint(entry.element->constraints, constraint)) continue;
    if (entry.type && entry.type->root && same_constraint(entry.type->root->constraints, constraint))
      continue;
    constraints_.check(entry, constraint, &profile);
  }
}

void ProfileWalk::types(const Entry& entry, const Structure& profile, const Element& wanted) {
  if (&wanted == profile.root || wanted.types.empty() || !entry.type) return;
  const TypeRef* found = nullptr;
  for (const TypeRef& type : wanted.types)
    if (!found && context_.definitions.is_a(entry.type->type, type.code)) found = &type;
  // System types stand for the strings of ids and urls.
  if (!found && entry.is_primitive() && wanted.types.size() == 1 &&
      (entry.name == "id" || entry.name == "url"))
    return;
  if (!found) {
    std::string allowed;
    for (const TypeRef& type : wanted.types) allowed += (allowed.empty() ? "" : ", ") + type.code;
    return context_.error("structure", entry, entry.type->type + " is not allowed here, only: " + allowed,
                          &profile);
  }
  type_profiles(entry, profile, *found);
  if (entry.type->type == "Reference") targets(entry, profile, wanted);
}

void ProfileWalk::type_profiles(const Entry& entry, const Structure& profile, const TypeRef& type) {
  if (type.profiles.empty()) return;
  if (type.profiles.size() == 1) {
    const Structure* wanted = context_.definitions.structure(type.profiles.front());
    // An extension is checked against its definition wherever it stands.
    const bool elsewhere =
        wanted && type.code == "Extension" && context_.tree.child_text(entry, "url") == wanted->url;
    if (wanted && !elsewhere) check(entry, *wanted);
    return;
  }
  if (conforms_to_any(entry, type.profiles)) return;
  std::string all;
  for (const std::string& url : type.profiles) all += (all.empty() ? "" : ", ") + url;
  context_.error("structure", entry, "This does not conform to any of: " + all, &profile);
}

// The target of a reference is of a type, and conforms to a profile, that the profile names.
void ProfileWalk::targets(const Entry& entry, const Structure& profile, const Element& wanted) {
  std::vector<std::string> allowed;
  for (const TypeRef& type : wanted.types)
    if (type.code == "Reference") allowed.insert(allowed.end(), type.targets.begin(), type.targets.end());
  const std::string_view type = allowed.empty() ? std::string_view() : target_type(context_.tree, entry);
  if (type.empty()) return;
  const Entry* target = context_.tree.resolve(context_.tree.child_text(entry, "reference"), entry);
  const bool right = std::any_of(allowed.begin(), allowed.end(), [&](const std::string& url) {
    const Structure* structure = context_.definitions.structure(url);
    if (!structure) return true;
    if (!context_.definitions.is_a(type, structure->type)) return false;
    return !target || !structure->constraint || conforms(*target, *structure);
  });
  if (right) return;
  std::string all;
  for (const std::string& url : allowed) all += (all.empty() ? "" : ", ") + url;
  context_.error("structure", entry,
                 "The target of the reference, " + std::string(type) + ", does not conform to any of: " + all,
                 &profile);
}

void ProfileWalk::children(const Entry& entry, const Structure& profile, const Element& wanted) {
  const Element* body = &wanted;
  if (wanted.children.empty() && !wanted.content_reference.empty()) {
    const std::string_view id(wanted.content_reference);
    const std::size_t hash = id.find('#');
    body = profile.element(id.substr(hash == std::string_view::npos ? 0 : hash + 1));
  }
  if (!body) return;
  for (const Element* child : body->children) property(entry, profile, *child);
}

void ProfileWalk::property(const Entry& parent, const Structure& profile, const Element& child) {
  if (parent.is_primitive() && child.name == "value") return;
  std::vector<const Entry*> items;
  const bool choice = child.name.ends_with("[x]");
  const std::string_view name = std::string_view(child.name).substr(0, child.name.size() - (choice ? 3 : 0));
  for (const Entry& item : context_.tree.children(parent))
    if (item.name == name || item.key == name) items.push_back(&item);
  count(parent, profile, child, items.size());
  if (is_sliced(child)) return sliced(parent, profile, child, items);
  for (const Entry* item : items) element(*item, profile, child);
}

void ProfileWalk::count(const Entry& parent, const Structure& profile, const Element& wanted,
                        std::size_t found) {
  if (found < wanted.min)
    context_.error(
        "required", parent,
        "At least " + times(wanted.min, label(wanted)) + " required, but found " + std::to_string(found),
        &profile);
  else if (wanted.max != kUnbounded && found > wanted.max)
    context_.error(
        "structure", parent,
        "At most " + times(wanted.max, label(wanted)) + " allowed, but found " + std::to_string(found),
        &profile);
}

void ProfileWalk::sliced(const Entry& parent, const Structure& profile, const Element& child,
                         const std::vector<const Entry*>& items) {
  const std::vector<const Element*> chosen = Slicer(*this, profile).assign(child, items);
  std::ptrdiff_t last = -1;
  bool open_end = false;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!chosen[i] || !is_sliced(*chosen[i])) element(*items[i], profile, chosen[i] ? *chosen[i] : child);
    if (!chosen[i]) {
      open_end = true;
      if (child.slicing->rules == Slicing::Rules::Closed)
        context_.error(
            "structure", *items[i],
            "This does not match any slice of " + quoted(label(child)) + ", and the slicing is closed",
            &profile);
      continue;
    }
    if (open_end && child.slicing->rules == Slicing::Rules::OpenAtEnd)
      context_.error("structure", *items[i],
                     "The slice " + quoted(label(*chosen[i])) + " must stand before what matches no slice",
                     &profile);
    const auto at = std::find(child.slices.begin(), child.slices.end(), chosen[i]) - child.slices.begin();
    if (child.slicing->ordered && at < last)
      context_.error("structure", *items[i], "The slice " + quoted(label(*chosen[i])) + " is out of order",
                     &profile);
    last = std::max(last, at);
  }
  for (const Element* slice : child.slices) {
    std::vector<const Entry*> inside;
    for (std::size_t i = 0; i < items.size(); ++i)
      if (chosen[i] == slice) inside.push_back(items[i]);
    count(parent, profile, *slice, inside.size());
    if (is_sliced(*slice)) sliced(parent, profile, *slice, inside);
  }
}

}  // namespace gateway::definitions
