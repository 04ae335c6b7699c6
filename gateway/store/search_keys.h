// The tables name_word and search_key: what searches need beside the records (migrations.cpp). Rows are
// written with their owner, in the transaction of the caller. Free functions; as thread-safe as the Database.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/model/records.h"
#include "gateway/store/database.h"
#include "gateway/store/person_name.h"

namespace gateway::store {

// How a sound is told from a word in name_word.
inline constexpr char kSoundMark = '=';
// name_word.place of a component in a group.
constexpr int place_of(int part, int component) { return part * 5 + component; }

// `keys` are those of name_keys(). Names of subjects have no words: they are searched by FHIR only.
Result<void> write_name_words(Database& database, NameKind kind, std::int64_t owner,
                              const std::array<std::string, 3>& keys, bool replace);
Result<void> write_study_keys(Database& database, std::int64_t id, const model::Study& study, bool replace);
// `json` is the QIDO template of the series; what it does not hold is no key.
Result<void> write_series_keys(Database& database, std::int64_t id, std::string_view json, bool replace);

// Keys over lists of the records (model/record_keys.h).
Result<void> write_subject_keys(Database& database, std::int64_t id, const model::Subject& subject,
                                bool replace);
Result<void> write_order_keys(Database& database, std::int64_t id, const model::Series& series, bool replace);
// Of one owner, of one of model::kRecordKeys.
Result<void> erase_record_keys(Database& database, std::string_view field, std::int64_t owner);
// The number of one of model::kRecordKeys in search_key.field; nothing for another name.
std::optional<std::int64_t> record_key_field(std::string_view name);
// Fills them for the rows of an older schema.
Result<void> fill_record_keys(Database& database);

// Fills both tables for the rows of an older schema.
Result<void> fill_search_keys(Database& database);

}  // namespace gateway::store
