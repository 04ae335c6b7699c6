// The answer to a search: a Bundle of type searchset with its links. Thread-safe.
#pragma once

#include <string>

#include "gateway/fhir/face.h"
#include "gateway/fhir/search_request.h"

namespace gateway::fhir {

// `base` is "https://host/fhir". Errors: as plan_studies() and find_studies().
Result<std::string> search_answer(const SearchRequest& request, const FhirFace& face, const std::string& base,
                                  const std::string& dicomweb);

}  // namespace gateway::fhir
