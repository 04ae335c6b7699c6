// Packs: what the profiles of HL7 Europe and IHE MADO call the same things, and the choices where they, their
// examples and R4 contradict each other. Written: one URL a pack. Read (read_imaging_study.h): all that are
// known.
//
// - Anatomical region: always one of the ten codes, which the one requires and the other prefers.
// - SOP class: urn:ietf:rfc:3986 with urn:oid:; two systems named after DICOM UIDs are read as well.
// - Accession number: basedOn.identifier with ACSN and DCM 121022, never identifier. The profiles have room
// for
//   one order: a study with several has them all and claims no profile; a manifest has the first there and
//   all as ServiceRequest entries (service_request.h).
// - meta.profile is "url|version", references in Bundles are urn:uuid.
// - Patients that the EU wants to have a name and a birth date: data-absent-reason when they have none.
// Constants; thread-safe.
#pragma once

#include <array>
#include <string_view>

#include "mappers/fhir/render.h"

namespace mappers::fhir {

struct PackUrls {
  std::string_view imaging_study, patient;               // for meta.profile, with version
  std::string_view anatomical_region, number_of_frames;  // extensions
};
const PackUrls& urls_of(Pack pack);

// Extensions that one pack has and the others do not forbid.
inline constexpr std::string_view kInstanceDescription =
    "http://hl7.eu/fhir/imaging/StructureDefinition/ImagingStudyEuImagingInstanceDescription";
inline constexpr std::string_view kKeyObjectTitle =
    "https://profiles.ihe.net/RAD/MADO/StructureDefinition/MadoKeyObjectDocumentTitle";
inline constexpr std::string_view kDeviceCategory =
    "http://hl7.org/fhir/5.0/StructureDefinition/extension-Device.category";
// Of the imaging module of the German core data set: acquisition parameters of a series.
inline constexpr std::string_view kMiiExtension =
    "https://www.medizininformatik-initiative.de/fhir/ext/modul-bildgebung/StructureDefinition/"
    "mii-ex-bildgebung-modalitaet-";

// Every URL under which sources write these extensions.
inline constexpr std::array<std::string_view, 2> kAnatomicalRegions = {
    "http://hl7.eu/fhir/imaging/StructureDefinition/AnatomicalRegionExtension",
    "https://profiles.ihe.net/RAD/MADO/StructureDefinition/MadoAnatomicalRegionExtension"};
inline constexpr std::array<std::string_view, 3> kNumbersOfFrames = {
    "http://hl7.eu/fhir/imaging/StructureDefinition/NumberOfFrames",
    "https://profiles.ihe.net/RAD/MADO/StructureDefinition/MadoNumberOfFrames",
    "http://hl7.org/fhir/6.0/StructureDefinition/extension-ImagingStudy.series.instance.numberOfFrames"};
inline constexpr std::array<std::string_view, 3> kSopClassSystems = {
    "urn:ietf:rfc:3986", "http://dicom.nema.org/resources/CodeSystem/DICOM_UIDs",
    "http://dicom.nema.org/resources/ontology/DCMUID"};

}  // namespace mappers::fhir
