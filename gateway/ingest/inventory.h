// Which attributes an object has, as the index keeps it. A pure function; thread-safe.
#pragma once

#include "gateway/model/ports.h"
#include "mappers/dicom/reader.h"

namespace gateway::ingest {

model::AttributeInventory inventory_of(const mappers::dicom::File& file);

}  // namespace gateway::ingest
