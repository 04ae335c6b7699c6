// The table of search parameters: what the face understands, and what its CapabilityStatement says about it.
//
// A parameter is in the table when, and only when, the search for it is exact. Constant; thread-safe.
#pragma once

#include <span>
#include <string_view>

namespace gateway::fhir {

enum class ResourceType : unsigned char { ImagingStudy, Patient, Endpoint };
inline constexpr ResourceType kResourceTypes[] = {ResourceType::ImagingStudy, ResourceType::Patient,
                                                  ResourceType::Endpoint};
std::string_view name_of(ResourceType type);

struct SearchParameter {
  std::string_view name;
  std::string_view type;           // token, date, reference, string
  std::string_view definition;     // canonical URL of the SearchParameter
  std::string_view documentation;  // what this server does beyond or besides the definition; may be empty
};

std::span<const SearchParameter> search_parameters(ResourceType type);
const SearchParameter* find_parameter(ResourceType type, std::string_view name);
std::span<const std::string_view> search_includes(ResourceType type);

}  // namespace gateway::fhir
