// The pages of the catalogue for people. Pure functions of what they show.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "gateway/catalogue/check_calendar.h"
#include "gateway/catalogue/search_index.h"
#include "gateway/model/dataset_port.h"
#include "mappers/dcat/quality.h"
#include "mappers/dcat/render.h"

namespace gateway::catalogue {

// Datasets with search, facets and pages of results; `front`: as the root of the catalogue.
std::string browse_page(const mappers::dcat::RenderContext& context, const SearchQuery& query,
                        const SearchResult& result, bool front);
// "/search?q=..." of a query.
std::string search_address(const mappers::dcat::RenderContext& context, const SearchQuery& query);

std::string dataset_page(const mappers::dcat::RenderContext& context, const mappers::dcat::DatasetView& view);
// The same for search engines: schema.org Dataset.
Value schema_org(const mappers::dcat::RenderContext& context, const mappers::dcat::DatasetView& view);

// The statements about one thing, as a table: distributions and the data service.
std::string resource_page(const mappers::dcat::RenderContext& context, const std::string& iri,
                          const codec::Graph& graph);

std::string versions_page(const mappers::dcat::RenderContext& context, const model::DatasetRow& row,
                          const std::string& title, const std::vector<model::DatasetEvent>& events);
std::string diff_page(const mappers::dcat::RenderContext& context, const std::string& id,
                      const std::string& title, std::int64_t from, std::int64_t to,
                      const std::vector<PropertyChange>& changes);
std::string checks_page(const mappers::dcat::RenderContext& context, const std::vector<CheckDue>& calendar);
// The measured part of the quality and utility label (Art 78).
std::string label_page(const mappers::dcat::RenderContext& context, const std::string& id,
                       const std::string& title, const mappers::dcat::QualityLabel& label);

// Root, catalogue and, unless `id` is empty, that dataset: the way up.
std::vector<std::pair<std::string, std::string>> trail_of(const mappers::dcat::RenderContext& context,
                                                          const std::string& id, const std::string& title);

}  // namespace gateway::catalogue
