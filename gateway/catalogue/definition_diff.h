// What changed between two versions of a dataset definition, property by property. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "mappers/dcat/profile.h"

namespace gateway::catalogue {

struct PropertyChange {
  std::string key;                         // of the definition: "title.en", "hdab.url"
  std::string property;                    // "dct:title"; empty: the profile has none for this key
  std::vector<std::string> before, after;  // values; empty: the key was, or is, not there
};

// By key. Keys whose values only stand in another order are equal: RDF knows no order. Error: ConfigInvalid.
Result<std::vector<PropertyChange>> definition_changes(std::string_view before, std::string_view after,
                                                       const mappers::dcat::Profile& profile);
// Those of what is published: of keys that are known to be. Never the selection: it may name persons.
std::vector<PropertyChange> public_changes(std::vector<PropertyChange> changes);

}  // namespace gateway::catalogue
