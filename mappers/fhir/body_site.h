// Where on the body: of a series its site and side, of a study its regions. Pure functions.
#pragma once

#include <optional>
#include <vector>

#include "mappers/fhir/resource_parts.h"

namespace mappers::fhir {

// The first coded Anatomic Region (0008,2218), else Body Part Examined (0018,0015) as SNOMED CT, else under a
// local system. Nothing: not known.
std::optional<Coding> body_site_of(const gateway::model::Series& series, const RenderOptions& options);

// Laterality (0020,0060), else the modifier of the region (0008,2220), else Image Laterality (0020,0062):
// the side that all images name which name one, or both.
std::optional<Coding> laterality_of(const gateway::model::SeriesRow& row, const RenderOptions& options);

// Of the ten regions of the European profiles those that the series show, each once (anatomical-region in
// profiles/terminology).
std::vector<Coding> regions_of(const gateway::model::StudyRow& row, const RenderOptions& options);

}  // namespace mappers::fhir
