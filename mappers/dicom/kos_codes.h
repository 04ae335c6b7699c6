// The concepts of a manifest document (PS3.16 TID 1600, 1601, 1602, 2010; DICOM CP-2595), with the codes that
// IHE gave out before the DICOM ones were there. Private to this folder. Constant.
#pragma once

#include <string_view>

#include "mappers/dicom/content_tree.h"

namespace mappers::dicom::kos {

struct Concept {
  std::string_view value, meaning;
  std::string_view trial = {};  // of scheme 99IHE

  Code code() const { return {std::string(value), "DCM", std::string(meaning)}; }
  bool names(const ContentItem& item) const {
    return item.is(value) || (!trial.empty() && item.is(trial, "99IHE"));
  }
};

inline constexpr Concept kManifest = {"113030", "Manifest", "MADOTEMP001"};
inline constexpr Concept kImageLibrary = {"111028", "Image Library"};
inline constexpr Concept kGroup = {"126200", "Image Library Group"};
inline constexpr Concept kModality = {"121139", "Modality"};
inline constexpr Concept kTargetRegion = {"123014", "Target Region"};
inline constexpr Concept kProcedure = {"121023", "Procedure Code"};
inline constexpr Concept kSeriesUid = {"112002", "Series Instance UID"};
inline constexpr Concept kSeriesNumber = {"113607", "Series Number"};
inline constexpr Concept kSeriesDate = {"131561", "Series Date", "MADOTEMP003"};
inline constexpr Concept kSeriesTime = {"131562", "Series Time", "MADOTEMP004"};
inline constexpr Concept kSeriesDescription = {"131563", "Series Description", "MADOTEMP002"};
inline constexpr Concept kSeriesInstances = {"131564", "Number of Series Related Instances", "MADOTEMP007"};
inline constexpr Concept kStudySeries = {"131565", "Number of Study Related Series", "MADOTEMP009"};
inline constexpr Concept kLaterality = {"111027", "Image Laterality"};
inline constexpr Concept kInstanceNumber = {"113609", "Instance Number"};
inline constexpr Concept kFrames = {"121140", "Number of Frames"};
inline constexpr Concept kDocumentTitle = {"121144", "Document Title"};
inline constexpr Concept kDescription = {"113012", "Key Object Description"};

}  // namespace mappers::dicom::kos
