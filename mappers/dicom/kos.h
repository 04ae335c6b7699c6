// The imaging study manifest as a DICOM Key Object Selection document (PS3.3 section A.35.4; IHE RAD
// MADO 6.X.2).
//
// Written: TID 2010 with the Image Library of TID 1600, the codes of DICOM CP-2595. Read: that, the trial
// codes 99IHE MADOTEMP001 to 009 with their slips, and documents without Image Library (IHE XDS-I.b), whose
// evidence names series and instances alone. What a document does not say is noted, never an error. Errors of
// reading: DicomNotAnInstance for another SOP class, DicomMissingAttribute without Study Instance UID or
// evidence, and those of read_file(). Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "gateway/base/bytes.h"
#include "gateway/base/result.h"
#include "gateway/model/manifest.h"
#include "mappers/dicom/dataset.h"

namespace mappers::dicom {

inline constexpr std::string_view kKeyObjectSelection = "1.2.840.10008.5.1.4.1.1.88.59";

gateway::Result<gateway::model::Manifest> read_kos(const gateway::ByteSource& source,
                                                   gateway::model::ManifestNotes& notes);
gateway::Result<gateway::model::Manifest> read_kos(const DataSet& data, gateway::model::ManifestNotes& notes);

// The document as a Part 10 file in Explicit VR Little Endian, text in UTF-8; the same for the same manifest.
// Errors: DicomMissingAttribute for a manifest without UID, study or instances; Unprocessable for a value
// that is longer than any DICOM value can be.
gateway::Result<std::string> write_kos(const gateway::model::Manifest& manifest,
                                       gateway::model::ManifestNotes& notes);

}  // namespace mappers::dicom
