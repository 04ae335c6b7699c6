// What a definition states beyond its own members: a list of fields with values, read and written by the
// descriptor table of records (record.h), so that every field of the table can be stated. Plain values.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "mappers/dcat/profile.h"
#include "mappers/dcat/record.h"

namespace mappers::dcat {

struct Stated {
  const Field* field = nullptr;
  gateway::codec::Term value;  // of a Node: its IRI when the definition names one
  std::vector<Stated> parts;   // of a Node
};
using Statements = std::vector<Stated>;

class Builder;
class TableReader;

// Reads the fields of a type that the reader has not been asked for yet and that are not in `without`. Faults
// go to the reader.
Statements read_stated(TableReader& reader, std::string_view type, const Profile& profile,
                       std::initializer_list<std::string_view> without = {});
// Writes them about `subject`; nodes without an IRI of their own become fragments of `subject`.
void add_stated(Builder& builder, const std::string& subject, const Statements& statements);
// A data-use condition as a rule of odrl:hasPolicy at `distribution` (ODRL 2.2 information model,
// section 2.5).
void add_data_use(Builder& builder, const std::string& distribution, const std::vector<Concept>& conditions);

}  // namespace mappers::dcat
