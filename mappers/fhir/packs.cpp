#include "mappers/fhir/packs.h"

namespace mappers::fhir {

const PackUrls& urls_of(Pack pack) {
  static constexpr PackUrls kEu = {
      "http://hl7.eu/fhir/imaging/StructureDefinition/ImagingStudyEuImaging|1.0.0-ballot",
      "http://hl7.eu/fhir/base/StructureDefinition/patient-eu-core|2.0.0", kAnatomicalRegions[0],
      kNumbersOfFrames[0]};
  static constexpr PackUrls kMado = {
      "https://profiles.ihe.net/RAD/MADO/StructureDefinition/MadoImagingStudy|0.1.0",
      "https://profiles.ihe.net/RAD/MADO/StructureDefinition/MadoPatient|0.1.0", kAnatomicalRegions[1],
      kNumbersOfFrames[1]};
  return pack == Pack::Mado ? kMado : kEu;
}

}  // namespace mappers::fhir
