// Objects from metadata and bulk data (PS3.18 section 10.5.1 and table 10.5.1-1): each metadata object with
// the bulk data parts that its BulkDataURIs name by their Content-Location. Inside of this folder only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/codec/multipart.h"
#include "gateway/dicomweb/store_items.h"

namespace gateway::dicomweb {

// "application/dicom+json" or "application/dicom+xml", or the plain types for it.
bool is_metadata_type(std::string_view type);

// All of one request. `parts` in their order; those of a metadata type are metadata, the others bulk data.
// The first part is of type `root` when it does not say. Errors: as store_items.
Result<std::vector<StoreItem>> items_of_metadata(const http::Request& request, std::string_view root,
                                                 const std::vector<codec::Part>& parts);

}  // namespace gateway::dicomweb
