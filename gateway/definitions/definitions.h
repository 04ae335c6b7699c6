// Definitions: what FHIR and its profiles say about resources (StructureDefinition, FHIR R4 5.3), as a tree
// of elements that the validator, the XML form, FHIRPath and the search read.
//
// Loaded from the packs of profiles/fhir (compact tables) and from official files given at run time;
// immutable afterwards and thread-safe. Pointers it hands out live as long as it does. Errors of loading:
// NotFound (a pack or folder), ProfileInvalid (file and place named), BodyTooLarge (a limit of
// PackageLimits).
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gateway/base/rare.h"
#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "gateway/definitions/concept_map.h"
#include "gateway/definitions/search_parameter.h"
#include "gateway/definitions/value_sets.h"

namespace gateway::definitions {

inline constexpr std::uint32_t kUnbounded = std::numeric_limits<std::uint32_t>::max();

enum class Strength : std::uint8_t { Required, Extensible, Preferred, Example };
struct Binding {
  Strength strength = Strength::Example;
  std::string value_set;      // canonical URL, "|version" as the definition has it; may be empty
  std::string max_value_set;  // elementdefinition-maxValueSet: required besides, or empty
};

struct Constraint {
  std::string key;
  bool error = true;  // else a warning
  std::string human;
  std::string expression;  // FHIRPath; compiled by who evaluates it
};

struct TypeRef {
  std::string code;                   // "string", "Reference", "Patient"; System types by their FHIR name
  std::vector<std::string> profiles;  // canonical URLs; empty: any
  std::vector<std::string> targets;   // of a Reference or canonical
};

struct Discriminator {
  enum class Kind : std::uint8_t { Value, Exists, Pattern, Type, Profile };
  Kind kind = Kind::Value;
  std::string path;  // restricted FHIRPath: "$this", "type.coding", "resolve()"
};
struct Slicing {
  enum class Rules : std::uint8_t { Open, Closed, OpenAtEnd };
  std::vector<Discriminator> discriminators;
  Rules rules = Rules::Open;
  bool ordered = false;
};

struct Element {
  std::string id;     // "ImagingStudy.series.performer:device.actor"
  std::string path;   // "ImagingStudy.series.performer.actor"
  std::string name;   // last step of the path; choices end in "[x]"
  std::string slice;  // name of the slice, or empty
  std::uint32_t min = 0;
  std::uint32_t max = kUnbounded;
  bool list = false;  // base.max is not 1: an array in JSON
  std::vector<TypeRef> types;
  std::string content_reference;  // id of the element whose children this one has: "Bundle.link"
  Rare<Value> fixed;              // as JSON
  Rare<Value> pattern;
  Rare<Value> min_value, max_value;
  std::uint32_t max_length = 0;  // 0: not limited
  Rare<Binding> binding;
  // Without those that the root of its type has anyway (ele-1 of Element, ext-1 of Extension, ...): whoever
  // evaluates takes those of the type's structure as well.
  std::vector<Constraint> constraints;
  Rare<Slicing> slicing;
  bool modifier = false;
  bool summary = false;
  bool xml_attribute = false;            // representation xmlAttr
  std::vector<const Element*> children;  // in the order of the definition; slices are below their element
  std::vector<const Element*> slices;
};

// Moving keeps pointers to elements; copying would not, so there is none.
struct Structure {
  Structure() = default;
  Structure(Structure&&) = default;
  Structure& operator=(Structure&&) = default;

  enum class Kind : std::uint8_t { Primitive, Complex, Resource, Logical };
  std::string url, version, name;
  std::string type;  // "ImagingStudy", also for a profile of it
  std::string base;  // canonical URL of what it constrains or specialises, or empty
  Kind kind = Kind::Complex;
  bool abstract = false;
  bool constraint = false;           // a profile; else a type of its own
  std::vector<std::string> context;  // extensions: where they may stand (FHIRPath or element ids)
  std::string pack;                  // "r4-core-4.0.1"
  const Element* root = nullptr;
  std::vector<Element> elements;  // in the order of the snapshot; the first is the root

  // By its id, "ImagingStudy.series:x.uid"; nullptr if there is none.
  const Element* element(std::string_view id) const;
};

// What is loaded, later packs over earlier ones: the last definition of a canonical URL is the current one.
struct PackageLimits {
  std::size_t max_file_bytes = 64u << 20;
  std::size_t max_total_bytes = 512u << 20;
  std::size_t max_files = 20'000;
  unsigned max_depth = 64;            // of JSON
  std::size_t max_elements = 10'000;  // of one structure
};
struct Sources {
  std::string folder;                 // profiles/fhir
  std::vector<std::string> packs;     // "r4-core-4.0.1", ...: names of its folders
  std::vector<std::string> packages;  // folders or files of official JSON (`--pack`)
  PackageLimits limits;
};

class Definitions {
 public:
  static Result<std::shared_ptr<const Definitions>> load(const Sources& sources);
  // The packs the gateway ships, in the order in which they build on each other.
  static std::vector<std::string> shipped_packs();

  // By canonical URL, with or without "|version"; nullptr if unknown. A version nobody has is unknown.
  const Structure* structure(std::string_view canonical) const;
  const Structure* structure(std::string_view canonical, std::string_view version) const;
  // The type itself, no profile of it: "ImagingStudy", "HumanName", "string".
  const Structure* type(std::string_view name) const;
  bool is_resource(std::string_view type_name) const;                                 // and not abstract
  const std::vector<std::string>& resource_types() const { return resource_types_; }  // sorted, none abstract
  const std::vector<const Structure*>& structures() const { return structures_; }     // in order of loading
  const std::vector<std::string>& packs() const { return packs_; }
  // Whether `type_name` is `ancestor` or derived from it: ("Patient", "DomainResource"), ("code", "string").
  bool is_a(std::string_view type_name, std::string_view ancestor) const;

  const ValueSets& value_sets() const { return value_sets_; }
  const SearchParameters& search_parameters() const { return search_parameters_; }
  const ConceptMaps& concept_maps() const { return concept_maps_; }

  // For loaders. A later definition of the same canonical URL becomes the current one.
  void add(Structure structure);
  void add(CodeSystem system) { value_sets_.add(std::move(system)); }
  void add(ValueSet set) { value_sets_.add(std::move(set)); }
  void add(SearchParameter parameter) { search_parameters_.add(std::move(parameter)); }
  void add(ConceptMap map) { concept_maps_.add(std::move(map)); }
  void add_pack(std::string name) { packs_.push_back(std::move(name)); }

 private:
  std::deque<Structure> owned_;
  std::vector<const Structure*> structures_;
  std::unordered_map<std::string_view, const Structure*> by_url_;  // the current one
  std::unordered_map<std::string_view, const Structure*> by_type_;
  std::vector<std::string> resource_types_;
  std::vector<std::string> packs_;
  ValueSets value_sets_;
  SearchParameters search_parameters_;
  ConceptMaps concept_maps_;
};

}  // namespace gateway::definitions
