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

Collection ValueTree::root() const {
  Collection items;
  append(*this, root_, items);
  return items;
}

void ValueTree::children(const Node& node, std::string_view name, Collection& out) const {
  if (const Value* child = static_cast<const Value*>(node.at)->find(name)) append(*this, *child, out);
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
