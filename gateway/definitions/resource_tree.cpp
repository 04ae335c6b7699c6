#include "gateway/definitions/resource_tree.h"

#include <algorithm>

#include "gateway/definitions/resource_tree_builder.h"

namespace gateway::definitions {
namespace {

using fhirpath::Scalar;

// The value of a primitive in the terms of FHIRPath; a text not of the form of its type stays a string.
std::optional<Scalar> to_scalar(const Value& value, std::string_view type) {
  if (const bool* flag = value.as_bool()) return Scalar(*flag);
  if (const std::int64_t* number = value.as_int())
    return type == "decimal" ? Scalar(Decimal{std::to_string(*number)}) : Scalar(*number);
  if (const Decimal* decimal = value.as_decimal()) return Scalar(*decimal);
  const std::string* text = value.as_string();
  if (!text) return std::nullopt;
  if (type == "date") {
    if (const auto date = fhirpath::parse_date(*text)) return Scalar(*date);
  } else if (type == "dateTime" || type == "instant") {
    if (const auto moment = fhirpath::parse_date_time(*text)) return Scalar(*moment);
  } else if (type == "time") {
    if (const auto time = fhirpath::parse_time(*text)) return Scalar(*time);
  }
  return Scalar(*text);
}

std::string_view without_history(std::string_view reference, std::string_view& version) {
  constexpr std::string_view kHistory = "/_history/";
  const std::size_t at = reference.find(kHistory);
  if (at == std::string_view::npos) return reference;
  version = reference.substr(at + kHistory.size());
  return reference.substr(0, at);
}

// "http://x/fhir/" of "http://x/fhir/Patient/1"; empty for anything else.
std::string_view base_of_url(std::string_view url) {
  if (!url.starts_with("http")) return {};
  const std::size_t id = url.rfind('/');
  if (id == std::string_view::npos || id == 0) return {};
  const std::size_t type = url.rfind('/', id - 1);
  return type == std::string_view::npos ? std::string_view() : url.substr(0, type + 1);
}

}  // namespace

std::string_view Entry::text() const {
  const std::string* string = value ? value->as_string() : nullptr;
  return string ? std::string_view(*string) : std::string_view();
}

ResourceTree::ResourceTree(const Definitions& definitions, const Value& value, Findings* faults,
                           const TreeLimits& limits, std::string_view type)
    : definitions_(definitions) {
  TreeBuilder(*this, faults, limits).build(value, type);
  for (const Entry& entry : entries_) {
    if (entry.is_resource() && entry.type->type == "Bundle") index_bundle(entry);
    if (entry.is_resource() && entry.name == "contained")
      index(contained_key(entries_[entry.parent], child_text(entry, "id")), entry);
  }
}

// "7#id": in the resource that is the entry 7.
std::string ResourceTree::contained_key(const Entry& container, std::string_view id) const {
  return std::to_string(&container - entries_.data()) + "#" + std::string(id);
}

std::span<const Entry> ResourceTree::children(const Entry& entry) const {
  return std::span(entries_).subspan(entry.count == 0 ? 0 : entry.first, entry.count);
}

template <class Visit>
void ResourceTree::each_named(const Entry& entry, std::string_view name, Visit&& visit) const {
  const std::uint32_t end = entry.first + entry.count;
  for (std::uint32_t at = entry.first; at < end;) {
    const std::uint32_t next = entries_[at].next;
    for (; at < next && entries_[at].name == name; ++at)
      if (!visit(entries_[at])) return;
    at = next;
  }
}

const Entry* ResourceTree::child(const Entry& entry, std::string_view name) const {
  const Entry* found = nullptr;
  each_named(entry, name, [&found](const Entry& child) {
    found = &child;
    return false;
  });
  return found;
}

const Entry* ResourceTree::parent(const Entry& entry) const {
  return entry.parent == Entry::kNone ? nullptr : &entries_[entry.parent];
}

std::string_view ResourceTree::child_text(const Entry& entry, std::string_view name) const {
  const Entry* found = child(entry, name);
  return found ? found->text() : std::string_view();
}

std::string ResourceTree::location(const Entry& entry) const {
  std::vector<const Entry*> path;
  for (const Entry* at = &entry; at; at = parent(*at)) path.push_back(at);
  std::string text = root().type ? root().type->type : std::string("Resource");
  for (std::size_t i = path.size() - 1; i-- > 0;) {
    const Entry& step = *path[i];
    text += "." + std::string(step.name);
    if (step.position != Entry::kNone) text += "[" + std::to_string(step.position) + "]";
    if (step.element && step.element->name.ends_with("[x]") && step.type)
      text += ".ofType(" + step.type->type + ")";
  }
  return text;
}

// Of many resources of one name the first hundred are enough.
void ResourceTree::index(std::string name, const Entry& resource) {
  constexpr std::size_t kMost = 100;
  std::vector<const Entry*>& known = by_url_[std::move(name)];
  if (known.size() < kMost) known.push_back(&resource);
}

void ResourceTree::index_bundle(const Entry& bundle) {
  for (const Entry& entry : children(bundle)) {
    const Entry* resource = entry.name == "entry" ? child(entry, "resource") : nullptr;
    if (!resource || !resource->type) continue;
    const std::string_view url = child_text(entry, "fullUrl"), id = child_text(*resource, "id");
    const std::string local = resource->type->type + "/" + std::string(id);
    if (!url.empty()) index(std::string(url), *resource);
    if (!id.empty() && url != local) index(local, *resource);
  }
}

const Entry* ResourceTree::resolve(std::string_view reference, const Entry& from,
                                   std::size_t* matches) const {
  if (matches) *matches = 0;
  const Entry* container = &resource_of(from);
  if (reference.starts_with('#')) {
    while (container->name == "contained") container = &resource_of(*parent(*container));
    if (reference.size() == 1) return container;
    const auto found = by_url_.find(contained_key(*container, reference.substr(1)));
    return found == by_url_.end() ? nullptr : found->second.front();
  }
  std::string_view version;
  const std::string bare(without_history(reference, version));
  const auto lookup = [&](const std::string& url) -> const Entry* {
    const auto known = by_url_.find(url);
    if (known == by_url_.end()) return nullptr;
    const Entry* first = nullptr;
    for (const Entry* one : known->second) {
      const Entry* meta = version.empty() ? nullptr : child(*one, "meta");
      if (!version.empty() && (!meta || child_text(*meta, "versionId") != version)) continue;
      if (matches) ++*matches;
      if (!first) first = one;
    }
    return first;
  };
  while (container->parent != Entry::kNone && container->name != "resource")
    container = &resource_of(*parent(*container));
  const Entry* around = parent(*container);
  if (around && bare.find(':') == std::string::npos) {
    const std::string_view base = base_of_url(child_text(*around, "fullUrl"));
    if (!base.empty())
      if (const Entry* found = lookup(std::string(base) + bare)) return found;
  }
  return lookup(bare);
}

void ResourceTree::children(const fhirpath::Node& node, std::string_view name,
                            fhirpath::Collection& out) const {
  each_named(entry(node), name, [this, &out](const Entry& child) {
    out.emplace_back(this->node(child));
    return true;
  });
}

void ResourceTree::all_children(const fhirpath::Node& node, std::vector<fhirpath::Child>& out) const {
  for (const Entry& child : children(entry(node))) out.push_back({child.name, this->node(child)});
}

std::optional<Scalar> ResourceTree::scalar(const fhirpath::Node& node) const {
  const Entry& at = entry(node);
  if (!at.value || !at.is_primitive()) return std::nullopt;
  return to_scalar(*at.value, at.type->type);
}

fhirpath::TypeName ResourceTree::type(const fhirpath::Node& node) const {
  const Entry& at = entry(node);
  if (at.type) return {"FHIR", at.type->type};
  return {"FHIR", at.body ? std::string_view(at.body->path) : std::string_view()};
}

bool ResourceTree::is_a(std::string_view type, std::string_view ancestor) const {
  if (type == ancestor) return true;
  if (type.find('.') == std::string_view::npos) return definitions_.is_a(type, ancestor);
  return ancestor == "BackboneElement" || ancestor == "Element";
}

bool ResourceTree::has_type(std::string_view type) const { return definitions_.type(type) != nullptr; }

std::string_view ResourceTree::base_of(std::string_view type) const {
  if (type.find('.') != std::string_view::npos) return "BackboneElement";
  const Structure* structure = definitions_.type(type);
  const Structure* base = structure ? definitions_.structure(structure->base) : nullptr;
  return base ? std::string_view(base->type) : std::string_view();
}

}  // namespace gateway::definitions
