// Systems: the URIs under which identifiers and codes of the sources are known, and the way back for
// searches.
//
// An issuer that is an OID becomes urn:oid:, a URI stays; everything else gets a URN below the configured
// local namespace, so a system is never empty and never a guess (profiles/terminology/README.md). Pure
// functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mappers/fhir/render.h"

namespace mappers::fhir {

inline constexpr std::string_view kDcm = "http://dicom.nema.org/resources/ontology/DCM";
inline constexpr std::string_view kSnomed = "http://snomed.info/sct";
inline constexpr std::string_view kUri = "urn:ietf:rfc:3986";
inline constexpr std::string_view kDicomUid = "urn:dicom:uid";
inline constexpr std::string_view kIdentifierType = "http://terminology.hl7.org/CodeSystem/v2-0203";

bool is_oid(std::string_view text);  // digits and dots as in PS3.5 section 9.1, at least one dot

// Issuer of Patient ID (0010,0021).
std::string patient_system(std::string_view issuer, const RenderOptions& options);
// Issuer of Accession Number (0008,0051).
std::string accession_system(std::string_view issuer, const RenderOptions& options);
// Coding Scheme Designator (0008,0102); empty for an empty designator.
std::string coding_system(std::string_view designator, const RenderOptions& options);
std::string body_part_system(const RenderOptions& options);

// The issuers whose patient_system() is `system`; none when there cannot be one.
std::vector<std::string> issuers_of(std::string_view system, const RenderOptions& options);

}  // namespace mappers::fhir
