// Person names: the groups and components of PN (PS3.5 section 6.2.1) as FHIR HumanName. Pure functions.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "gateway/model/records.h"

namespace mappers::fhir {

// One component group, cleaned: family^given^middle^prefix^suffix.
struct NameParts {
  std::string family, given, middle, prefix, suffix;
  bool empty() const;
};
NameParts name_parts(std::string_view group);

// An array of HumanName, one for each group that says something. With more than one group each carries the
// extension iso21090-EN-representation (ABC, IDE, SYL). False, and nothing appended, when the name is empty.
bool append_human_names(std::string& out, const gateway::model::PersonName& name);

// "Dr. Marie Anna Curie": prefix, given, middle, family, suffix of the first group that says something.
std::string display_name(const gateway::model::PersonName& name);

}  // namespace mappers::fhir
