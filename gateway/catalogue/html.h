// HTML pages of the catalogue for people: static, no scripts, nothing loaded from elsewhere. Pure functions.
#pragma once

#include <span>
#include <string>

#include "mappers/dcat/render.h"

namespace gateway::catalogue {

// The list of datasets: root and catalogue.
std::string list_page(const mappers::dcat::RenderContext& context,
                      std::span<const mappers::dcat::DatasetView> datasets);
std::string dataset_page(const mappers::dcat::RenderContext& context, const mappers::dcat::DatasetView& view);
// The statements about one thing, as a table: distributions and the data service.
std::string resource_page(const mappers::dcat::RenderContext& context, const std::string& iri,
                          const codec::Graph& graph);

}  // namespace gateway::catalogue
