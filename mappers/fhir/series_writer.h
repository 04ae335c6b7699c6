// ImagingStudy.series and ImagingStudy.series.instance (FHIR R4). For imaging_study.cpp.
#pragma once

#include <span>
#include <string>

#include "mappers/fhir/contained.h"
#include "mappers/fhir/render.h"

namespace mappers::fhir {

// Items of series.performer, separated by commas: PRF who did it, with SPRF for more than one; DEV with what;
// LOC where; CST who keeps it. Devices, organizations and roles go to `contained`.
std::string performers_of(const gateway::model::Series& series, const RenderOptions& options,
                          Contained& contained);

struct SeriesParts {
  const gateway::model::SeriesRow& row;
  std::string_view timezone_offset;        // of the study
  std::string_view performers;             // as performers_of() gives them
  std::span<const std::string> endpoints;  // references
};
void append_series(std::string& out, const SeriesParts& parts, const RenderOptions& options);

// A modality as Coding, or that it is not known.
void append_modality(std::string& out, std::string_view modality, const RenderOptions& options);
// The member `endpoint`, unless there are none.
void add_endpoints(JsonObject& object, std::span<const std::string> endpoints);

}  // namespace mappers::fhir
