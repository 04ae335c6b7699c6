// Rows that show what the variables of a dataset look like (adms:sample of HealthDCAT-AP): no value of any
// object is in them.
//
// Rule: an attribute whose values the description publishes anyway (modality, SOP class, body part,
// manufacturer, sex; as the disclosure policy left them) shows those; every other one shows an invented value
// of its value representation. Pure functions; thread-safe.
#pragma once

#include <string>

#include "mappers/dcat/render.h"

namespace mappers::dcat {

// RFC 4180, with a header of keywords in the order of the variable dictionary; empty when there are no
// variables. The same figures give the same text.
std::string sample_csv(const RenderContext& context, const DatasetView& view, int rows = 3);

}  // namespace mappers::dcat
