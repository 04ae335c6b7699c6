// Orders: the requests that images name, gathered over a study, as ServiceRequest (FHIR R4;
// ServiceRequestOrderEuImaging, MadoRequestedProcedure). Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mappers/fhir/render.h"

namespace mappers::fhir {

// The orders of a study, by accession number. The first is the study's own, (0008,0050) or the first that is
// named: basedOn takes no other (packs.h). Items without an accession number belong to it.
std::vector<gateway::model::Request> orders_of(const gateway::model::StudyRow& row);

// Whether the order says more than its accession number: then it is worth a resource.
bool is_more_than_accession(const gateway::model::Request& order);

// `id` may be empty, for a resource that is to be contained. `subject` is a reference.
void append_service_request(std::string& out, std::string_view id, const gateway::model::Request& order,
                            std::string_view subject, const RenderOptions& options);

}  // namespace mappers::fhir
