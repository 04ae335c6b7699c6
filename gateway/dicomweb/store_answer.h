// The answer of STOW-RS (PS3.18 section 10.5.3 and annex I): what became of every part. Pure functions.
//
// Choices. Parts whose UIDs could not be read are items of (0008,1198) without those UIDs, rather than of
// (0008,119A), which clients do not look at. Beside its number (0008,1197) a failure says in words what is
// wrong, in (0074,1048) with the attribute where one is to blame, and in a Warning field. Irregularities that
// did not prevent storing are (0008,1196) B007; they do not make 200 to 202, which clients take for a
// failure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/model/ingest_port.h"

namespace gateway::dicomweb {

// Stored now, or there already as the same object.
bool is_stored(const model::ItemOutcome& outcome);
// 200 all stored, 202 some, 409 none.
int store_status(const std::vector<model::ItemOutcome>& outcomes);
// The Store Instances Response Module as DICOM JSON.
std::string store_response(const std::vector<model::ItemOutcome>& outcomes, std::string_view service_root);
// One for each failure, the first twenty: "299 {root}: {part}: {why}".
std::vector<std::string> store_warnings(const std::vector<model::ItemOutcome>& outcomes,
                                        std::string_view service_root);

}  // namespace gateway::dicomweb
