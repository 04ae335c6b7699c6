// Resources: the one door of the face to both planes: what is rendered from the image index (ImagingStudy,
// Patient, Endpoint, ...: read-only) and what the store keeps (any type that clients send).
//
// A read looks into the index plane first, then into the store; a search gives the union (FHIR R4 http 3.1.0,
// search 3.1.1). Thread-safe. Owns the compiled search parameters; index, store and definitions must outlive
// it. Errors: InvalidParameter naming the parameter; those of index and store.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "gateway/fhir/search_request.h"
#include "gateway/model/resource_port.h"

namespace gateway::definitions {
class Definitions;
}

namespace gateway::fhir {

class FhirFace;

// This server as the request at hand sees it.
struct Place {
  std::string base;      // "https://host/fhir"
  std::string dicomweb;  // "https://host/dicomweb"
};

struct FoundResource {
  std::string type, id;
  std::string json;     // compact; empty when deleted
  std::string version;  // of the ETag
  std::int64_t updated_us = 0;
  bool deleted = false;
  // Clients cannot change it: it is made from the images, or derived. Why, for the refusal; else empty.
  std::string read_only;
  std::int64_t number = 0;  // the version, for ResourceWrite::expected; 0: of the index plane
};

// What is searched: a type, all of it ("") or what belongs to a compartment (FHIR R4 3.1.1.2, compartments).
struct SearchScope {
  std::string type;                // empty: all types
  std::string compartment, owner;  // type and id of whom it belongs to: "Patient"; or both empty
};

// A search parameter as the CapabilityStatement lists it.
struct SearchParameterNote {
  std::string name;        // also other spellings that are served
  std::string type;        // token, date, ...
  std::string definition;  // canonical URL
};

// The matches of one page, each as compact JSON, and the parameter by which the next page is found.
struct FoundTexts {
  struct Text {
    std::string id;
    std::shared_ptr<const std::string> json;
  };
  std::vector<Text> resources;
  std::optional<std::pair<std::string, std::string>> next;
};

class Resources {
 public:
  // `store` may be null: then there is the index plane only. Errors: ProfileInvalid for a search parameter
  // whose expression cannot be compiled.
  static Result<std::unique_ptr<Resources>> make(const FhirFace& face, model::ResourceStore* store,
                                                 const definitions::Definitions& definitions);
  ~Resources();
  Resources(const Resources&) = delete;
  Resources& operator=(const Resources&) = delete;

  // The current version, which may be a deletion (410). Nothing: there never was one (404).
  Result<std::optional<FoundResource>> read(std::string_view type, std::string_view id,
                                            const Place& place) const;
  Result<std::optional<FoundResource>> vread(std::string_view type, std::string_view id,
                                             std::string_view version, const Place& place) const;

  // Ids of what matches a criteria string such as "identifier=a|b", at most `limit`: for conditional
  // interactions (http 3.1.0.7.1), where an unknown parameter is always refused, and one criterion at least
  // is needed. Ask store().state() before, and commit with it.
  Result<std::vector<std::string>> ids(std::string_view type, const QueryPairs& criteria, const Place& place,
                                       std::uint32_t limit = 2) const;

  // A write of this text (compact, meta filled in), with the values by which it will be found. `resource` is
  // the text as a tree. For a deletion leave both empty.
  Result<model::ResourceWrite> make_write(std::string_view type, std::string_view id, std::int64_t expected,
                                          std::int64_t updated_us, std::string method, std::string json,
                                          const Value& resource, const Place& place,
                                          std::string origin = {}) const;

  // The searchset Bundle as compact JSON. `strict`: unknown parameters are refused (3.1.1.3.1).
  Result<std::string> search(const SearchScope& scope, const QueryPairs& pairs, bool strict,
                             const Place& place) const;

  // The same without a Bundle around it and without what is included, for who goes through all pages.
  Result<FoundTexts> texts(const SearchScope& scope, const QueryPairs& pairs, bool strict,
                           const Place& place) const;

  // What can be searched, by name; and "Source:parameter" of _include and _revinclude.
  std::vector<SearchParameterNote> search_parameters(std::string_view type) const;
  std::vector<std::string> includes(std::string_view type) const;
  std::vector<std::string> reverse_includes(std::string_view type) const;

  model::ResourceStore* store() const;  // null: the index plane only
  // The types that are rendered from the index: an update of such an id is refused.
  bool in_index(std::string_view type) const;

 private:
  struct Parts;
  explicit Resources(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace gateway::fhir
