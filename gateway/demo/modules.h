// The modules that all instances share (PS3.3 section C.7): patient, study, trial, series, equipment, plane,
// pixels.
//
// Functions fill a Draft; nothing is kept. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "gateway/demo/phantom.h"
#include "gateway/demo/studies.h"

namespace gateway::demo {

using mappers::dicom::Draft;

// The pixel centres of an image in patient coordinates.
struct Grid {
  unsigned columns = 128, rows = 128;
  float spacing = 1;
  Point corner;  // centre of the first pixel
  Point across{1, 0, 0}, down{0, 1, 0};

  Point at(unsigned column, unsigned row) const;
  // Square pixels around `centre`.
  static Grid around(Point centre, unsigned columns, unsigned rows, float spacing, Point across = {1, 0, 0},
                     Point down = {0, 1, 0});
};

struct SeriesPlan {
  std::string modality;
  unsigned number = 1;
  std::string description, protocol;
  std::string body_part;
  const Device* device = nullptr;
  int minutes = 0;  // after the start of the study
};

// A code sequence item (PS3.3 section 8.8).
Draft code(std::string_view value, std::string_view scheme, std::string_view meaning);
// Sets `keyword` to one such item.
void set_code(Draft& data, std::string_view keyword, std::string_view value, std::string_view scheme,
              std::string_view meaning);

// Patient, Clinical Trial, General Study, General Series, General Equipment, SOP Common but for the instance.
Draft series_modules(const StudyJob& job, const SeriesPlan& series);
// SOP Common and General Image of one instance.
void set_instance(Draft& data, const StudyJob& job, const SeriesPlan& series, std::string_view sop_class,
                  unsigned number);
// Frame of Reference; all series of a study share it.
void set_frame_of_reference(Draft& data, const StudyJob& job);
void set_plane(Draft& data, const Grid& grid, double thickness);
// 16-bit greyscale pixels.
void set_pixels(Draft& data, const Grid& grid, unsigned bits, bool is_signed,
                const std::vector<std::int16_t>& pixels);
void set_window(Draft& data, double centre, double width);

std::string series_uid(const StudyJob& job, unsigned series);
std::string instance_uid(const StudyJob& job, unsigned series, unsigned number);
// Hands an instance to the job under its usual place.
Result<void> put(const StudyJob& job, const SeriesPlan& series, unsigned number, const Draft& data);

}  // namespace gateway::demo
