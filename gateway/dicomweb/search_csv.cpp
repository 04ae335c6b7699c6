// CSV of search results.
#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "gateway/dicomweb/search_result.h"
#include "mappers/dicom/dictionary.h"

namespace gateway::dicomweb {
namespace {

constexpr std::size_t kMaxColumns = 4096;

std::string name_of_column(std::string_view path) {
  std::string name;
  for (const std::string_view word : split(path, '.')) {
    const auto tag = mappers::dicom::parse_tag(word);
    const auto* entry = tag ? mappers::dicom::find(*tag) : nullptr;
    name += (name.empty() ? "" : ".") + std::string(entry && !entry->keyword.empty() ? entry->keyword : word);
  }
  return name;
}

// "Yamada^Tarou=山田^太郎", without empty groups at the end (PS3.5 section 6.2).
std::string person_text(const Value& name) {
  std::string text;
  for (const std::string_view group : {"Alphabetic", "Ideographic", "Phonetic"})
    text += (group == "Alphabetic" ? "" : "=") + std::string(name.text(group));
  while (text.ends_with('=')) text.pop_back();
  return text;
}

std::string text_of(const Value& value) {
  if (const auto* text = value.as_string()) return *text;
  if (const auto* number = value.as_int()) return std::to_string(*number);
  if (const auto* decimal = value.as_decimal()) return decimal->text;
  return value.as_map() ? person_text(value) : std::string();
}

bool is_sequence(const Value& attribute) { return attribute.text("vr") == "SQ"; }

const Value::List& values_of(const Value& attribute) {
  static const Value::List kNone;
  const Value* values = attribute.find("Value");
  return values && values->as_list() ? *values->as_list() : kNone;
}

// Calls `use` with the path and each attribute that is no sequence.
template <class Use>
void walk(const Value& object, const std::string& above, const Use& use) {
  if (!object.as_map()) return;
  for (const auto& [tag, attribute] : *object.as_map()) {
    const std::string path = above.empty() ? tag : above + "." + tag;
    if (!is_sequence(attribute)) {
      use(path, attribute);
      continue;
    }
    for (const Value& item : values_of(attribute)) walk(item, path, use);
  }
}

void append_value(std::string& cell, const Value& attribute) {
  const Value::List& values = values_of(attribute);
  for (std::size_t i = 0; i < values.size(); ++i) cell += (i ? "\\" : "") + text_of(values[i]);
  if (values.empty()) cell += attribute.text("BulkDataURI");
}

// RFC 4180 section 2: quoted when it has to be.
void append_cell(std::string& out, std::string_view cell) {
  if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += cell;
    return;
  }
  out += '"';
  for (const char c : cell) out += c == '"' ? "\"\"" : std::string(1, c);
  out += '"';
}

}  // namespace

Result<void> CsvTable::note(std::string_view json) {
  const Value object = TRY(codec::parse_json(json));
  walk(object, {}, [&](const std::string& path, const Value&) {
    const auto place = std::lower_bound(columns_.begin(), columns_.end(), path);
    if (columns_.size() < kMaxColumns && (place == columns_.end() || *place != path))
      columns_.insert(place, path);
  });
  if (columns_.size() < kMaxColumns) return {};
  return fail(ErrorCode::NotAcceptable, "the results have more attributes than a table of 4096 columns takes",
              "Accept");
}

void CsvTable::append_header(std::string& out) const {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (i) out += ',';
    append_cell(out, name_of_column(columns_[i]));
  }
  out += "\r\n";
}

Result<void> CsvTable::append_row(std::string& out, std::string_view json) const {
  const Value object = TRY(codec::parse_json(json));
  std::vector<std::string> cells(columns_.size());
  std::vector<bool> seen(columns_.size());
  walk(object, {}, [&](const std::string& path, const Value& attribute) {
    const auto place = std::lower_bound(columns_.begin(), columns_.end(), path);
    if (place == columns_.end() || *place != path) return;
    const auto n = static_cast<std::size_t>(place - columns_.begin());
    if (seen[n]) cells[n] += '\\';
    seen[n] = true;
    append_value(cells[n], attribute);
  });
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i) out += ',';
    append_cell(out, cells[i]);
  }
  out += "\r\n";
  return {};
}

}  // namespace gateway::dicomweb
