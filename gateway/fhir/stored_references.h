// StoredReferences: the resources that are referred to, as they will be after some writes that are made but
// not committed: those of the writes, else those of the store.
//
// Only references to this server are followed. One thread; face and writes must outlive it. Errors: those of
// the store.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "gateway/fhir/face.h"
#include "gateway/model/resource_port.h"

namespace gateway::fhir {

class StoredReferences {
 public:
  StoredReferences(const FhirFace& face, const Place& place, std::span<const model::ResourceWrite> writes);

  // By "Patient/1"; nullptr: there is none, or it is deleted.
  Result<const Value*> find(const std::string& name) const;
  // The same by a reference, also an absolute one or one to a version. A failing store is nullptr, too.
  const Value* resolve(std::string_view reference) const;

 private:
  const FhirFace& face_;
  const Place place_;
  std::map<std::string, const model::ResourceWrite*> writes_;         // the last of each resource
  mutable std::map<std::string, std::unique_ptr<const Value>> read_;  // null: none
};

}  // namespace gateway::fhir
