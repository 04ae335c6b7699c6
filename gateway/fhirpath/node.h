// What a FHIRPath expression walks over: a Tree that somebody else owns, seen as collections of items.
//
// Any source (a Value, DICOM attributes, a typed FHIR resource) becomes readable by implementing Tree. Nodes
// are handles into the source and live as long as it does. Trees must be readable from several threads at
// once.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/fhirpath/scalar.h"

namespace gateway::fhirpath {

class Tree;

// A place in a tree; what the members but `tree` mean is the tree's own business. Two nodes with the same
// members are the same place.
struct Node {
  const Tree* tree = nullptr;
  const void* at = nullptr;
  std::uint64_t number = 0;
  const void* beside = nullptr;  // such as the "_birthDate" beside a "birthDate"
  bool operator==(const Node&) const = default;
};

// An element of a collection.
using Item = std::variant<Scalar, Node>;
using Collection = std::vector<Item>;

// {"FHIR", "Patient"}, {"FHIR", "dateTime"}, {"System", "String"}. Both empty: not known.
struct TypeName {
  std::string_view space;
  std::string_view name;
  bool operator==(const TypeName&) const = default;
};

struct Child {
  std::string_view name;  // of the element: "value", not "valueQuantity"; lives as long as the tree
  Item item;
};

// Only the first two must be implemented; a tree without types leaves the rest.
class Tree {
 public:
  virtual ~Tree() = default;
  // Appends the children of that name, in order; lists are flattened (N1 section 3.2). A choice of types is
  // found by its common name ("value"). The children of a FHIR primitive are "id" and "extension".
  virtual void children(const Node& node, std::string_view name, Collection& out) const = 0;
  // The node as a primitive value; nothing for a node with children only. A FHIR date is a Date here, and so
  // on; a text that is not of the form of its type stays a string.
  virtual std::optional<Scalar> scalar(const Node& node) const = 0;

  // Appends all children, in order, each item of a list on its own.
  virtual void all_children(const Node& node, std::vector<Child>& out) const;
  // The declared type of the node: {"FHIR", "Patient"}, {"FHIR", "code"}; of a component of a resource
  // {"FHIR", "BackboneElement"}. The texts live as long as the tree.
  virtual TypeName type(const Node& node) const;
  // Whether `type` is `ancestor` or derived from it. Both are names of the space "FHIR".
  virtual bool is_a(std::string_view type, std::string_view ancestor) const;
  // Whether the space "FHIR" has such a type; `Patient.is(Typo)` is a fault then. True when not known.
  virtual bool has_type(std::string_view type) const;
  // The base of a type, for type().baseType; empty: none, or not known.
  virtual std::string_view base_of(std::string_view type) const;
};

// A Value as a tree. The value must outlive all nodes. Of types it knows "resourceType" only.
class ValueTree final : public Tree {
 public:
  explicit ValueTree(const Value& root) : root_(root) {}
  Collection root() const;
  void children(const Node& node, std::string_view name, Collection& out) const override;
  std::optional<Scalar> scalar(const Node& node) const override;
  void all_children(const Node& node, std::vector<Child>& out) const override;
  TypeName type(const Node& node) const override;

 private:
  const Value& root_;
};

}  // namespace gateway::fhirpath
