// The two DocumentReferences of a manifest, its FHIR and its DICOM form (IHE RAD MADO, MHD ITI-67): each says
// that it transforms the other.
//
// The profile allows one extension for the modality and one for the body site: with several each is a coding
// of that one concept. The document's identifier, the SOP Instance UID of the Key Object document, is the
// masterIdentifier of both. Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "mappers/fhir/manifest.h"

namespace mappers::fhir {

// What all DocumentReferences of manifests say, for searches: nothing of a study is in it.
inline constexpr std::string_view kLoinc = "http://loinc.org";
inline constexpr std::string_view kImagingStudyDocument = "18748-4";
inline constexpr std::string_view kDocumentCategory =
    "http://hl7.eu/fhir/health-data-api/CodeSystem/eehrxf-document-priority-category-cs";
inline constexpr std::string_view kImagingCategory = "Medical-Imaging";

// `part` is one of the two references. `row` has its series filled, their instances are not needed. `base` is
// "https://host/fhir".
void append_document_reference(std::string& out, ManifestPart part, const gateway::model::StudyRow& row,
                               const ManifestOrigin& origin, std::string_view base,
                               const RenderOptions& options);

}  // namespace mappers::fhir
