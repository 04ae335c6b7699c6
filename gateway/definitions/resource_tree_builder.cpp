#include "gateway/definitions/resource_tree_builder.h"

#include <algorithm>
#include <cctype>

namespace gateway::definitions {
namespace {

constexpr std::string_view kChoice = "[x]";

bool is_choice(std::string_view name) { return name.ends_with(kChoice); }

// Whether "valueQuantity" is the choice "value[x]" as a Quantity.
bool names_choice(std::string_view key, std::string_view choice, std::string_view type) {
  const std::string_view stem = choice.substr(0, choice.size() - kChoice.size());
  if (key.size() != stem.size() + type.size() || !key.starts_with(stem) || type.empty()) return false;
  const char first = static_cast<char>(std::toupper(static_cast<unsigned char>(type[0])));
  return key[stem.size()] == first && key.substr(stem.size() + 1) == type.substr(1);
}

bool is_resource_place(const Structure* type) { return type && type->kind == Structure::Kind::Resource; }

std::string_view json_kind(const Value& value) {
  if (value.as_map()) return "an object";
  if (value.as_list()) return "an array";
  if (value.as_string()) return "a string";
  if (value.as_bool()) return "a boolean";
  return value.is_null() ? "null" : "a number";
}

std::string quoted(std::string_view text) {
  constexpr std::size_t kMost = 80;
  return "'" + std::string(text.substr(0, kMost)) + (text.size() > kMost ? "...'" : "'");
}

}  // namespace

void TreeBuilder::build(const Value& value, std::string_view type) {
  Entry root;
  root.value = &value;
  root.type = definitions_.type(type);
  if (root.type)
    root.element = root.body = root.type->root;
  else if (set_resource_type(root))
    root.element = root.body;
  tree_.entries_.push_back(root);
  if (root.type && !value.as_map() && !root.is_primitive())
    return fault("structure", std::string(root.type->type),
                 "an object is expected here, not " + std::string(json_kind(value)));
  for (std::uint32_t index = 0; index < tree_.entries_.size() && !overflow_; ++index) expand(index);
}

void TreeBuilder::fault(std::string_view code, std::string where, std::string message) {
  if (faults_) faults_->error(std::string(code), std::move(where), std::move(message));
}

std::string TreeBuilder::place(std::uint32_t index, std::string_view key, std::uint32_t position) const {
  std::string text = tree_.location(tree_.entries_[index]) + "." + std::string(key);
  if (position != Entry::kNone) text += "[" + std::to_string(position) + "]";
  return text;
}

void TreeBuilder::expand(std::uint32_t index) {
  const Entry& entry = tree_.entries_[index];
  if (!entry.body) return;
  const Value* holder = entry.is_primitive() ? entry.extra : entry.value;
  if (!holder || !holder->as_map()) return;
  if (entry.depth >= limits_.max_depth)
    return fault("too-costly", tree_.location(entry),
                 "more than " + std::to_string(limits_.max_depth) + " levels; what is below is not read");
  tree_.entries_[index].first = static_cast<std::uint32_t>(tree_.entries_.size());
  read_members(index, *holder->as_map());
  tree_.entries_[index].count =
      static_cast<std::uint32_t>(tree_.entries_.size()) - tree_.entries_[index].first;
  link_siblings(tree_.entries_[index]);
}

void TreeBuilder::link_siblings(const Entry& parent) {
  const auto end = static_cast<std::uint32_t>(tree_.entries_.size());
  for (std::uint32_t at = end; at-- > parent.first;) {
    Entry& entry = tree_.entries_[at];
    const bool last = at + 1 == end || tree_.entries_[at + 1].key != entry.key;
    entry.next = last ? at + 1 : tree_.entries_[at + 1].next;
  }
}

// JSON form, FHIR R4 2.6.2: a primitive is spread over "name" and "_name".
void TreeBuilder::read_members(std::uint32_t index, const Value::Map& members) {
  if (members.size() > limits_.max_members)
    return fault("too-costly", tree_.location(tree_.entries_[index]),
                 "an object has too many members: more than " + std::to_string(limits_.max_members));
  const bool resource = tree_.entries_[index].is_resource();
  const auto find = [&members](std::string_view wanted) -> const Value* {
    for (const auto& [name, value] : members)
      if (name == wanted) return &value;
    return nullptr;
  };
  const bool has_extras =
      std::any_of(members.begin(), members.end(), [](const auto& m) { return m.first.starts_with('_'); });
  for (const auto& [key, value] : members) {
    if (overflow_) return;
    if (resource && key == "resourceType") continue;
    if (!key.starts_with('_')) {
      read_member(index, key, &value, has_extras ? find("_" + key) : nullptr);
    } else if (!find(std::string_view(key).substr(1))) {
      read_member(index, std::string_view(key).substr(1), nullptr, &value);
    }
  }
}

void TreeBuilder::read_member(std::uint32_t index, std::string_view key, const Value* value,
                              const Value* extra) {
  const auto property = find_property(tree_.entries_[index], key);
  const bool primitive = property && property->type && property->type->kind == Structure::Kind::Primitive;
  if (!property || (extra && !primitive)) {
    const std::string name = (property || !value ? "_" : "") + std::string(key);
    fault("structure", tree_.location(tree_.entries_[index]), "Unrecognized property " + quoted(name));
    if (!property || !value) return;
    extra = nullptr;
  }
  if (!check_lists(index, *property, key, value, extra)) return;
  if (property->element->list) return read_list(index, *property, key, value, extra);
  if (value && value->is_null()) return fault("structure", place(index, key), "null is not allowed here");
  append(index, *property, key, {value, extra, Entry::kNone});
}

std::optional<TreeBuilder::Property> TreeBuilder::find_property(const Entry& parent,
                                                                std::string_view key) const {
  if (parent.is_primitive() && key == "value") return std::nullopt;
  for (const Element* child : parent.body->children) {
    if (!is_choice(child->name)) {
      if (child->name == key) return describe(*child, 0, child->name);
      continue;
    }
    for (std::size_t i = 0; i < child->types.size(); ++i)
      if (names_choice(key, child->name, child->types[i].code)) {
        const std::string_view name(child->name);
        return describe(*child, i, name.substr(0, name.size() - kChoice.size()));
      }
  }
  return std::nullopt;
}

TreeBuilder::Property TreeBuilder::describe(const Element& element, std::size_t type_index,
                                            std::string_view name) const {
  Property property{&element, nullptr, nullptr, name};
  if (!element.content_reference.empty()) {
    const std::string_view type = std::string_view(element.path).substr(0, element.path.find('.'));
    if (const Structure* structure = definitions_.type(type)) {
      const std::size_t hash = element.content_reference.find('#');
      property.body = structure->element(
          std::string_view(element.content_reference).substr(hash == std::string::npos ? 0 : hash + 1));
    }
    return property;
  }
  if (type_index < element.types.size()) property.type = definitions_.type(element.types[type_index].code);
  if (!element.children.empty()) {
    property.body = &element;
    property.type = nullptr;  // a component: BackboneElement or Element with children of its own
  } else if (property.type) {
    property.body = property.type->root;
  }
  return property;
}

bool TreeBuilder::check_lists(std::uint32_t index, const Property& property, std::string_view key,
                              const Value* value, const Value* extra) {
  const bool list = property.element->list;
  for (const Value* part : {value, extra}) {
    if (!part) continue;
    const bool is_list = part->as_list() != nullptr;
    if (list && !is_list) {
      fault("structure", place(index, key),
            "an array is expected here, not " + std::string(json_kind(*part)));
      return false;
    }
    if (!list && is_list) {
      fault("structure", place(index, key), "this element does not repeat: an array is not allowed");
      return false;
    }
    if (list && part->as_list()->empty()) {
      fault("structure", place(index, key), "an array cannot be empty");
      return false;
    }
  }
  if (list && value && extra && value->as_list()->size() != extra->as_list()->size())
    fault("structure", place(index, key),
          "the arrays '" + std::string(key) + "' and '_" + std::string(key) + "' must be of one length");
  return true;
}

void TreeBuilder::read_list(std::uint32_t index, const Property& property, std::string_view key,
                            const Value* values, const Value* extras) {
  const Value::List* left = values ? values->as_list() : nullptr;
  const Value::List* right = extras ? extras->as_list() : nullptr;
  const std::size_t size = std::max(left ? left->size() : 0, right ? right->size() : 0);
  for (std::size_t i = 0; i < size && !overflow_; ++i) {
    Slot slot;
    slot.position = static_cast<std::uint32_t>(i);
    if (left && i < left->size() && !(*left)[i].is_null()) slot.value = &(*left)[i];
    if (right && i < right->size() && !(*right)[i].is_null()) slot.extra = &(*right)[i];
    if (!slot.value && !slot.extra)
      fault("structure", place(index, key, slot.position), "null is not allowed here");
    else
      append(index, property, key, slot);
  }
}

void TreeBuilder::append(std::uint32_t index, const Property& property, std::string_view key,
                         const Slot& slot) {
  if (tree_.entries_.size() >= limits_.max_entries) {
    overflow_ = true;
    return fault("too-costly", place(index, key, slot.position),
                 "more than " + std::to_string(limits_.max_entries) + " elements; the rest is not read");
  }
  Entry entry;
  entry.value = slot.value;
  entry.extra = slot.extra;
  entry.element = property.element;
  entry.body = property.body;
  entry.type = property.type;
  entry.key = key;
  entry.name = property.name;
  entry.parent = index;
  entry.position = slot.position;
  entry.resource = tree_.entries_[index].resource;
  entry.depth = static_cast<std::uint16_t>(tree_.entries_[index].depth + 1);
  if (fits(entry)) tree_.entries_.push_back(entry);
}

bool TreeBuilder::fits(Entry& entry) {
  if (entry.is_primitive()) return fits_primitive(entry);
  if (!entry.value->as_map()) {
    fault("structure", place(entry.parent, entry.key, entry.position),
          "an object is expected here" + (entry.type ? " (" + entry.type->type + ")" : std::string()) +
              ", not " + std::string(json_kind(*entry.value)));
    return false;
  }
  if (entry.value->as_map()->empty()) {
    fault("invalid", place(entry.parent, entry.key, entry.position),
          "Object must have some content: an element has a value or children (ele-1)");
    return true;
  }
  if (is_resource_place(entry.type)) {
    entry.resource = static_cast<std::uint32_t>(tree_.entries_.size());
    return set_resource_type(entry);
  }
  return true;
}

bool TreeBuilder::fits_primitive(const Entry& entry) {
  const std::string where =
      faults_ && (entry.extra || !entry.value || entry.value->as_map() || entry.value->as_list())
          ? place(entry.parent, entry.key, entry.position)
          : std::string();
  if (entry.extra && !entry.extra->as_map()) {
    fault("structure", where, "'_" + std::string(entry.key) + "' must be an object");
    return false;
  }
  if (entry.extra && entry.extra->as_map()->empty()) {
    fault("structure", where, "Object must have some content: '_" + std::string(entry.key) + "' is empty");
    return entry.value != nullptr;
  }
  if (entry.value && (entry.value->as_map() || entry.value->as_list())) {
    fault("structure", where,
          "a primitive value (" + entry.type->type + ") is expected here, not " +
              std::string(json_kind(*entry.value)));
    return false;
  }
  return true;
}

bool TreeBuilder::set_resource_type(Entry& entry) {
  const Value* name = entry.value ? entry.value->find("resourceType") : nullptr;
  const std::string where =
      entry.parent == Entry::kNone ? std::string() : place(entry.parent, entry.key, entry.position);
  entry.type = nullptr;
  entry.body = nullptr;
  if (!name || !name->as_string()) {
    fault("structure", where, "a resource needs a resourceType");
    return false;
  }
  if (!definitions_.is_resource(*name->as_string())) {
    fault("structure", where, quoted(*name->as_string()) + " is not a resource type");
    return false;
  }
  entry.type = definitions_.type(*name->as_string());
  entry.body = entry.type ? entry.type->root : nullptr;
  return entry.type != nullptr;
}

}  // namespace gateway::definitions
