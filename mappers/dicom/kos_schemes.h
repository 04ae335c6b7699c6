// Codes of a manifest that DICOM has no designator for: concepts of code systems known by a URI only, and
// concepts that are but a text. Private to this folder.
#pragma once

#include <string>
#include <vector>

#include "gateway/model/manifest.h"
#include "mappers/dicom/dataset.h"
#include "mappers/dicom/writer.h"

namespace mappers::dicom::kos {

// The private designator of a code system that is known by its URI, and what it says of itself.
std::string designator_of(const std::string& uri);
Draft scheme_item(const std::string& uri);
// The URI of a private designator of this document; empty when it does not say.
std::string uri_of(const DataSet& data, const std::string& designator);

// Gives such codes private designators; the items of Coding Scheme Identification Sequence (0008,0110) that
// tell what these stand for (PS3.3 section C.12.1.1.1).
std::vector<Draft> name_schemes(gateway::model::Manifest& manifest);
// The way back: private designators (99...) become what that sequence says, a UID as urn:oid:.
void resolve_schemes(const DataSet& data, gateway::model::Manifest& manifest);

}  // namespace mappers::dicom::kos
