#include "gateway/fhirpath/node.h"

namespace gateway::fhirpath {
namespace {

void append(const Tree& tree, const Value& value, Collection& out) {
  if (const Value::List* list = value.as_list()) {
    for (const Value& member : *list) append(tree, member, out);
  } else if (!value.is_null()) {
    out.emplace_back(Node{&tree, &value, 0});
  }
}

}  // namespace

void Tree::all_children(const Node&, std::vector<Child>&) const {}
TypeName Tree::type(const Node&) const { return {}; }
bool Tree::is_a(std::string_view type, std::string_view ancestor) const { return type == ancestor; }
bool Tree::has_type(std::string_view) const { return true; }
std::string_view Tree::base_of(std::string_view) const { return {}; }

Collection ValueTree::root() const {
  Collection items;
  append(*this, root_, items);
  return items;
}

void ValueTree::children(const Node& node, std::string_view name, Collection& out) const {
  if (const Value* child = static_cast<const Value*>(node.at)->find(name)) append(*this, *child, out);
}

void ValueTree::all_children(const Node& node, std::vector<Child>& out) const {
  const Value::Map* members = static_cast<const Value*>(node.at)->as_map();
  if (!members) return;
  for (const Value::Member& member : *members) {
    if (member.first == "resourceType") continue;
    Collection items;
    append(*this, member.second, items);
    for (Item& item : items) out.push_back({member.first, std::move(item)});
  }
}

TypeName ValueTree::type(const Node& node) const {
  const std::string_view name = static_cast<const Value*>(node.at)->text("resourceType");
  return name.empty() ? TypeName{} : TypeName{"FHIR", name};
}

std::optional<Scalar> ValueTree::scalar(const Node& node) const {
  const Value& value = *static_cast<const Value*>(node.at);
  if (const bool* flag = value.as_bool()) return Scalar(*flag);
  if (const std::int64_t* number = value.as_int()) return Scalar(*number);
  if (const Decimal* number = value.as_decimal()) return Scalar(*number);
  if (const std::string* text = value.as_string()) return Scalar(*text);
  return std::nullopt;
}

}  // namespace gateway::fhirpath
