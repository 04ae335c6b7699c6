// The list of datasets: search, facets, pages of results.
#include <algorithm>

#include "gateway/catalogue/answer.h"
#include "gateway/catalogue/markup.h"
#include "gateway/catalogue/pages.h"

namespace gateway::catalogue {
namespace {

using mappers::dcat::RenderContext;

constexpr std::size_t kMaxFacetValues = 12;
constexpr std::size_t kLongestTeaser = 320;

std::string teaser(const std::string& text) {
  if (text.size() <= kLongestTeaser) return text;
  std::size_t end = kLongestTeaser;
  while (end > 0 && text[end] != ' ') --end;
  return text.substr(0, end) + "\u2026";
}

bool holds(const SearchQuery& query, std::string_view facet, const std::string& value) {
  return std::any_of(query.filters.begin(), query.filters.end(),
                     [&](const auto& filter) { return filter.first == facet && filter.second == value; });
}

// The same query with the filter set, or without it when it is set.
SearchQuery toggled(SearchQuery query, std::string_view facet, const std::string& value) {
  query.start = 0;
  const auto kept = std::remove_if(query.filters.begin(), query.filters.end(), [&](const auto& filter) {
    return filter.first == facet && filter.second == value;
  });
  if (kept == query.filters.end())
    query.filters.emplace_back(facet, value);
  else
    query.filters.erase(kept, query.filters.end());
  return query;
}

std::string facets(const RenderContext& context, const SearchQuery& query, const SearchResult& result) {
  std::string out;
  const auto names = facet_names();
  for (const auto& [facet, values] : result.facets) {
    if (values.empty()) continue;
    const auto named =
        std::find_if(names.begin(), names.end(), [&](const auto& name) { return name.first == facet; });
    out += "<h3>" + escaped(named->second) + "</h3><ul>";
    for (std::size_t i = 0; i < std::min(values.size(), kMaxFacetValues); ++i) {
      const bool set = holds(query, facet, values[i].value);
      out += "<li><a" + std::string(set ? " aria-current=\"true\"" : "") + " href=\"" +
             escaped(search_address(context, toggled(query, facet, values[i].value))) + "\">" +
             escaped(values[i].value) + "</a> <span class=\"soft\">" + number(values[i].datasets) +
             "</span>" + (set ? " <span class=\"soft\">(chosen)</span>" : "") + "</li>";
    }
    out += "</ul>";
  }
  if (out.empty()) return out;
  return "<nav class=\"facets\" aria-label=\"Filters\"><h2 class=\"hidden\">Filters</h2>" + out + "</nav>";
}

std::string card(const RenderContext& context, const SearchEntry& entry) {
  const auto& definition = entry.view->definition;
  const auto& figures = entry.view->statistics;
  std::string out = "<li class=\"card\"><h2>" +
                    link(mappers::dcat::dataset_iri(context.base, definition.id) + "?format=html",
                         entry.title.empty() ? definition.id : entry.title) +
                    "</h2><p>" + escaped(teaser(best(definition.description))) + "</p>";
  if (!figures.withheld)
    out += "<p class=\"soft\">" + number(figures.studies) + " studies, " + number(figures.instances) +
           " instances, " + bytes(figures.bytes) + "</p>";
  out += "<p>";
  for (const auto& modality : figures.modalities) out += tag(modality.value);
  return out + "</p></li>";
}

std::string pager(const RenderContext& context, SearchQuery query, const SearchResult& result) {
  std::string out;
  const std::size_t start = query.start;
  if (start > 0) {
    query.start = start > query.count ? start - query.count : 0;
    out += "<a rel=\"prev\" href=\"" + escaped(search_address(context, query)) + "\">Previous</a>";
  }
  if (start + query.count < result.total) {
    query.start = start + query.count;
    out += "<a rel=\"next\" href=\"" + escaped(search_address(context, query)) + "\">Next</a>";
  }
  return out.empty() ? out : "<nav class=\"pager\" aria-label=\"Pages of results\">" + out + "</nav>";
}

std::string how_many(const SearchQuery& query, const SearchResult& result) {
  std::string out =
      "<p role=\"status\">" + number(result.total) + (result.total == 1 ? " dataset" : " datasets");
  if (!query.words.empty()) out += " for \u201c" + escaped(query.words) + "\u201d";
  if (result.total > query.count && !result.entries.empty())
    out += ", " + number(query.start + 1) + " to " + number(query.start + result.entries.size()) + " shown";
  return out + "</p>";
}

}  // namespace

std::string search_address(const RenderContext& context, const SearchQuery& query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  if (!query.words.empty()) parameters.emplace_back("q", query.words);
  for (const auto& filter : query.filters) parameters.push_back(filter);
  if (query.start) parameters.emplace_back("start", std::to_string(query.start));
  parameters.emplace_back("format", "html");
  return context.base + "/search?" + query_text(parameters);
}

std::string browse_page(const RenderContext& context, const SearchQuery& query, const SearchResult& result,
                        bool front) {
  Page frame;
  frame.title = front ? best(context.catalogue.title) : "Datasets";
  if (front) frame.self = mappers::dcat::catalogue_iri(context.base, context.catalogue.id);
  if (!front) frame.trail = trail_of(context, "", "");
  frame.words = query.words;
  std::string list;
  for (const auto& entry : result.entries) list += card(context, *entry);
  std::string body = "<h1>" + escaped(frame.title) + "</h1>";
  if (front) body += paragraphs(context.catalogue.description);
  body += "<div class=\"split\">" + facets(context, query, result) + "<section aria-label=\"Datasets\">" +
          how_many(query, result) +
          (list.empty() ? "<p>Nothing was found.</p>"
                        : "<ul style=\"list-style:none;padding:0;margin:0\">" + list + "</ul>") +
          pager(context, query, result) + "</section></div>";
  return page(context, frame, body);
}

}  // namespace gateway::catalogue
