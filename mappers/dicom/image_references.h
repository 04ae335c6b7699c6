// What refers to images without being a text about them: key object selections (PS3.3 section A.35.4,
// PS3.16 TID 2010), segmentations (C.8.20.2) and RT structure sets (C.8.8.5). Private to this folder. The
// report's header is read already. Pure; thread-safe.
#pragma once

#include "mappers/dicom/content_tree.h"
#include "mappers/dicom/sr_header.h"

namespace mappers::dicom::sr {

// The images that were selected and why. Of a manifest nothing.
void read_key_images(const ContentItem& root, const Evidence& evidence, StructuredReport& report);
// A group for each segment, with its place on the body and what found it; the images that were segmented.
void read_segmentation(const DataSet& data, const Evidence& evidence, StructuredReport& report);
// A group for each region of interest; the images that the contours are drawn on.
void read_structure_set(const DataSet& data, StructuredReport& report);

}  // namespace mappers::dicom::sr
