// Segmentation objects (PS3.3 section A.51): binary, one bit a pixel, referencing the series they were drawn
// on.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "gateway/demo/modules.h"

namespace gateway::demo {

struct Segment {
  std::string label;
  const char *category, *category_meaning;  // SNOMED CT
  const char *type, *type_meaning;
  std::vector<double> cielab;  // Recommended Display CIELab Value
};

struct SegmentedSeries {
  std::string series_uid, sop_class;
  double thickness = 1;
  std::vector<std::string> instances;
  std::vector<Grid> planes;  // one an instance, all of the same size
};

// Writes the SEG series. `segment_at` gives the number (from 1) of the segment at a point, 0 for none.
// Planes without the segment get no frame. No segment anywhere: nothing is written.
Result<void> put_segmentation(const StudyJob& job, const SeriesPlan& series, const SegmentedSeries& source,
                              const std::vector<Segment>& segments,
                              const std::function<unsigned(Point)>& segment_at);

}  // namespace gateway::demo
