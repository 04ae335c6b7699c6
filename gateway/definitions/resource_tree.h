// ResourceTree: a FHIR resource in its JSON form (FHIR R4 2.6.2) as a tree of typed elements, for FHIRPath
// and for the validator.
//
// Primitives and their "_name" siblings are one element, choices have their common name, contained resources
// and entries of a Bundle their own types. What does not fit the definitions is left out and, if asked, told
// as findings. Built once, without recursion, bounded in depth and count; then immutable and thread-safe. The
// value and the definitions must outlive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/definitions/definitions.h"
#include "gateway/definitions/findings.h"
#include "gateway/fhirpath/node.h"

namespace gateway::definitions {

struct Entry {
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  const Value* value = nullptr;      // nullptr: a primitive that has only an id or extensions
  const Value* extra = nullptr;      // of a primitive: the map in "_name"
  const Element* element = nullptr;  // what the type around it says of it; the root of the tree: its own root
  const Element* body = nullptr;     // whose children describe its children
  const Structure* type = nullptr;   // nullptr: a component such as Patient.contact
  std::string_view key;              // in JSON: "valueQuantity"
  std::string_view name;             // in FHIRPath: "value"
  std::uint32_t parent = kNone, first = 0, count = 0;
  std::uint32_t position = kNone;  // in its list
  std::uint32_t next = 0;          // its first sibling behind of another key
  std::uint32_t resource = 0;      // the nearest resource around it, or itself
  std::uint16_t depth = 0;

  bool is_resource() const { return type && type->kind == Structure::Kind::Resource; }
  bool is_primitive() const { return type && type->kind == Structure::Kind::Primitive; }
  // Text of a primitive that is a JSON string; else empty.
  std::string_view text() const;
};

struct TreeLimits {
  std::size_t max_entries = 2'000'000;
  unsigned max_depth = 100;
  std::size_t max_members = 1000;  // of one object
};

class ResourceTree final : public fhirpath::Tree {
 public:
  // Of a resource, or of a value of the type `type`. `faults`: where misfits are told.
  ResourceTree(const Definitions& definitions, const Value& value, Findings* faults = nullptr,
               const TreeLimits& limits = {}, std::string_view type = {});
  ResourceTree(const ResourceTree&) = delete;
  ResourceTree& operator=(const ResourceTree&) = delete;

  const Definitions& definitions() const { return definitions_; }
  const Entry& root() const { return entries_.front(); }
  std::span<const Entry> entries() const { return entries_; }
  std::span<const Entry> children(const Entry& entry) const;
  const Entry* child(const Entry& entry, std::string_view name) const;  // the first of that name
  const Entry* parent(const Entry& entry) const;
  const Entry& resource_of(const Entry& entry) const { return entries_[entry.resource]; }
  std::string_view child_text(const Entry& entry, std::string_view name) const;
  // "Bundle.entry[2].resource.series[0].uid"
  std::string location(const Entry& entry) const;

  // The resource that a reference of the resource around `from` names: contained, the resource itself, or an
  // entry of the Bundle by its fullUrl (FHIR R4 2.36.4.1); nullptr when it is not here. `matches`: how many
  // entries fit.
  const Entry* resolve(std::string_view reference, const Entry& from, std::size_t* matches = nullptr) const;

  // The tree as FHIRPath sees it.
  fhirpath::Node node(const Entry& entry) const { return {this, &entry, 0, nullptr}; }
  static const Entry& entry(const fhirpath::Node& node) { return *static_cast<const Entry*>(node.at); }
  void children(const fhirpath::Node& node, std::string_view name, fhirpath::Collection& out) const override;
  std::optional<fhirpath::Scalar> scalar(const fhirpath::Node& node) const override;
  void all_children(const fhirpath::Node& node, std::vector<fhirpath::Child>& out) const override;
  fhirpath::TypeName type(const fhirpath::Node& node) const override;
  bool is_a(std::string_view type, std::string_view ancestor) const override;
  bool has_type(std::string_view type) const override;
  std::string_view base_of(std::string_view type) const override;

 private:
  friend class TreeBuilder;
  void index_bundle(const Entry& bundle);
  void index(std::string name, const Entry& resource);
  // The children of a name, side by side but for choices of several types.
  template <class Visit>
  void each_named(const Entry& entry, std::string_view name, Visit&& visit) const;
  std::string contained_key(const Entry& container, std::string_view id) const;

  const Definitions& definitions_;
  std::vector<Entry> entries_;
  // "fullUrl" and "Type/id" of Bundle entries, and contained resources.
  std::unordered_map<std::string, std::vector<const Entry*>> by_url_;
};

}  // namespace gateway::definitions
