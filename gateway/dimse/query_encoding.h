// The identifiers that a source sends (PS3.4 section C.4), and the answers that come back. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "gateway/model/source_port.h"

namespace gateway::dimse {

// Keys ascending, with the level and the unique key of the level. Values that are not plain ASCII are encoded
// in `character_set`, "ISO_IR 100" say, where all of them fit, else in UTF-8.
std::string encode_query(const model::RemoteQuery& query, bool implicit_vr, std::string_view character_set);
// The identifier of a retrieve at exactly the level of `id`.
std::string encode_retrieve(const model::RemoteId& id, bool implicit_vr);

// An answer as DICOM JSON in UTF-8, without the query's level. Errors: of the reader.
Result<std::string> json_of_answer(std::string_view data_set, std::string_view transfer_syntax);

}  // namespace gateway::dimse
