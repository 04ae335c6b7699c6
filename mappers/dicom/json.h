// DICOM JSON model (PS3.18 annex F), appended as compact UTF-8 text.
//
// Keys ascend; file meta and group lengths are left out; (0008,0005), where present, says ISO_IR 192 since
// the text is UTF-8 then. IS and DS are JSON numbers with the digits of the file when they are numbers, else
// strings. FL and FD have the shortest digits that give the same value; NaN and infinities, which JSON lacks,
// are the strings "NaN", "Infinity", "-Infinity". Binary values are little endian. Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/base/result.h"
#include "mappers/dicom/dataset.h"
#include "mappers/dicom/reader.h"

namespace mappers::dicom {

struct JsonOptions {
  std::uint64_t inline_limit = 1024;   // longer binary values become a BulkDataURI
  std::uint64_t max_bytes = 32 << 20;  // of text; about there the writing is given up
};

// The object of one instance. BulkDataURI is slot::kServiceRoot (gateway/model/ports.h) and
// "/studies/{study}/series/{series}/instances/{sop}/bulkdata/{tag[/item/tag...]}"; items count from 0.
// Error: DicomLimit above `max_bytes`; `out` then holds a part of it.
gateway::Result<void> append_dicom_json(std::string& out, const File& file, const JsonOptions& options = {});
// The same of any data set; `bulk_root` is the text in front of "/{tag...}".
gateway::Result<void> append_dicom_json(std::string& out, const DataSet& data, std::string_view bulk_root,
                                        const JsonOptions& options = {});
// One member, "00100010":{...}, without comma.
gateway::Result<void> append_json_member(std::string& out, const Element& element, const CharacterSet& set,
                                         const JsonOptions& options = {});
// slot::kServiceRoot "/studies/{study}", "/series/{series}", "/instances/{sop}", percent-encoded.
void append_study_path(std::string& out, const DataSet& data);
void append_series_path(std::string& out, const DataSet& data);
void append_instance_path(std::string& out, const DataSet& data);

}  // namespace mappers::dicom
