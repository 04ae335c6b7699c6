#include "gateway/definitions/slicing.h"

#include <algorithm>

#include "gateway/definitions/type_rules.h"
#include "gateway/definitions/value_match.h"

namespace gateway::definitions {
namespace {

// Quotation marks around paths are seen in the wild.
std::string_view unquoted(std::string_view text) {
  while (!text.empty() && (text.front() == '"' || text.front() == '\'')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == '"' || text.back() == '\'')) text.remove_suffix(1);
  return text;
}

// The steps of a restricted path; dots inside brackets do not count.
std::vector<std::string_view> steps_of(std::string_view path) {
  std::vector<std::string_view> steps;
  std::size_t start = 0, open = 0;
  for (std::size_t i = 0; i <= path.size(); ++i) {
    if (i < path.size() && path[i] == '(') ++open;
    if (i < path.size() && path[i] == ')' && open > 0) --open;
    if (i < path.size() && (path[i] != '.' || open > 0)) continue;
    if (i > start && path.substr(start, i - start) != "$this") steps.push_back(path.substr(start, i - start));
    start = i + 1;
  }
  return steps;
}

std::string_view stem(std::string_view name) {
  return name.ends_with("[x]") ? name.substr(0, name.size() - 3) : name;
}

const Element* find_child(const Element& element, std::string_view name) {
  for (const Element* child : element.children)
    if (stem(child->name) == name) return child;
  return nullptr;
}

std::vector<std::string> profiles_of(const Element& element) {
  std::vector<std::string> all;
  for (const TypeRef& type : element.types) all.insert(all.end(), type.profiles.begin(), type.profiles.end());
  return all;
}

const std::vector<std::string>* targets_of(const Element& element) {
  for (const TypeRef& type : element.types)
    if (!type.targets.empty()) return &type.targets;
  return nullptr;
}

std::string_view without_version(std::string_view canonical) {
  return canonical.substr(0, canonical.find('|'));
}

}  // namespace

std::vector<const Element*> Slicer::assign(const Element& sliced, const std::vector<const Entry*>& items) {
  std::vector<const Element*> chosen(items.size(), nullptr);
  const auto& discriminators = sliced.slicing->discriminators;
  // Certain matches first: a value set that is not known here must not draw what belongs to another slice.
  for (const bool lenient : {false, true}) {
    lenient_ = lenient;
    for (std::size_t i = 0; i < items.size(); ++i)
      for (const Element* slice : sliced.slices)
        if (!chosen[i] && belongs(*items[i], *slice, discriminators)) chosen[i] = slice;
  }
  // A mandatory slice that nobody fills adopts a stray value of its type, so that the true cause is told.
  const bool by_profile =
      std::any_of(discriminators.begin(), discriminators.end(),
                  [](const Discriminator& d) { return d.kind == Discriminator::Kind::Profile; });
  for (const Element* slice : sliced.slices) {
    if (!by_profile || std::cmp_less_equal(slice->min, std::count(chosen.begin(), chosen.end(), slice)))
      continue;
    for (std::size_t i = 0; i < items.size(); ++i)
      if (!chosen[i] &&
          std::all_of(discriminators.begin(), discriminators.end(),
                      [&](const Discriminator& d) { return same_type(*items[i], *slice, d); })) {
        chosen[i] = slice;
        break;
      }
  }
  return chosen;
}

bool Slicer::belongs(const Entry& item, const Element& slice,
                     const std::vector<Discriminator>& discriminators) {
  if (discriminators.empty()) return item.key == slice.slice;  // choices: value[x]:valueString
  return std::all_of(discriminators.begin(), discriminators.end(),
                     [&](const Discriminator& d) { return matches(item, slice, d); });
}

bool Slicer::matches(const Entry& item, const Element& slice, const Discriminator& discriminator) {
  const Reached reached = follow(item, slice, discriminator.path);
  const std::vector<Place>& places = reached.places;
  const std::vector<Spot>& spots = reached.spots;
  if (discriminator.kind == Discriminator::Kind::Exists) return exists_fits(reached);
  if (places.empty()) return false;
  const auto every_spot = [&](auto&& test) {
    return !spots.empty() && std::all_of(spots.begin(), spots.end(), [&](const Spot& spot) {
      return std::any_of(places.begin(), places.end(), [&](const Place& place) { return test(spot, place); });
    });
  };
  switch (discriminator.kind) {
    case Discriminator::Kind::Type:
      return every_spot([this](const Spot& spot, const Place& place) { return type_fits(spot, place); });
    case Discriminator::Kind::Profile:
      return every_spot([this](const Spot& spot, const Place& place) { return profile_fits(spot, place); });
    default:
      return std::all_of(places.begin(), places.end(), [&](const Place& place) {
        return std::any_of(spots.begin(), spots.end(),
                           [&](const Spot& spot) { return value_fits(spot, place); });
      });
  }
}

Slicer::Reached Slicer::follow(const Entry& item, const Element& slice, std::string_view path) {
  Reached reached{{{&profile_, &slice, nullptr, {}}}, {{&item, {}}}};
  for (const std::string_view one : steps_of(unquoted(path))) step(reached, one);
  return reached;
}

// resolve(), extension('url'), ofType(Type) or the name of a child.
void Slicer::step(Reached& reached, std::string_view step) {
  if (step == "resolve()") return step_resolve(reached);
  const std::size_t open = step.find('(');
  if (open == std::string_view::npos) return step_child(reached, step, {});
  const std::string_view argument = unquoted(step.substr(open + 1, step.rfind(')') - open - 1));
  if (step.starts_with("extension(")) return step_child(reached, "extension", argument);
  std::erase_if(reached.spots, [argument](const Spot& spot) {
    return !spot.entry || !spot.entry->type || spot.entry->type->type != argument;
  });
}

void Slicer::step_child(Reached& reached, std::string_view name, std::string_view url) {
  const ResourceTree& tree = walk_.context().tree;
  std::vector<Spot> spots;
  for (const Spot& spot : reached.spots) {
    if (!spot.entry) continue;
    for (const Entry& child : tree.children(*spot.entry))
      if ((child.name == name || child.key == name) && (url.empty() || tree.child_text(child, "url") == url))
        spots.push_back({&child, {}});
  }
  std::vector<Place> places;
  for (const Place& place : reached.places) {
    const std::vector<Place> found = children(place, name, url);
    places.insert(places.end(), found.begin(), found.end());
  }
  reached = {std::move(places), std::move(spots)};
}

void Slicer::step_resolve(Reached& reached) {
  const ResourceTree& tree = walk_.context().tree;
  for (Place& place : reached.places) place.targets = place.element ? targets_of(*place.element) : nullptr;
  for (Spot& spot : reached.spots) {
    if (!spot.entry) continue;
    const Entry* target = tree.resolve(tree.child_text(*spot.entry, "reference"), *spot.entry);
    spot = target ? Spot{target, {}} : Spot{nullptr, target_type(tree, *spot.entry)};
  }
}

// Below a place: its own children, else those of its profiles, else those of its types. An element that is
// sliced again stands for its mandatory slices.
std::vector<Slicer::Place> Slicer::children(const Place& place, std::string_view name,
                                            std::string_view url) const {
  std::vector<Place> found;
  if (!place.element) return found;
  const Definitions& definitions = walk_.context().definitions;
  const std::vector<std::string> profiles = profiles_of(*place.element);
  const bool extension = !place.element->types.empty() && place.element->types.front().code == "Extension";
  if (name == "url" && extension && !profiles.empty()) {
    for (const TypeRef& type : place.element->types)
      for (const std::string& profile : type.profiles)
        found.push_back({place.structure, nullptr, nullptr, without_version(profile)});
    return found;
  }
  const auto take = [&](const Structure* structure, const Element* child) {
    if (!child) return;
    const std::size_t before = found.size();
    for (const Element* slice : child->slices) {
      const bool named =
          !url.empty() && std::any_of(slice->types.begin(), slice->types.end(), [url](const TypeRef& type) {
            return std::any_of(type.profiles.begin(), type.profiles.end(),
                               [url](const std::string& p) { return without_version(p) == url; });
          });
      if (url.empty() ? slice->min > 0 : named) found.push_back({structure, slice, nullptr, {}});
    }
    if (found.size() == before) found.push_back({structure, child, nullptr, {}});
  };
  const Element* own = find_child(*place.element, name);
  bool profile_known = false;
  for (const std::string& profile : profiles) profile_known |= definitions.structure(profile) != nullptr;
  if (!profiles.empty() && !profile_known && !own) return found;
  if (own && (!profile_known || !own->slices.empty())) {
    take(place.structure, own);
  } else if (profile_known) {
    for (const std::string& profile : profiles)
      if (const Structure* structure = definitions.structure(profile))
        take(structure, structure->root ? find_child(*structure->root, name) : nullptr);
  } else {
    for (const TypeRef& type : place.element->types)
      if (const Structure* structure = definitions.type(type.code))
        take(structure, structure->root ? find_child(*structure->root, name) : nullptr);
  }
  return found;
}

bool Slicer::same_type(const Entry& item, const Element& slice, const Discriminator& discriminator) {
  const Reached reached = follow(item, slice, discriminator.path);
  return !reached.spots.empty() &&
         std::all_of(reached.spots.begin(), reached.spots.end(), [&](const Spot& spot) {
           return spot.entry && spot.entry->is_resource() &&
                  std::any_of(reached.places.begin(), reached.places.end(),
                              [&](const Place& place) { return type_fits(spot, place); });
         });
}

bool Slicer::exists_fits(const Reached& reached) const {
  return std::all_of(reached.places.begin(), reached.places.end(), [&reached](const Place& place) {
    if (!place.element) return true;
    if (place.element->max == 0) return reached.spots.empty();
    return place.element->min > 0 ? !reached.spots.empty() : reached.spots.empty();
  });
}

bool Slicer::value_fits(const Spot& spot, const Place& place) {
  if (!place.fixed_url.empty()) return spot.entry && spot.entry->text() == place.fixed_url;
  if (!spot.entry || !place.element) return false;
  const Element& element = *place.element;
  const Value* value = spot.entry->value;
  if (element.fixed) return value && equals_fixed(*value, *element.fixed);
  if (element.pattern) return value && matches_pattern(*value, *element.pattern);
  const std::vector<std::string> profiles = profiles_of(element);
  if (!profiles.empty() && std::none_of(profiles.begin(), profiles.end(), [this](const std::string& url) {
        return walk_.context().definitions.structure(url);
      }))
    return false;
  if (element.binding && element.binding->strength == Strength::Required && element.children.empty()) {
    const Membership member = membership_of(walk_.context(), *spot.entry, element.binding->value_set);
    return member == Membership::Yes || (member == Membership::Unknown && lenient_);
  }
  return walk_.fits(*spot.entry, *place.structure, element);
}

bool Slicer::type_fits(const Spot& spot, const Place& place) const {
  const Definitions& definitions = walk_.context().definitions;
  if (!place.element) return false;
  if (place.targets) {
    const std::string_view type =
        spot.entry && spot.entry->type ? std::string_view(spot.entry->type->type) : spot.unresolved;
    return !type.empty() &&
           std::any_of(place.targets->begin(), place.targets->end(), [&](const std::string& url) {
             const Structure* structure = definitions.structure(url);
             return structure && definitions.is_a(type, structure->type);
           });
  }
  if (!spot.entry) return false;
  if (!spot.entry->type || place.element->types.empty()) return true;
  return std::any_of(place.element->types.begin(), place.element->types.end(), [&](const TypeRef& type) {
    return definitions.is_a(spot.entry->type->type, type.code);
  });
}

// References are followed to their targets when the discriminator did not say resolve().
bool Slicer::profile_fits(const Spot& spot, const Place& place) {
  if (!place.element) return false;
  const ResourceTree& tree = walk_.context().tree;
  if (place.targets)
    return spot.entry ? walk_.conforms_to_any(*spot.entry, *place.targets) && type_fits(spot, place)
                      : type_fits(spot, place);
  if (!spot.entry) return false;
  if (const std::vector<std::string> profiles = profiles_of(*place.element); !profiles.empty()) {
    const Definitions& definitions = walk_.context().definitions;
    return std::any_of(profiles.begin(), profiles.end(), [&](const std::string& url) {
      const Structure* profile = definitions.structure(url);
      return profile && walk_.conforms(*spot.entry, *profile);
    });
  }
  if (spot.entry->type && spot.entry->type->type == "Reference") {
    Place target = place;
    target.targets = targets_of(*place.element);
    if (!target.targets) return true;
    const Entry* found = tree.resolve(tree.child_text(*spot.entry, "reference"), *spot.entry);
    return profile_fits(found ? Spot{found, {}} : Spot{nullptr, target_type(tree, *spot.entry)}, target);
  }
  return walk_.fits(*spot.entry, *place.structure, *place.element);
}

}  // namespace gateway::definitions
