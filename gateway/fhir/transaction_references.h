// References between the entries of a transaction (FHIR R4 http 3.1.0.11.2): what entries call each other
// becomes what they are called here; references by criteria become what these find.
//
// One object a transaction, one thread.
#pragma once

#include <map>
#include <set>
#include <string>

#include "gateway/fhir/face.h"

namespace gateway::fhir {

class EntryReferences {
 public:
  EntryReferences(const FhirFace& face, const Place& place) : face_(face), place_(place) {}
  // What `full_url` is called from now on: "Patient/1". Error: InvalidBody when it is taken.
  Result<void> add(const std::string& full_url, const std::string& place, const std::string& where);
  // What the entry at `where` deletes: no reference by criteria may lead there.
  void add_deleted(const std::string& place, const std::string& where) { deleted_.emplace(place, where); }
  // Rewrites `resource`, which stands in the entry with this full URL. Errors: PreconditionFailed for
  // criteria that find none or several, InvalidBody for those that find what is deleted.
  Result<void> rewrite(Value& resource, const std::string& full_url, const std::string& where);
  // Whether a reference was looked up by criteria.
  bool searched() const { return searched_; }

 private:
  Result<void> rewrite_list(Value::List& list, const std::string& base, const std::string& where);
  Result<void> rewrite_member(const std::string& name, Value& value, const std::string& base,
                              const std::string& where);
  std::string rewritten_narrative(std::string_view text) const;
  Result<std::string> resolved(const std::string& reference, const std::string& base,
                               const std::string& where);

  const FhirFace& face_;
  const Place& place_;
  std::map<std::string, std::string, std::less<>> places_;
  std::map<std::string, std::string, std::less<>> found_;  // by criteria
  std::map<std::string, std::string, std::less<>> deleted_;
  bool searched_ = false;
};

}  // namespace gateway::fhir
