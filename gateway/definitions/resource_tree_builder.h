// TreeBuilder: reads the JSON form of a resource (FHIR R4 2.6.2) into the entries of a ResourceTree, breadth
// first, so that the children of an entry lie side by side.
//
// Internal to gateway/definitions. One object per tree.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/definitions/resource_tree.h"

namespace gateway::definitions {

class TreeBuilder {
 public:
  TreeBuilder(ResourceTree& tree, Findings* faults, const TreeLimits& limits)
      : tree_(tree), definitions_(tree.definitions_), faults_(faults), limits_(limits) {}
  void build(const Value& value, std::string_view type);

 private:
  struct Property {
    const Element* element = nullptr;
    const Structure* type = nullptr;  // nullptr: a component, or decided by resourceType
    const Element* body = nullptr;
    std::string_view name;
  };
  // What stands at one place in a list, or alone.
  struct Slot {
    const Value* value = nullptr;
    const Value* extra = nullptr;
    std::uint32_t position = Entry::kNone;
  };

  void expand(std::uint32_t index);
  void link_siblings(const Entry& parent);
  void read_members(std::uint32_t index, const Value::Map& members);
  void read_member(std::uint32_t index, std::string_view key, const Value* value, const Value* extra);
  std::optional<Property> find_property(const Entry& parent, std::string_view key) const;
  Property describe(const Element& element, std::size_t type_index, std::string_view name) const;
  void read_list(std::uint32_t index, const Property& property, std::string_view key, const Value* values,
                 const Value* extras);
  bool check_lists(std::uint32_t index, const Property& property, std::string_view key, const Value* value,
                   const Value* extra);
  void append(std::uint32_t index, const Property& property, std::string_view key, const Slot& slot);
  bool fits(Entry& entry);
  bool fits_primitive(const Entry& entry);
  bool set_resource_type(Entry& entry);
  std::string place(std::uint32_t index, std::string_view key, std::uint32_t position = Entry::kNone) const;
  void fault(std::string_view code, std::string where, std::string message);

  ResourceTree& tree_;
  const Definitions& definitions_;
  Findings* faults_;
  TreeLimits limits_;
  bool overflow_ = false;
};

}  // namespace gateway::definitions
