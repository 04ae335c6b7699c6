#include "gateway/definitions/inheritance.h"

#include <algorithm>

namespace gateway::definitions {

namespace {

// "a.b:s.c" -> "a.b.c"
std::string without_slices(std::string_view id) {
  std::string plain;
  bool in_slice = false;
  for (const char c : id) {
    if (c == '.') in_slice = false;
    if (c == ':') in_slice = true;
    if (!in_slice) plain += c;
  }
  return plain;
}

const Element* in(const std::unordered_map<std::string_view, const Element*>& elements,
                  std::string_view suffix) {
  const auto found = elements.find(suffix);
  return found == elements.end() ? nullptr : found->second;
}

std::string_view after(std::string_view id, std::size_t root) { return id.substr(std::min(root, id.size())); }

}  // namespace

Inheritance::Inheritance(const Definitions& definitions, const Structure* base, std::string_view root)
    : definitions_(definitions), root_(root.size()) {
  if (!base) return;
  for (const Element& element : base->elements)
    base_.emplace(after(element.id, base->root->id.size()), &element);
}

void Inheritance::add(const Element& element) { own_.insert_or_assign(after(element.id, root_), &element); }

const Element* Inheritance::of(std::string_view id, std::string_view step, const Element* parent) const {
  const std::string_view suffix = after(id, root_);
  if (const Element* same = in(base_, suffix)) return same;
  const std::size_t slice = step.size() - std::min(step.find(':'), step.size());
  if (slice > 0)
    if (const Element* sliced = in(own_, suffix.substr(0, suffix.size() - slice))) return sliced;
  if (const Element* found = outside_slices(suffix)) return found;
  return parent ? in_type_of(*parent, step) : nullptr;
}

const Element* Inheritance::outside_slices(std::string_view suffix) const {
  if (suffix.find(':') == std::string_view::npos) return nullptr;
  const std::string plain = without_slices(suffix);
  const Element* own = in(own_, plain);
  return own ? own : in(base_, plain);
}

const Element* Inheritance::in_type_of(const Element& parent, std::string_view step) const {
  if (!parent.content_reference.empty()) {
    const std::string id = parent.content_reference + "." + std::string(step);
    if (const Element* found = in(own_, after(id, root_))) return found;
  }
  if (parent.types.size() != 1) return nullptr;
  const Structure* type = definitions_.type(parent.types.front().code);
  return type ? type->element(type->root->id + "." + std::string(step)) : nullptr;
}

}  // namespace gateway::definitions
