// The fields of a record that share its column `more` (model::Field::packed), as one text.
//
// Each field that says something is its name and its value, each value its parts in the order of records.h,
// and every text "LENGTH:BYTES": nothing has to be escaped, and an absent tail is empty, so that a field may
// be added without a migration. Free functions; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "gateway/model/records.h"

namespace gateway::store {

// Defined for Subject, Study, Series and Instance. Empty when no packed field says anything.
template <class Record>
std::string packed_text(const Record& record);
// Sets the packed fields that `text` names; what cannot be read is left empty.
template <class Record>
void read_packed(std::string_view text, Record& record);

}  // namespace gateway::store
