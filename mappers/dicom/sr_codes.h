// The concepts of structured reports (PS3.16 annex A), each with the codes that older documents have for it.
// Private to this folder. Constant.
#pragma once

#include <array>
#include <string_view>

#include "mappers/dicom/content_tree.h"

namespace mappers::dicom::sr {

struct Concept {
  std::string_view value, scheme;
  std::string_view older = {};  // of a scheme of SNOMED-RT style identifiers

  bool names(const Code& code) const {
    if (code.value == value && code.scheme == scheme) return true;
    return !older.empty() && code.value == older &&
           (code.scheme == "SRT" || code.scheme == "SNM3" || code.scheme == "99SDM");
  }
};

// TID 1204, 1001 to 1004: language and observation context
inline constexpr Concept kLanguage{"121049", "DCM"};
inline constexpr Concept kCountry{"121046", "DCM"};
inline constexpr Concept kObserverType{"121005", "DCM"};
inline constexpr Concept kDeviceObserver{"121007", "DCM"};
inline constexpr Concept kPersonName{"121008", "DCM"};
inline constexpr Concept kPersonOrganization{"121009", "DCM"};
inline constexpr Concept kPersonRole{"121010", "DCM"};
inline constexpr Concept kPersonProcedureRole{"121011", "DCM"};
inline constexpr Concept kPersonLogin{"128775", "DCM"};
inline constexpr Concept kDeviceUid{"121012", "DCM"};
inline constexpr Concept kDeviceName{"121013", "DCM"};
inline constexpr Concept kDeviceManufacturer{"121014", "DCM"};
inline constexpr Concept kDeviceModel{"121015", "DCM"};
inline constexpr Concept kDeviceSerial{"121016", "DCM"};
inline constexpr Concept kDeviceLocation{"121017", "DCM"};
inline constexpr Concept kProcedure{"121058", "DCM"};

// TID 1500: parts of a measurement report
inline constexpr Concept kImageLibrary{"111028", "DCM"};
inline constexpr Concept kMeasurements{"126010", "DCM"};
inline constexpr Concept kDerivedMeasurements{"126011", "DCM"};
inline constexpr Concept kMeasurementGroup{"125007", "DCM"};
inline constexpr Concept kQualitative{"C0034375", "UMLS"};

// TID 1410, 1411, 1419, 1501, 300 and 4019: what is said of groups and measurements
inline constexpr Concept kTrackingId{"112039", "DCM"};
inline constexpr Concept kTrackingUid{"112040", "DCM"};
inline constexpr Concept kCategory{"276214006", "SCT"};
inline constexpr Concept kFinding{"121071", "DCM"};
inline constexpr Concept kMethod{"370129005", "SCT", "G-C036"};
inline constexpr Concept kMethodOlder{"G-C306", "SRT"};
inline constexpr Concept kSite{"363698007", "SCT", "G-C0E3"};
inline constexpr Concept kLaterality{"272741003", "SCT", "G-C171"};
inline constexpr Concept kTopography{"106233006", "SCT", "G-A1F8"};
inline constexpr Concept kNormality{"121402", "DCM"};
inline constexpr Concept kSignificance{"121403", "DCM"};
inline constexpr Concept kAlgorithmName{"111001", "DCM"};
inline constexpr Concept kAlgorithmParameters{"111002", "DCM"};
inline constexpr Concept kAlgorithmVersion{"111003", "DCM"};
inline constexpr Concept kAlgorithmFamily{"111000", "DCM"};
inline constexpr Concept kRegion{"111030", "DCM"};
inline constexpr Concept kSourceSeries{"121232", "DCM"};

// TID 10001 to 10003, 10011 to 10013, 10021, 10022: dose
inline constexpr std::array<Concept, 2> kDoseReports = {{
    {"113701", "DCM"},  // X-Ray Radiation Dose Report, also of CT
    {"113500", "DCM"},  // Radiopharmaceutical Radiation Dose Report
}};
inline constexpr std::array<Concept, 2> kAccumulated = {{
    {"113702", "DCM"},  // Accumulated X-Ray Dose Data
    {"113811", "DCM"},  // CT Accumulated Dose Data
}};
inline constexpr std::array<Concept, 3> kEvents = {{
    {"113706", "DCM"},  // Irradiation Event X-Ray Data
    {"113819", "DCM"},  // CT Acquisition
    {"113502", "DCM"},  // Radiopharmaceutical Administration
}};
inline constexpr Concept kEventUid{"113769", "DCM"};
inline constexpr Concept kAdministrationUid{"113503", "DCM"};
inline constexpr std::array<Concept, 2> kEventStarts = {{
    {"111526", "DCM"},  // DateTime Started
    {"123003", "DCM"},  // Radiopharmaceutical Start DateTime
}};
inline constexpr Concept kTargetRegion{"123014", "DCM"};

// TID 2010: key object selections
inline constexpr Concept kManifestTitle{"113030", "DCM"};
inline constexpr Concept kKeyObjectDescription{"113012", "DCM"};

template <std::size_t N>
bool names_any(const std::array<Concept, N>& concepts, const Code& code) {
  for (const Concept& one : concepts)
    if (one.names(code)) return true;
  return false;
}

}  // namespace mappers::dicom::sr
