#include "mappers/dcat/reading_names.h"

#include <algorithm>
#include <array>

#include "mappers/dcat/vocabulary.h"

namespace mappers::dcat {
namespace {

struct Alias {
  std::string_view type, name;  // of record and field; a class when `name` is empty
  std::string_view property;
};

// Names that no release's table has any more, and classes below those of the tables.
constexpr std::array kAliases = {
    Alias{"Agent", "note", "healthdcatap:publisherNote"},
    Alias{"Agent", "type", "healthdcatap:publisherType"},
    Alias{"Agent", "", "foaf:Organization"},
    Alias{"Agent", "", "foaf:Person"},
    Alias{"Contact", "", "vcard:Organization"},
    Alias{"Contact", "", "vcard:Individual"},
    Alias{"QualityAnnotation", "", "dqv:QualityAnnotation"},
    Alias{"Policy", "", "odrl:Offer"},
    Alias{"Policy", "", "odrl:Set"},
    Alias{"Policy", "", "odrl:Agreement"},
};

}  // namespace

ReadingNames::ReadingNames(const std::vector<Release>& releases) {
  for (const Field& field : fields()) properties_[field.type].emplace(expand(field.property), &field);
  for (const Release& release : releases)
    for (const ReleaseRow& row : release.rows()) {
      if (!row.property.empty()) properties_[row.field->type].emplace(row.property, row.field);
      add_classes(*release.shape(row.shape));
    }
  for (const Alias& alias : kAliases)
    if (alias.name.empty())
      aliases_.emplace(expand(alias.property), alias.type);
    else
      properties_[alias.type].emplace(expand(alias.property), find_field(alias.type, alias.name));
}

const Field* ReadingNames::field(std::string_view type, std::string_view property) const {
  const auto of_type = properties_.find(type);
  if (of_type == properties_.end()) return nullptr;
  const auto at = of_type->second.find(property);
  return at == of_type->second.end() ? nullptr : at->second;
}

std::string_view ReadingNames::type_of(std::string_view class_iri) const {
  if (const auto at = aliases_.find(class_iri); at != aliases_.end()) return at->second;
  const auto at = classes_.find(class_iri);
  return at == classes_.end() || at->second.size() != 1 ? std::string_view() : at->second.front();
}

bool ReadingNames::states(std::string_view type, std::string_view class_iri) const {
  const auto at = classes_.find(class_iri);
  return at != classes_.end() && std::find(at->second.begin(), at->second.end(), type) != at->second.end();
}

void ReadingNames::add_classes(const ReleaseShape& shape) {
  for (const std::string& name : shape.classes) {
    auto& types = classes_[name];
    if (std::find(types.begin(), types.end(), shape.record) == types.end()) types.push_back(shape.record);
  }
}

}  // namespace mappers::dcat
