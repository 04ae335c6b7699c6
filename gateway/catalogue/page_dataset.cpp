// The page of one dataset.
#include <algorithm>
#include <cstdio>

#include "gateway/base/clock.h"
#include "gateway/catalogue/charts.h"
#include "gateway/catalogue/markup.h"
#include "gateway/catalogue/pages.h"

namespace gateway::catalogue {
namespace {

using mappers::dcat::Agent;
using mappers::dcat::Concept;
using mappers::dcat::DatasetView;
using mappers::dcat::RenderContext;
using model::CountedValue;
using model::SelectionStatistics;

std::string figure(std::string_view label, std::string_view value) {
  return "<div><dt>" + escaped(label) + "</dt><dd>" + escaped(value) + "</dd></div>";
}

std::string age_range(const SelectionStatistics& figures) {
  if (!figures.min_age_years || !figures.max_age_years) return "not known";
  return std::to_string(*figures.min_age_years) + "\u2013" + std::to_string(*figures.max_age_years);
}

std::string period(const SelectionStatistics& figures) {
  const std::string first = mappers::dcat::iso_date(figures.first_date).substr(0, 4);
  const std::string last = mappers::dcat::iso_date(figures.last_date).substr(0, 4);
  if (first.empty() || last.empty()) return "not known";
  return first == last ? first : first + "\u2013" + last;
}

// Without a Patient ID nobody can tell who is who.
std::string individuals(const SelectionStatistics& figures) {
  return figures.studies_without_patient_id ? "not known" : number(figures.subjects);
}

std::string key_figures(const SelectionStatistics& figures) {
  if (figures.withheld)
    return "<p class=\"card\">This dataset holds images of fewer than " + number(figures.privacy.below) +
           " individuals: no counts are shown.</p>";
  return "<dl class=\"figures\">" + figure("individuals", individuals(figures)) +
         figure("imaging studies", number(figures.studies)) + figure("series", number(figures.series)) +
         figure("instances", number(figures.instances)) + figure("age in years", age_range(figures)) +
         figure("years of study", period(figures)) + figure("size", bytes(figures.bytes)) + "</dl>";
}

// How exact the numbers are.
std::string privacy_note(const model::AppliedPrivacy& privacy) {
  if (privacy.exact()) return {};
  std::string text =
      "To protect individuals, counts below " + std::to_string(privacy.below) + " are not shown";
  if (privacy.step > 1) text += ", counts are rounded to multiples of " + std::to_string(privacy.step);
  if (privacy.age_band > 1) text += ", ages are in bands of " + std::to_string(privacy.age_band) + " years";
  return "<p class=\"soft\">" + text + (privacy.noise ? ", and noise is added" : "") + ".</p>";
}

std::vector<ChartValue> by_series(const std::vector<CountedValue>& values) {
  std::vector<ChartValue> chart;
  for (const CountedValue& value : values)
    chart.push_back({value.value.empty() ? "not known" : value.value, static_cast<double>(value.series)});
  return chart;
}

std::string sex_name(const std::string& code) {
  if (code == "F") return "female";
  if (code == "M") return "male";
  if (code == "O") return "other";
  return code.empty() ? "not known" : code;
}

std::string charts(const SelectionStatistics& figures) {
  std::vector<ChartValue> sexes, ages, years;
  for (const CountedValue& value : figures.sexes)
    sexes.push_back({sex_name(value.value), static_cast<double>(value.subjects)});
  for (const model::AgeBand& band : figures.ages) {
    std::string label = std::to_string(band.from);
    if (!band.to)
      label += "+";
    else if (*band.to != band.from)
      label += "\u2013" + std::to_string(*band.to);
    ages.push_back({label, static_cast<double>(band.subjects)});
  }
  for (const CountedValue& value : figures.years)
    years.push_back({value.value, static_cast<double>(value.studies)});
  const std::string all = bar_chart("Modality", "series", by_series(figures.modalities)) +
                          bar_chart("Body part", "series", by_series(figures.body_parts)) +
                          column_chart("Age", "individuals", ages) + bar_chart("Sex", "individuals", sexes) +
                          bar_chart("Manufacturer", "series", by_series(figures.manufacturers)) +
                          column_chart("Period", "studies by year", years);
  return all.empty() ? all : "<h2>What the images say</h2><div class=\"columns\">" + all + "</div>";
}

std::string labels(const std::vector<Concept>& concepts) {
  std::string out;
  for (const Concept& entry : concepts) out += tag(entry.label);
  return out;
}

std::string agent(const std::optional<Agent>& agent) {
  if (!agent) return {};
  std::string out = agent->url.empty() ? escaped(agent->name)
                                       : link(agent->url, agent->name.empty() ? agent->url : agent->name);
  if (!agent->email.empty()) out += (out.empty() ? "" : ", ") + escaped(agent->email);
  return out;
}

std::string conditions(const DatasetView& view) {
  const auto& definition = view.definition;
  std::string out;
  row(out, "Access", "<code>" + std::string(mappers::dcat::name_of(definition.access)) + "</code>");
  row(out, "Health category", labels(definition.health_categories));
  row(out, "Health theme", labels(definition.health_themes));
  row(out, "Population", paragraphs(definition.population_coverage));
  row(out, "Provenance", paragraphs(definition.provenance));
  row(out, "Purposes", paragraphs(definition.purposes));
  row(out, "Legal basis", paragraphs(definition.legal_bases));
  row(out, "Places", labels(definition.spatial));
  row(out, "Publisher", agent(definition.publisher));
  row(out, "Data holder", agent(definition.custodian));
  row(out, "Health data access body", agent(definition.hdab));
  row(out, "Contact", agent(definition.contact));
  row(out, "Version", escaped(definition.version));
  row(out, "Published", day(view.issued_us));
  row(out, "Changed", day(view.modified_us));
  return "<h2>Conditions and people</h2>" + table("Conditions and people", out);
}

std::string distributions(const RenderContext& context, const DatasetView& view) {
  const auto& definition = view.definition;
  if (definition.distributions.empty()) return {};
  std::string out;
  for (std::size_t i = 0; i < definition.distributions.size(); ++i) {
    const auto& distribution = definition.distributions[i];
    const std::string access = distribution.access_url.empty() ? context.dicomweb : distribution.access_url;
    const std::string title = best(distribution.title);
    row(out, title.empty() ? "Distribution " + std::to_string(i + 1) : title,
        paragraphs(distribution.description) + link(access, access) + " \u00b7 " +
            link(mappers::dcat::distribution_iri(context.base, definition.id, i) + "?format=html",
                 "details"));
  }
  return "<h2>Distributions</h2>" + table("Distributions", out);
}

std::string variables(const RenderContext& context, const DatasetView& view) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& attribute : view.statistics.attributes) {
    const auto name = context.describe(attribute.tag);
    if (!name || name->keyword.empty()) continue;
    char tag[24];
    std::snprintf(tag, sizeof tag, "(%04X,%04X)", attribute.tag >> 16, attribute.tag & 0xFFFF);
    rows.push_back({"<code>" + std::string(tag) + "</code>", escaped(name->name), escaped(attribute.vr),
                    view.statistics.withheld ? "\u2013" : number(attribute.instances)});
  }
  if (rows.empty()) return {};
  return "<h2>Variables (" + number(rows.size()) + ")</h2>" +
         scrollable("Variables", grid("DICOM attributes that the images have",
                                      {"Tag", "Attribute", "VR", "#Instances"}, rows));
}

std::string more(const std::string& iri) {
  return "<h2>More about this dataset</h2><ul><li>" + link(iri + "/label", "Quality and utility label") +
         "</li><li>" + link(iri + "/versions", "Versions and what changed") + "</li><li>" +
         link(iri + "/spec", "The shapes that its description is held to") + "</li></ul>";
}

}  // namespace

std::vector<std::pair<std::string, std::string>> trail_of(const RenderContext& context, const std::string& id,
                                                          const std::string& title) {
  std::vector<std::pair<std::string, std::string>> trail = {
      {"Catalogue", mappers::dcat::root_iri(context.base)}};
  if (!id.empty()) trail.emplace_back(title, mappers::dcat::dataset_iri(context.base, id) + "?format=html");
  return trail;
}

Value schema_org(const RenderContext& context, const DatasetView& view) {
  const auto& definition = view.definition;
  const std::string iri = mappers::dcat::dataset_iri(context.base, definition.id);
  Value keywords = Value::list();
  for (const auto& keyword : readable(definition.keywords)) keywords.push(keyword.text);
  Value value = Value::map()
                    .set("@context", "https://schema.org/")
                    .set("@type", "Dataset")
                    .set("@id", iri)
                    .set("url", iri)
                    .set("name", best(definition.title))
                    .set("description", best(definition.description))
                    .set("keywords", std::move(keywords))
                    .set("includedInDataCatalog", Value::map()
                                                      .set("@type", "DataCatalog")
                                                      .set("name", best(context.catalogue.title))
                                                      .set("url", mappers::dcat::root_iri(context.base)));
  if (definition.publisher)
    value.set("publisher", Value::map().set("@type", "Organization").set("name", definition.publisher->name));
  if (view.issued_us) value.set("datePublished", iso8601(view.issued_us));
  if (view.modified_us) value.set("dateModified", iso8601(view.modified_us));
  if (!definition.version.empty()) value.set("version", definition.version);
  const std::string first = mappers::dcat::iso_date(view.statistics.first_date);
  const std::string last = mappers::dcat::iso_date(view.statistics.last_date);
  if (!first.empty() && !last.empty()) value.set("temporalCoverage", first + "/" + last);
  Value places = Value::list();
  for (const Concept& place : definition.spatial) places.push(place.label);
  if (!definition.spatial.empty()) value.set("spatialCoverage", std::move(places));
  value.set("isAccessibleForFree", definition.access == mappers::dcat::Access::Public);
  return value.set("conditionsOfAccess", std::string(mappers::dcat::name_of(definition.access)));
}

std::string dataset_page(const RenderContext& context, const DatasetView& view) {
  const auto& definition = view.definition;
  const std::string iri = mappers::dcat::dataset_iri(context.base, definition.id);
  Page frame{best(definition.title), iri, trail_of(context, "", ""), schema_org(context, view), ""};
  std::string body = "<h1>" + escaped(frame.title) + "</h1>" + paragraphs(definition.description) + "<p>";
  for (const auto& keyword : readable(definition.keywords)) body += tag(keyword.text);
  body += "</p>" + key_figures(view.statistics) +
          "<p class=\"soft\">Whole imaging studies: each belongs to the dataset with all its series.</p>" +
          privacy_note(view.statistics.privacy) + charts(view.statistics) + conditions(view) +
          distributions(context, view) + variables(context, view) + more(iri);
  return page(context, frame, body);
}

}  // namespace gateway::catalogue
