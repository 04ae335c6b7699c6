// The releases of metadata profiles that descriptions come in and go out by: HealthDCAT-AP R5 to R8, EUCAIM
// DCAT-AP v2, DCAT-AP 3.0.1. Each is a folder under profiles/dcat with release.toml and
// record.properties.csv: where each field of a record stands, in what form, how often, and whether it must be
// there.
//
// Const after load() and then thread-safe; it must outlive what refers to it.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/result.h"
#include "mappers/dcat/profile.h"
#include "mappers/dcat/record.h"

namespace mappers::dcat {

// A row of the property table.
struct ReleaseRow {
  std::string shape;       // "Dataset"; "Kind" and "ContactPoint" are shapes of the record type Contact
  const Field* field;      // of the shape's record type
  std::string short_name;  // "dct:title"
  std::string property;    // the same as an IRI; empty: the release has no place for the field
  std::string lost;        // then: why
  Form form = Form::Text;  // that of the field unless the table says another
  std::string of;          // Node: the shape; Iri: the class to state; Code: the list
  bool many = false;
  std::array<Need, 3> needs = {};  // by Access
  Need need(Access access) const { return needs[static_cast<std::size_t>(access)]; }
};

struct ReleaseShape {
  std::string name;
  std::string record;                // type of the records written by it
  std::vector<std::string> classes;  // IRIs, stated of every node
};

// Whether data-use conditions stand beside the access condition in dct:rights, or as rules of the policy.
enum class DataUse : std::uint8_t { Rights, Policy };

class Release {
 public:
  std::string id;       // the name of the folder: "healthdcat-ap-r8"
  std::string title;    // "HealthDCAT-AP Release 8"
  std::string profile;  // IRI, for Accept-Profile and dct:conformsTo
  std::vector<std::string> aliases;
  std::string host;  // of the authority lists of HealthData@EU; ends with '/'
  DataUse data_use = DataUse::Policy;
  bool variables_at_distribution = false;  // R5 and R6
  bool code_values_are_concepts = false;   // R5

  static gateway::Result<Release> load(const std::string& folder);
  const ReleaseShape* shape(std::string_view name) const;
  // The first shape for records of a type.
  const ReleaseShape* shape_of(std::string_view record_type) const;
  const ReleaseRow* row(std::string_view shape, std::string_view field) const;
  const std::vector<ReleaseRow>& rows() const { return rows_; }

 private:
  std::vector<ReleaseShape> shapes_;
  std::vector<ReleaseRow> rows_;
  std::map<std::string, std::size_t, std::less<>> index_;  // "shape field" to row
};

// The releases, and the code lists that all of them draw from.
struct Releases {
  std::vector<Release> all;  // by id
  Profile profile;
  std::shared_ptr<const class ReadingNames> names_read;  // what reading looks names up in

  // Every subfolder of profiles/dcat with a release.toml. Error: ProfileInvalid or ConfigInvalid with file
  // and line.
  static gateway::Result<Releases> load(const std::string& folder);
  // By id, alias ("r8") or profile IRI; nullptr: none.
  const Release* find(std::string_view name) const;
  std::string names() const;  // "dcat-ap-3.0.1, eucaim-dcat-ap-v2, ..."
  // The code that the IRI stands for and its list; nullptr: none that is known.
  std::pair<const CodeList*, const Concept*> code(std::string_view iri) const;
};

}  // namespace mappers::dcat
