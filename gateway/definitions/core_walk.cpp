#include "gateway/definitions/core_walk.h"

#include <algorithm>

#include "gateway/definitions/narrative_rules.h"
#include "gateway/definitions/primitive_rules.h"
#include "gateway/definitions/type_rules.h"

namespace gateway::definitions {

void CoreWalk::walk(const Entry& entry) {
  if (!context_.spend()) return;
  if (entry.is_primitive())
    primitive(entry);
  else
    component(entry);
  if (entry.element && entry.element->binding)
    check_binding(context_, entry, *entry.element->binding, nullptr);
  constraints(entry);
  type_rules(entry);
  type_profiles(entry);
  for (const Entry& child : context_.tree.children(entry)) walk(child);
  if (entry.is_resource()) resource_rules(entry);
}

void CoreWalk::primitive(const Entry& entry) {
  if (!entry.value) {
    const auto inner = context_.tree.children(entry);
    if (std::none_of(inner.begin(), inner.end(),
                     [](const Entry& child) { return child.name == "extension"; }))
      context_.error("invariant", entry, "An element has a value or children", nullptr, "ele-1");
    return;
  }
  std::string_view type = entry.type->type;
  if (type == "xhtml") return narrative(entry);
  if (type == "canonical") check_canonical(context_, entry);
  const Entry* parent = context_.tree.parent(entry);
  if (entry.name == "id" && parent && parent->is_resource()) type = "id";
  if (const auto fault = check_primitive(type, *entry.value))
    context_.tell(fault->error ? Finding::Severity::Error : Finding::Severity::Warning, "value", entry,
                  fault->message);
}

void CoreWalk::narrative(const Entry& entry) {
  if (!entry.value->as_string()) return context_.error("value", entry, "XHTML is expected here, as a string");
  for (const NarrativeFault& fault : narrative_faults(entry.text()))
    context_.error(fault.key.empty() ? "structure" : "invariant", entry, fault.message, nullptr, fault.key);
}

// Anything but a primitive. Empty objects were told already.
void CoreWalk::component(const Entry& entry) {
  const auto inner = context_.tree.children(entry);
  const bool only_ids = !inner.empty() && std::all_of(inner.begin(), inner.end(),
                                                      [](const Entry& child) { return child.name == "id"; });
  if (only_ids && !entry.is_resource())
    context_.error("invariant", entry, "An element has a value or children", nullptr, "ele-1");
  if (entry.body) cardinalities(entry);
}

void CoreWalk::cardinalities(const Entry& entry) {
  const auto inner = context_.tree.children(entry);
  for (const Element* child : entry.body->children) {
    const bool bounded = child->max != kUnbounded && (child->list || child->name.ends_with("[x]"));
    if (child->min == 0 && !bounded) continue;
    const auto found = static_cast<std::size_t>(std::count_if(
        inner.begin(), inner.end(), [child](const Entry& one) { return one.element == child; }));
    if (found < child->min)
      context_.error("required", entry,
                     "At least " + std::to_string(child->min) + " " + quoted(child->name) +
                         " required, but found " + std::to_string(found));
    else if (found > child->max)
      context_.error("structure", entry,
                     "At most " + std::to_string(child->max) + " " + quoted(child->name) +
                         " allowed, but found " + std::to_string(found));
  }
}

// Those of the place and those of the type (FHIR R4 5.1.0.11).
void CoreWalk::constraints(const Entry& entry) {
  if (entry.element)
    for (const Constraint& constraint : entry.element->constraints)
      constraints_.check(entry, constraint, nullptr);
  const Element* own = entry.type ? entry.type->root : nullptr;
  if (!own || own == entry.element) return;
  for (const Constraint& constraint : own->constraints) constraints_.check(entry, constraint, nullptr);
}

void CoreWalk::type_rules(const Entry& entry) {
  if (!entry.type || entry.is_primitive()) return;
  const std::string_view type = entry.type->type;
  if (type == "Coding") return check_coding(context_, entry);
  if (type == "Identifier") return check_identifier(context_, entry);
  if (type == "Reference") return check_reference(context_, entry);
  if (type == "Extension") return check_extension(context_, entry);
  if (type == "Attachment") return check_attachment(context_, entry);
  if (type == "Bundle") return check_bundle(context_, entry);
  if (type == "ImagingStudy") return check_imaging_study(context_, entry);
}

// Profiles that the type itself asks for, such as SimpleQuantity, and the definitions of extensions.
void CoreWalk::type_profiles(const Entry& entry) {
  if (!entry.type || entry.is_primitive()) return;
  if (entry.type->type == "Extension") {
    const Structure* definition = context_.definitions.structure(context_.tree.child_text(entry, "url"));
    if (definition && definition->type == "Extension") profiles_.check(entry, *definition);
    return;
  }
  if (!entry.element || entry.is_resource()) return;
  for (const TypeRef& type : entry.element->types)
    if (type.code == entry.type->type && type.profiles.size() == 1)
      if (const Structure* profile = context_.definitions.structure(type.profiles.front()))
        profiles_.check(entry, *profile);
}

void CoreWalk::resource_rules(const Entry& resource) {
  check_contained(context_, resource);
  if (resource.type->type == "Observation")
    if (const Structure* profile = vital_signs_profile(context_, resource))
      profiles_.check(resource, *profile);
  const Entry* meta = claimed_ ? context_.tree.child(resource, "meta") : nullptr;
  if (!meta) return;
  for (const Entry& claim : context_.tree.children(*meta))
    if (claim.name == "profile" && !claim.text().empty()) check_profile(resource, claim.text(), claim, false);
}

void CoreWalk::check_profile(const Entry& resource, std::string_view canonical, const Entry& where,
                             bool demanded) {
  const Structure* profile = context_.definitions.structure(canonical);
  // "#0.1.0" is seen where "|0.1.0" is meant.
  if (const std::size_t hash = canonical.find('#'); !profile && hash != std::string_view::npos) {
    profile = context_.definitions.structure(canonical.substr(0, hash), canonical.substr(hash + 1));
    if (profile)
      context_.warning(
          "value", where,
          "The version in the profile " + quoted(canonical, 200) + " should follow '|', not '#'");
  }
  if (!profile) {
    const std::string text =
        "The profile " + quoted(canonical, 200) + " is not known here, and was not checked";
    return demanded ? context_.error("not-found", where, text) : context_.warning("not-found", where, text);
  }
  if (profile->constraint || demanded) profiles_.check(resource, *profile);
}

}  // namespace gateway::definitions
