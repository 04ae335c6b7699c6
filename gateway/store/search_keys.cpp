#include "gateway/store/search_keys.h"

#include <algorithm>
#include <set>

#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "gateway/model/query.h"
#include "gateway/model/record_keys.h"
#include "gateway/store/record_columns.h"

namespace gateway::store {
namespace {

constexpr std::size_t kMaxValues = 256;      // of one key of one owner
constexpr std::size_t kMaxValueBytes = 256;  // LO and SH are far shorter

Result<void> erase_owner(Database& database, const char* sql, std::int64_t first, std::int64_t owner) {
  Statement erase = TRY(database.prepare(sql));
  return erase.bind(1, first).bind(2, owner).run();
}

Result<void> write_word(Database& database, NameKind kind, std::int64_t owner, std::string_view word,
                        int place) {
  Statement insert =
      TRY(database.prepare("INSERT INTO name_word (kind, word, owner_id, place) VALUES ($1, $2, $3, $4) "
                           "ON CONFLICT DO NOTHING"));
  insert.bind(1, static_cast<std::int64_t>(kind)).bind(2, word).bind(3, owner);
  return insert.bind(4, std::int64_t{place}).run();
}

Result<void> write_key(Database& database, std::size_t field, std::int64_t owner,
                       const std::set<std::string>& values, bool replace) {
  const auto number = static_cast<std::int64_t>(field);
  if (replace)
    TRY_VOID(
        erase_owner(database, "DELETE FROM search_key WHERE field = $1 AND owner_id = $2", number, owner));
  for (const std::string& value : values) {
    Statement insert =
        TRY(database.prepare("INSERT INTO search_key (field, value, owner_id) VALUES ($1, $2, $3)"));
    TRY(insert.bind(1, number).bind(2, value).bind(3, owner).run());
  }
  return {};
}

Result<void> write_record_keys(Database& database, std::string_view field, std::int64_t owner,
                               const std::vector<std::string>& keys, bool replace) {
  std::set<std::string> values;
  for (const std::string& key : keys)
    if (values.size() < kMaxValues) values.insert(key.substr(0, kMaxValueBytes));
  return write_key(database, static_cast<std::size_t>(*record_key_field(field)), owner, values, replace);
}

void add_value(std::set<std::string>& values, std::string_view value) {
  if (values.size() < kMaxValues && !trim(value).empty())
    values.emplace(trim(value).substr(0, kMaxValueBytes));
}

// Walks "00400275.00400009" through the items of the DICOM JSON model.
void collect(const Value& object, std::string_view path, std::set<std::string>& values) {
  const auto dot = path.find('.');
  const Value* attribute = object.find(path.substr(0, dot));
  const Value* list = attribute ? attribute->find("Value") : nullptr;
  if (!list || !list->as_list()) return;
  for (const Value& value : *list->as_list()) {
    if (dot != std::string_view::npos)
      collect(value, path.substr(dot + 1), values);
    else if (const auto* text = value.as_string())
      add_value(values, *text);
  }
}

// Slots are control characters, which JSON does not have.
Value parsed(std::string_view json) {
  std::string text(json);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  auto value = codec::parse_json(text);
  return value.ok() ? std::move(*value) : Value();
}

Result<void> fill_words(Database& database) {
  Statement read = TRY(database.prepare("SELECT kind, owner_id, part, key FROM person_name"));
  while (TRY(read.step())) {
    std::array<std::string, 3> keys;
    keys[static_cast<std::size_t>(std::clamp<std::int64_t>(read.integer(2), 0, 2))] = read.string(3);
    TRY_VOID(
        write_name_words(database, static_cast<NameKind>(read.integer(0)), read.integer(1), keys, false));
  }
  return {};
}

}  // namespace

Result<void> write_name_words(Database& database, NameKind kind, std::int64_t owner,
                              const std::array<std::string, 3>& keys, bool replace) {
  if (kind == NameKind::Subject) return {};
  if (replace)
    TRY_VOID(erase_owner(database, "DELETE FROM name_word WHERE kind = $1 AND owner_id = $2",
                         static_cast<std::int64_t>(kind), owner));
  for (int part = 0; part < 3; ++part) {
    for (const model::NameWord& word : model::name_words(keys[static_cast<std::size_t>(part)])) {
      const int place = place_of(part, word.component);
      TRY_VOID(write_word(database, kind, owner, word.text, place));
      if (word.sound.empty()) continue;
      TRY_VOID(write_word(database, kind, owner, kSoundMark + word.sound, place));
    }
  }
  return {};
}

Result<void> write_study_keys(Database& database, std::int64_t id, const model::Study& study, bool replace) {
  std::set<std::string> codes;
  for (const model::Code& code : study.procedures) add_value(codes, code.value);
  for (std::size_t field = 0; field < model::kKeyFields.size(); ++field)
    if (model::kKeyFields[field] == "study.00081032.00080100")
      TRY_VOID(write_key(database, field, id, codes, replace));
  return {};
}

Result<void> write_series_keys(Database& database, std::int64_t id, std::string_view json, bool replace) {
  const Value object = parsed(json);
  for (std::size_t field = 0; field < model::kKeyFields.size(); ++field) {
    const std::string_view name = model::kKeyFields[field];
    if (!name.starts_with("series.")) continue;
    std::set<std::string> values;
    collect(object, name.substr(name.find('.') + 1), values);
    TRY_VOID(write_key(database, field, id, values, replace));
  }
  return {};
}

std::optional<std::int64_t> record_key_field(std::string_view name) {
  constexpr std::int64_t kFirst = 100;  // behind those of model::kKeyFields
  const auto found = std::ranges::find(model::kRecordKeys, name);
  if (found == model::kRecordKeys.end()) return std::nullopt;
  return kFirst + (found - model::kRecordKeys.begin());
}

Result<void> erase_record_keys(Database& database, std::string_view field, std::int64_t owner) {
  return erase_owner(database, "DELETE FROM search_key WHERE field = $1 AND owner_id = $2",
                     record_key_field(field).value_or(-1), owner);
}

Result<void> write_subject_keys(Database& database, std::int64_t id, const model::Subject& subject,
                                bool replace) {
  return write_record_keys(database, model::kSubjectIdentifiers, id, model::identifier_keys(subject),
                           replace);
}

Result<void> write_order_keys(Database& database, std::int64_t id, const model::Series& series,
                              bool replace) {
  return write_record_keys(database, model::kSeriesOrders, id, model::order_keys(series), replace);
}

Result<void> fill_record_keys(Database& database) {
  Statement subjects = TRY(database.prepare("SELECT id, " + columns<model::Subject>() + " FROM subject"));
  while (TRY(subjects.step()))
    TRY_VOID(
        write_subject_keys(database, subjects.integer(0), read_record<model::Subject>(subjects, 1), false));
  Statement series = TRY(database.prepare("SELECT id, " + columns<model::Series>() + " FROM series"));
  while (TRY(series.step()))
    TRY_VOID(write_order_keys(database, series.integer(0), read_record<model::Series>(series, 1), false));
  return {};
}

Result<void> fill_search_keys(Database& database) {
  TRY_VOID(fill_words(database));
  Statement series = TRY(database.prepare("SELECT id, json FROM series"));
  while (TRY(series.step())) TRY_VOID(write_series_keys(database, series.integer(0), series.text(1), false));
  Statement study = TRY(database.prepare("SELECT id, procedures FROM study"));
  while (TRY(study.step())) {
    model::Study record;
    record.procedures = parse_codes_text(study.text(1));
    TRY_VOID(write_study_keys(database, study.integer(0), record, false));
  }
  return {};
}

}  // namespace gateway::store
