// The studies of the three cohorts, object by object: phantoms drawn and dressed as DICOM instances.
//
// Each function draws one study and hands every instance to `put`, in series order. Same plan and seed, same
// bytes. Thread-safe for different studies when `put` is.
#pragma once

#include <functional>
#include <string>

#include "gateway/base/result.h"
#include "gateway/demo/plan.h"
#include "mappers/dicom/writer.h"

namespace gateway::demo {

inline constexpr unsigned kCtSlices = 48;
inline constexpr unsigned kT2Slices = 24;
inline constexpr unsigned kSagittalSlices = 16;
inline constexpr unsigned kDwiSlices = 18;  // of each b-value, and of the ADC map

struct StudyJob {
  std::uint64_t seed;
  const Subject& subject;
  const StudyPlan& study;
  // `place` is a path below the dataset's folder, with '/' and ".dcm".
  std::function<Result<void>(const std::string& place, const mappers::dicom::Draft& instance)> put;
};

Result<void> draw_lung_study(const StudyJob& job);
Result<void> draw_prostate_study(const StudyJob& job);
Result<void> draw_breast_study(const StudyJob& job);
Result<void> draw_study(const StudyJob& job);

}  // namespace gateway::demo
