#include "mappers/dcat/completeness.h"

#include <algorithm>

#include "mappers/dcat/vocabulary.h"

namespace mappers::dcat {

namespace {

std::string reason_of(const PropertyRule& rule, const gateway::model::SelectionStatistics& figures) {
  if (rule.property != "healthdcatap:numberOfUniqueIndividuals" || figures.studies_without_patient_id == 0)
    return {};
  return std::to_string(figures.studies_without_patient_id) + " of " + std::to_string(figures.studies) +
         " studies have no Patient ID (0010,0020), so individuals cannot be counted";
}

}  // namespace

std::vector<MissingProperty> missing_properties(const RenderContext& context, const DatasetView& view) {
  const auto graph = dataset_graph(context, view);
  const auto dataset = gateway::codec::iri(dataset_iri(context.base, view.definition.id));
  std::vector<MissingProperty> missing;
  for (const PropertyRule& rule : context.profile.properties) {
    const Need need = rule.need(view.definition.access);
    if (need != Need::Optional && graph.objects(dataset, expand(rule.property)).empty())
      missing.push_back({rule.property, rule.key, need == Need::Mandatory, reason_of(rule, view.statistics)});
  }
  std::stable_partition(missing.begin(), missing.end(), [](const auto& entry) { return entry.mandatory; });
  return missing;
}

}  // namespace mappers::dcat
