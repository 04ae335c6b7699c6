// bad_values: which attributes of an object hold a value that their value representation (PS3.5 table 6.2-1)
// or their enumerated values (PS3.3) do not allow. For the quality of a dataset, not for refusing objects:
// the readers understand much that is not allowed. Thread-safe; takes time in proportion to the text values.
#pragma once

#include <vector>

#include "mappers/dicom/dataset.h"

namespace mappers::dicom {

// Standard attributes of the top level, ascending. VRs with a form only (AS, CS, DA, DS, DT, IS, TM, UI);
// free text and binary values are not judged. An empty value is no bad one.
std::vector<Tag> bad_values(const DataSet& data);

}  // namespace mappers::dicom
