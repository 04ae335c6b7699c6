// What a FHIRPath expression walks over: a Tree that somebody else owns, seen as collections of items.
//
// Any source (a Value, DICOM attributes) becomes readable by implementing Tree. Nodes are handles into the
// source and live as long as it does. Trees must be readable from several threads at once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/base/value.h"

namespace gateway::fhirpath {

class Tree;

// A place in a tree; what `at` and `number` mean is the tree's own business.
struct Node {
  const Tree* tree = nullptr;
  const void* at = nullptr;
  std::uint64_t number = 0;
};

// The primitive values of the language that are in use (N1 2.0.0 section 4.1).
using Scalar = std::variant<bool, std::int64_t, Decimal, std::string>;

// An element of a collection.
using Item = std::variant<Scalar, Node>;
using Collection = std::vector<Item>;

class Tree {
 public:
  virtual ~Tree() = default;
  // Appends the children of that name, in order; lists are flattened (N1 section 3.2).
  virtual void children(const Node& node, std::string_view name, Collection& out) const = 0;
  // The node as a primitive value; nothing for a node with children only.
  virtual std::optional<Scalar> scalar(const Node& node) const = 0;
};

// A Value as a tree. The value must outlive all nodes.
class ValueTree final : public Tree {
 public:
  explicit ValueTree(const Value& root) : root_(root) {}
  Collection root() const;
  void children(const Node& node, std::string_view name, Collection& out) const override;
  std::optional<Scalar> scalar(const Node& node) const override;

 private:
  const Value& root_;
};

}  // namespace gateway::fhirpath
