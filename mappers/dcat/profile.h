// A metadata profile release (HealthDCAT-AP R8) as read from its folder under profiles/dcat: code lists, the
// properties a dataset must have, and a few constants. Everything is checked when it is loaded.
//
// Const after load() and then thread-safe; definitions and renderers refer to it, so it must outlive them.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"

namespace mappers::dcat {

// dct:accessRights of a dataset; decides which constraints hold.
enum class Access : std::uint8_t { NonPublic, Restricted, Public };
std::string_view name_of(Access access);  // "NON_PUBLIC": the code in the EU table

struct Concept {
  std::string code;
  std::string iri;
  std::string label;      // English
  std::string rule = {};  // of a data-use condition: permission, prohibition or obligation
};

struct CodeList {
  std::string name;
  std::string scheme;                // IRI
  std::vector<std::string> classes;  // short names, e.g. "dct:Frequency"
  std::vector<Concept> concepts;     // by code
  const Concept* find(std::string_view code) const;
};

enum class Need : std::uint8_t { Optional, Recommended, Mandatory };
struct PropertyRule {
  std::string property;       // short name, e.g. "dct:title"
  std::string key;            // of a dataset definition; empty: computed
  std::array<Need, 3> needs;  // by Access
  Need need(Access access) const { return needs[static_cast<std::size_t>(access)]; }
};

struct Profile {
  std::string name;
  std::string release;
  std::string legislation;
  std::string attribute_iri;
  std::map<std::string, std::string, std::less<>> default_type;  // by name of the access level
  std::map<std::string, CodeList, std::less<>> lists;
  std::vector<PropertyRule> properties;

  // Error: ProfileInvalid or ConfigInvalid with file and line.
  static gateway::Result<Profile> load(const std::string& folder);
  const CodeList& list(std::string_view name) const { return lists.find(name)->second; }
};

}  // namespace mappers::dcat
