// Search parameters (FHIR R4 3.1.1, SearchParameter): what may be searched, of which type, by which FHIRPath.
//
// A definition over several resource types has one expression a type here: the part of the published union
// that applies to it. Immutable after loading and thread-safe; pointers live as long as the object.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace gateway::definitions {

enum class SearchType : std::uint8_t {
  Number,
  Date,
  String,
  Token,
  Reference,
  Composite,
  Quantity,
  Uri,
  Special
};

struct SearchParameter {
  struct Component {         // of a composite
    std::string definition;  // canonical URL of the parameter
    std::string expression;  // from the value of the whole
  };
  std::string url, code, pack;
  SearchType type = SearchType::Special;
  std::vector<std::string> bases;                                // "ImagingStudy"; "Resource"; ...
  std::vector<std::pair<std::string, std::string>> expressions;  // base -> FHIRPath; none for _text and such
  std::vector<std::string> targets;                              // of a reference; empty: any
  std::vector<Component> components;

  // For a resource of this type: its own, else that of DomainResource or Resource; empty if there is none.
  std::string_view expression(std::string_view resource_type) const;
};

std::string_view name_of(SearchType type);  // "token"
std::optional<SearchType> search_type(std::string_view name);

// The part of a union "Patient.name | (Practitioner.name as X)" that applies to `base`; empty if none does.
// A part that begins with an element ("name") applies to every base.
std::string part_for(std::string_view expression, std::string_view base);

class SearchParameters {
 public:
  // Includes those of Resource and DomainResource (_id, _lastUpdated, _profile, ...), by code.
  const SearchParameter* find(std::string_view resource_type, std::string_view code) const;
  const SearchParameter* by_url(std::string_view canonical) const;
  // All for a resource type, sorted by code, those of Resource and DomainResource included.
  std::vector<const SearchParameter*> of(std::string_view resource_type) const;
  const std::deque<SearchParameter>& all() const { return all_; }

  // For loaders. A later definition of the same type and code, or the same URL, becomes the current one.
  void add(SearchParameter parameter);

 private:
  std::deque<SearchParameter> all_;
  std::unordered_map<std::string_view, const SearchParameter*> by_url_;
  std::map<std::string_view, std::map<std::string_view, const SearchParameter*>> by_type_;  // type, code
};

}  // namespace gateway::definitions
