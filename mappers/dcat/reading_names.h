// Internal to mappers/dcat: which field a property fills and which type of record a class means, by the
// tables of all releases together and by names that no table has any more. Const after it is made:
// thread-safe.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "mappers/dcat/record.h"
#include "mappers/dcat/release.h"

namespace mappers::dcat {

class ReadingNames {
 public:
  explicit ReadingNames(const std::vector<Release>& releases);
  // nullptr: the property stands for no field of such records.
  const Field* field(std::string_view type, std::string_view property) const;
  // Nothing for a class that several types have, or none.
  std::string_view type_of(std::string_view class_iri) const;
  // Whether some release states the class of every record of the type.
  bool states(std::string_view type, std::string_view class_iri) const;

 private:
  void add_classes(const ReleaseShape& shape);

  // By type of record and by IRI.
  std::map<std::string_view, std::map<std::string, const Field*, std::less<>>> properties_;
  std::map<std::string, std::vector<std::string>, std::less<>> classes_;
  std::map<std::string, std::string, std::less<>> aliases_;
};

}  // namespace mappers::dcat
