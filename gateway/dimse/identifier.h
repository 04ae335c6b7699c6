// Identifier: the data set of a C-FIND, C-MOVE or C-GET request (PS3.4 section C.4), read; and the data sets
// of the answers to a C-FIND.
//
// Bytes of peers: sizes, depth and number of keys are bounded. Pure functions, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "gateway/model/source_port.h"
#include "mappers/dicom/query_keys.h"

namespace gateway::dimse {

struct Identifier {
  model::Level level = model::Level::Study;
  std::vector<mappers::dicom::MatchKey> keys;  // those with a value that can be matched
  std::vector<mappers::dicom::Tag> requested;  // ascending, top level: all keys
  std::vector<std::string> unmatched;          // keys with a value that cannot be matched
  std::string character_set;                   // (0008,0005): what the peer reads
  std::vector<std::string> patient_ids, study_uids, series_uids, instance_uids;
};

// Errors: InvalidParameter (no or an unknown level, a value that is none), DicomMalformed and the like of the
// reader.
Result<Identifier> parse_identifier(std::string_view data_set, std::string_view transfer_syntax);

// PS3.4 C.4.1.2.1, C.4.2.2.1: without relational queries the unique keys of the levels above are single
// values. Error InvalidParameter, naming the key.
Result<void> check_hierarchy(const Identifier& identifier, bool patient_root);

// One answer: the requested keys of `object` (DICOM JSON), empty where it has none, with level and Retrieve
// AE Title.
Value answer_of(const Value& object, const Identifier& identifier, std::string_view ae_title);

// A whole data set of DIMSE read as a file: what the reader needs in front of it.
std::string with_file_meta(std::string_view data_set, std::string_view transfer_syntax);

std::string_view level_name(model::Level level);  // "PATIENT", "STUDY", "SERIES", "IMAGE"

}  // namespace gateway::dimse
