// read_item: the data set of an item that is to be indexed, whether its bytes are at hand or only the
// metadata that another system gave (PS3.18 annex F), with the identifiers as they read here.
//
// Thread-safe: no shared state. The file views the source of the item, which must outlive it.
#pragma once

#include <memory>
#include <string>

#include "gateway/model/ingest_port.h"
#include "mappers/dicom/reader.h"

namespace gateway::ingest {

struct ItemFile {
  std::unique_ptr<const std::string> bytes;  // what `file` views, when it is not the source
  mappers::dicom::File file;
};

// Errors: as mappers::dicom::read_file; InvalidBody for metadata that are none.
Result<ItemFile> read_item(const model::IngestItem& item);

// Makes identifiers unambiguous: a prefix for the patient id, issuers where there is none (PS3.3 C.2.2,
// C.7.2.1).
void apply_identity(const model::RemoteIdentity& identity, mappers::dicom::File& file);

}  // namespace gateway::ingest
