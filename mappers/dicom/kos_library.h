// The Image Library of a manifest document (PS3.16 TID 1600). Private to this folder.
#pragma once

#include "gateway/model/manifest.h"
#include "mappers/dicom/content_tree.h"

namespace mappers::dicom::kos {

// Adds what the content tree says to a manifest that has the series and instances of the evidence already:
// the order of the groups wins, series and instances that only one of the two names are noted.
void add_library(const ContentItem& root, gateway::model::Manifest& manifest,
                 gateway::model::ManifestNotes& notes);

}  // namespace mappers::dicom::kos
