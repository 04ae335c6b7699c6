#include "gateway/fhirpath/types.h"

#include <algorithm>
#include <array>
#include <string>

namespace gateway::fhirpath {
namespace {

constexpr std::array<std::string_view, 9> kSystemTypes = {"Boolean", "Integer",  "Decimal", "String",  "Long",
                                                          "Date",    "DateTime", "Time",    "Quantity"};

// FHIR R4 2.9.1.2: what FHIR types convert to.
struct Conversion {
  std::string_view fhir, system;
};
constexpr std::array kConversions = {
    Conversion{"boolean", "Boolean"},     Conversion{"string", "String"},
    Conversion{"uri", "String"},          Conversion{"code", "String"},
    Conversion{"oid", "String"},          Conversion{"id", "String"},
    Conversion{"uuid", "String"},         Conversion{"markdown", "String"},
    Conversion{"base64Binary", "String"}, Conversion{"integer", "Integer"},
    Conversion{"unsignedInt", "Integer"}, Conversion{"positiveInt", "Integer"},
    Conversion{"decimal", "Decimal"},     Conversion{"date", "DateTime"},
    Conversion{"dateTime", "DateTime"},   Conversion{"instant", "DateTime"},
    Conversion{"time", "Time"},           Conversion{"Quantity", "Quantity"},
};

// The answers of type(). A node holds the name: `at` its text, `number` its length and space, `beside` the
// tree that knows its base.
class TypeTree final : public Tree {
 public:
  static Node node(const TypeName& name, const Tree* types) {
    return {&instance(), name.name.data(), name.name.size() * 2 + (name.space == "FHIR" ? 1 : 0), types};
  }
  static const TypeTree& instance() {
    static const TypeTree tree;
    return tree;
  }
  void children(const Node& node, std::string_view name, Collection& out) const override {
    const TypeName type = of(node);
    if (name == "namespace") out.emplace_back(Scalar(std::string(type.space)));
    if (name == "name") out.emplace_back(Scalar(std::string(type.name)));
    if (name == "baseType") out.emplace_back(Scalar(base(node)));
  }
  std::optional<Scalar> scalar(const Node&) const override { return std::nullopt; }
  void all_children(const Node& node, std::vector<Child>& out) const override {
    for (const std::string_view name : {"namespace", "name", "baseType"}) {
      Collection items;
      children(node, name, items);
      for (Item& item : items) out.push_back({name, std::move(item)});
    }
  }

 private:
  static TypeName of(const Node& node) {
    return {node.number % 2 == 1 ? "FHIR" : "System",
            {static_cast<const char*>(node.at), static_cast<std::size_t>(node.number / 2)}};
  }
  static std::string base(const Node& node) {
    const TypeName type = of(node);
    const Tree* types = static_cast<const Tree*>(node.beside);
    const std::string_view base = types && type.space == "FHIR" ? types->base_of(type.name) : "";
    return base.empty() ? "System.Any" : "FHIR." + std::string(base);
  }
};

bool is_node_of(const Node& node, const TypeName& have, std::string_view space, std::string_view type) {
  return (space.empty() || space == have.space) &&
         (have.space == "FHIR" ? node.tree->is_a(have.name, type) : have.name == type);
}

}  // namespace

TypeName type_of(const Item& item) {
  constexpr std::array<std::string_view, 9> kNames = {"Boolean", "Integer",  "Decimal", "String",  "Long",
                                                      "Date",    "DateTime", "Time",    "Quantity"};
  if (const Scalar* scalar = std::get_if<Scalar>(&item)) return {"System", kNames[scalar->index()]};
  const Node& node = std::get<Node>(item);
  const TypeName type = node.tree->type(node);
  if (!type.name.empty()) return type;
  const auto scalar = node.tree->scalar(node);
  return {"System", scalar ? kNames[scalar->index()] : "Object"};
}

bool is_of(const Item& item, std::string_view space, std::string_view type) {
  const TypeName have = type_of(item);
  if (const Node* node = std::get_if<Node>(&item)) return is_node_of(*node, have, space, type);
  return (space.empty() || space == have.space) && have.name == type;
}

bool converts_to(const Item& item, std::string_view space, std::string_view type) {
  if (is_of(item, space, type)) return true;
  const TypeName have = type_of(item);
  return have.space == "FHIR" && space != "FHIR" &&
         std::any_of(kConversions.begin(), kConversions.end(), [&](const Conversion& conversion) {
           return conversion.fhir == have.name && conversion.system == type;
         });
}

bool is_known_type(std::string_view space, std::string_view type, const Tree* types) {
  if (space == "System") return true;
  if (!space.empty() && space != "FHIR") return false;
  const bool system = std::find(kSystemTypes.begin(), kSystemTypes.end(), type) != kSystemTypes.end();
  return (space.empty() && system) || !types || types->has_type(type);
}

Item type_item(const Item& item) {
  const Node* node = std::get_if<Node>(&item);
  TypeName type = type_of(item);
  // A component such as Patient.contact has no type of its own.
  if (node && type.name.find('.') != std::string_view::npos)
    if (const auto base = node->tree->base_of(type.name); !base.empty()) type.name = base;
  return TypeTree::node(type, node ? node->tree : nullptr);
}

}  // namespace gateway::fhirpath
