// The description of a dataset by any release, and whether it has what each of them demands: complete for
// EUCAIM, complete for HealthDCAT-AP R8, or not yet, with the reasons.
//
// Pure functions, thread-safe; context, view and releases must outlive what is returned of them.
#pragma once

#include <string>
#include <vector>

#include "gateway/base/result.h"
#include "mappers/dcat/completeness.h"
#include "mappers/dcat/convert.h"
#include "mappers/dcat/release.h"
#include "mappers/dcat/render.h"

namespace mappers::dcat {

// The dataset as a document of its own, as a submission has to be; `report` says what the release has no
// place for.
Conversion dataset_by_release(const RenderContext& context, const DatasetView& view, const Releases& releases,
                              const Release& release);
gateway::codec::Graph dataset_graph(const RenderContext& context, const DatasetView& view,
                                    const Releases& releases, const Release& release);
gateway::Result<std::string> render_dataset(const RenderContext& context, const DatasetView& view,
                                            const Releases& releases, const Release& release,
                                            gateway::codec::RdfFormat format);

// What the release demands at the dataset's access level and the description lacks, the mandatory ones first;
// of the dataset and of what belongs to it: "dct:publisher/cv:contactPoint".
std::vector<MissingProperty> missing_properties(const RenderContext& context, const DatasetView& view,
                                                const Releases& releases, const Release& release);

struct PublicationState {
  const Release* release;
  std::vector<MissingProperty> missing;
  bool complete() const { return missing.empty() || !missing.front().mandatory; }
};
// For every release, in their order.
std::vector<PublicationState> publication_states(const RenderContext& context, const DatasetView& view,
                                                 const Releases& releases);

}  // namespace mappers::dcat
