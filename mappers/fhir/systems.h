// Systems: the URIs under which identifiers and codes of the sources are known, and the way back for
// searches.
//
// An issuer that is an OID becomes urn:oid:, a URI stays; everything else gets a URN below the configured
// local namespace, so a system is never empty and never a guess (profiles/terminology/README.md). Pure
// functions.
#pragma once

#include <span>
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

// Of an issuer (Identifier::issuer); `nobody` names the local system of identifiers without one.
std::string issuer_system(std::string_view issuer, std::string_view nobody, const RenderOptions& options);
// The same for patient ids: of (0010,0024), else of (0010,0021).
std::string patient_system(std::string_view issuer, const RenderOptions& options);
// Issuer of Accession Number (0008,0051).
std::string accession_system(std::string_view issuer, const RenderOptions& options);
// Coding Scheme Designator (0008,0102); empty for an empty designator. One that the table does not know may
// be explained in the object (0008,0110), as Series::coding_schemes keeps it: then it is the UID of the
// scheme.
std::string coding_system(std::string_view designator, const RenderOptions& options,
                          std::span<const gateway::model::Code> schemes = {});
// The way back: the designator of a system, or the UID of a scheme; empty for systems that DICOM cannot name.
std::string designator_of(std::string_view system, const RenderOptions& options);
std::string body_part_system(const RenderOptions& options);

// The way back of issuer_system(): what is not below the local namespace is its own issuer.
std::string issuer_of(std::string_view system, std::string_view nobody, const RenderOptions& options);
// The issuers whose patient_system() is `system`; none when there cannot be one.
std::vector<std::string> issuers_of(std::string_view system, const RenderOptions& options);

}  // namespace mappers::fhir
