// Canonical records as columns: names from the descriptor tables, binding, reading, and filling of gaps.
//
// A person name is one text "alphabetic=ideographic=phonetic" (PS3.5 6.2.1.1); codes are one text with US
// (0x1F) between value, scheme and meaning and RS (0x1E) between codes. Packed fields share the last column,
// `more` (packed_fields.h). Free functions; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/model/fields.h"
#include "gateway/store/database.h"

namespace gateway::store {

// "uid, date, ..., more": the columns of a record in the order of its descriptors.
template <class Record>
const std::string& columns();
template <class Record>
int column_count();
// "$3, $4, ...".
std::string placeholders(int first, int count);
// "uid = $3, date = $4, ...".
template <class Record>
std::string assignments(int first);

// Binds the fields to $first and what follows. The record must outlive the next step.
template <class Record>
void bind_record(Statement& statement, int first, const Record& record);
// Reads the fields from column `first` on.
template <class Record>
Record read_record(const Statement& statement, int first);
// Whether the two agree in every field that has a column of its own.
template <class Record>
bool agree(const Record& a, const Record& b);
// Takes over what `stored` does not know. True when something was taken.
template <class Record>
bool fill_missing(Record& stored, const Record& later);

std::string name_text(const model::PersonName& name);
model::PersonName parse_name_text(std::string_view text);
std::string codes_text(const std::vector<model::Code>& codes);
std::vector<model::Code> parse_codes_text(std::string_view text);

}  // namespace gateway::store
