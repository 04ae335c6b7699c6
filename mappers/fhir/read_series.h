// ImagingStudy.series and its instances read into records. For read_imaging_study.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "mappers/fhir/read_imaging_study.h"

namespace mappers::fhir {

// What is being read, and what it refers to. One thread at a time; the resource must outlive it.
class ReadContext {
 public:
  ReadContext(const gateway::Value& resource, const RenderOptions& options, const Resolve& resolve)
      : resource_(resource), options_(options), resolve_(resolve) {}

  const RenderOptions& options() const { return options_; }
  // What a Reference means: a contained resource, or what `resolve` knows. nullptr: not at hand.
  const gateway::Value* target(const gateway::Value& reference) const;
  // The display of a Reference, else the name of what it means.
  std::string name_of(const gateway::Value& reference) const;
  // A Practitioner, by himself or in a role: the name, and the identifier as a code added to `ids`.
  void read_person(const gateway::Value& reference, gateway::model::PersonName& name,
                   std::vector<gateway::model::Code>& ids) const;

 private:
  const gateway::Value& resource_;
  const RenderOptions& options_;
  const Resolve& resolve_;
};

// Error: InvalidParameter for a series or an instance without a UID. `study_offset` is the offset from UTC
// that the study has: DICOM has one for all times of an object.
gateway::Result<gateway::model::SeriesRow> read_series(const gateway::Value& series, std::string_view path,
                                                       std::string_view study_offset,
                                                       const ReadContext& context,
                                                       std::vector<std::string>& losses);

}  // namespace mappers::fhir
