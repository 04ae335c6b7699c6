// prepare: one DICOM object from its bytes to an index entry: read, check, map, render. Pure: touches no
// store.
//
// Thread-safe: the table is immutable, all else belongs to the caller.
#pragma once

#include <string>

#include "gateway/model/ingest_port.h"
#include "gateway/model/ports.h"
#include "mappers/engine/table.h"

namespace gateway::ingest {

struct Prepared {
  model::ItemOutcome outcome;  // Refused with its error, or Stored: still to be committed
  model::IndexEntry entry;     // of accepted items; blob references are not filled
  std::string metadata;        // DICOM JSON with its slot for the service root
  std::string frames;          // encoded frame table, or empty: mappers/dicom/frame_table.h
  bool accepted() const { return !outcome.error; }
};

Prepared prepare(const model::IngestItem& item, const mappers::engine::Table& table);

}  // namespace gateway::ingest
