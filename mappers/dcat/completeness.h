// Whether a dataset description has what its profile release demands at its access level. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "mappers/dcat/render.h"

namespace mappers::dcat {

struct MissingProperty {
  std::string property;  // "healthdcatap:hdab"
  std::string key;       // where to write it in a definition
  bool mandatory = false;
  std::string reason;  // why the index does not supply it, when that can be said
};

// The mandatory ones first. Looks at the rendered description, so what the index supplies counts too.
std::vector<MissingProperty> missing_properties(const RenderContext& context, const DatasetView& view);

}  // namespace mappers::dcat
