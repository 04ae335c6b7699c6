#include "mappers/dcat/completeness.h"

#include <algorithm>

#include "mappers/dcat/vocabulary.h"

namespace mappers::dcat {

std::vector<MissingProperty> missing_properties(const RenderContext& context, const DatasetView& view) {
  const auto graph = dataset_graph(context, view);
  const auto dataset = gateway::codec::iri(dataset_iri(context.base, view.definition.id));
  std::vector<MissingProperty> missing;
  for (const PropertyRule& rule : context.profile.properties) {
    const Need need = rule.need(view.definition.access);
    if (need != Need::Optional && graph.objects(dataset, expand(rule.property)).empty())
      missing.push_back({rule.property, rule.key, need == Need::Mandatory});
  }
  std::stable_partition(missing.begin(), missing.end(), [](const auto& entry) { return entry.mandatory; });
  return missing;
}

}  // namespace mappers::dcat
