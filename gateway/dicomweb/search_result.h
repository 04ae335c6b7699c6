// One QIDO-RS result as DICOM JSON, and the results as a table (PS3.18 sections 10.6.3.3 and 8.7). Free
// functions; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/dicomweb/face.h"
#include "gateway/dicomweb/search_request.h"
#include "gateway/model/ports.h"

namespace gateway::dicomweb {

// The attributes of the level, and those asked for, as one object; slots are filled.
Result<void> append_result(std::string& out, const model::SearchRow& row, const SearchRequest& search,
                           const DicomwebFace& face, std::string_view root);

// Comma-separated values (RFC 4180): a column for each attribute that any result has, in the order of tags,
// named by keyword; those in sequences by path ("RequestAttributesSequence.RequestedProcedureID"). Several
// values, also those of several items, are joined by '\', the groups of a person name by '='.
class CsvTable {
 public:
  // Notes the columns of a result; to be called for all of them before the first row is written.
  Result<void> note(std::string_view json);
  void append_header(std::string& out) const;
  Result<void> append_row(std::string& out, std::string_view json) const;

 private:
  std::vector<std::string> columns_;  // paths of tags, sorted
};

}  // namespace gateway::dicomweb
