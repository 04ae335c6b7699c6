#include "mappers/dcat/definition_reader.h"

#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/codec/rdf.h"

namespace mappers::dcat {
namespace {

using gateway::Value;

constexpr std::size_t kLongestText = 64 << 10;
constexpr std::size_t kLongestList = 1000;

// BCP 47 in outline, and nothing that Turtle could not carry: [A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*
bool is_language(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto letter_or_digit = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
  if (text.size() > 35) return false;
  const auto parts = gateway::split(text, '-');
  if (parts.front().size() < 2 || !std::all_of(parts.front().begin(), parts.front().end(), letter))
    return false;
  return std::all_of(parts.begin(), parts.end(), [&](std::string_view part) {
    return !part.empty() && part.size() <= 8 && std::all_of(part.begin(), part.end(), letter_or_digit);
  });
}

bool is_iso_date(std::string_view text) {
  static constexpr std::string_view kShape = "dddd-dd-dd";
  if (text.size() != kShape.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (kShape[i] == '-' ? text[i] != '-' : text[i] < '0' || text[i] > '9') return false;
  const auto month = text.substr(5, 2), day = text.substr(8, 2);
  return month >= "01" && month <= "12" && day >= "01" && day <= "31";
}

// The codes that may stand there, for the message; a long list is cut.
std::string allowed(const CodeList& list) {
  std::string text;
  for (std::size_t i = 0; i < list.concepts.size(); ++i) {
    if (i == 24) return text + ", ...";
    text += (i ? ", " : "") + list.concepts[i].code;
  }
  return text;
}

}  // namespace

std::string TableReader::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

void TableReader::fault(std::string_view key, std::string text) {
  const std::string path = path_of(key);
  int line = document_.line_of(path);
  if (line == 0) line = document_.line_of(path_);
  faults_.push_back({line, path + ": " + std::move(text)});
}

const Value* TableReader::find(std::string_view key) {
  known_.emplace(key);
  return table_.find(key);
}

std::string TableReader::text(std::string_view key, bool required) {
  const Value* value = find(key);
  const std::string* text = value ? value->as_string() : nullptr;
  if (value && !text) fault(key, "must be a text");
  if (text && text->size() > kLongestText) return fault(key, "is longer than 64 KiB"), std::string();
  const std::string trimmed(text ? gateway::trim(*text) : std::string_view());
  if (trimmed.empty() && required && (!value || text))
    fault(key, "is required");
  else if (trimmed.empty() && text)
    fault(key, "must not be empty: leave the key out");
  return trimmed;
}

std::string TableReader::iri(std::string_view key) {
  std::string text = this->text(key);
  if (!text.empty() && !gateway::codec::is_absolute_iri(text))
    fault(key, "'" + text + "' is no absolute IRI");
  return text;
}

std::string TableReader::date(std::string_view key) {
  std::string text = this->text(key);
  if (!text.empty() && !is_iso_date(text)) fault(key, "'" + text + "' is no date YYYY-MM-DD");
  return text;
}

std::vector<std::string> TableReader::list(std::string_view key) {
  const Value* value = find(key);
  if (!value) return {};
  if (const auto* text = value->as_string()) return {*text};
  const auto* items = value->as_list();
  if (!items || items->size() > kLongestList)
    return fault(key, "must be a list of texts"), std::vector<std::string>();
  std::vector<std::string> texts;
  for (const Value& item : *items)
    if (const auto* text = item.as_string(); text && !gateway::trim(*text).empty())
      texts.push_back(*text);
    else
      return fault(key, "must hold texts only, none of them empty"), std::vector<std::string>();
  return texts;
}

void TableReader::add_texts(Texts& into, const Value& value, const std::string& language,
                            std::string_view key) {
  if (const auto* text = value.as_string()) {
    if (gateway::trim(*text).empty())
      fault(key, "must not be empty");
    else if (text->size() > kLongestText)
      fault(key, "is longer than 64 KiB");
    else
      into.push_back({language, std::string(gateway::trim(*text))});
  } else if (const auto* list = value.as_list(); list && list->size() <= kLongestList) {
    for (const Value& item : *list) add_texts(into, item, language, key);
  } else if (const auto* map = value.as_map(); map && language.empty()) {
    for (const auto& [tag, item] : *map)
      if (is_language(tag))
        add_texts(into, item, tag, key);
      else
        fault(key, "'" + tag + "' is no language tag such as 'en'");
  } else {
    fault(key, "must be a text, or texts by language such as { en = \"...\" }");
  }
}

Texts TableReader::texts(std::string_view key, bool required) {
  Texts texts;
  const Value* value = find(key);
  if (value)
    add_texts(texts, *value, {}, key);
  else if (required)
    fault(key, "is required");
  return texts;
}

std::vector<Concept> TableReader::codes(std::string_view key, const CodeList& list) {
  std::vector<Concept> found;
  for (const std::string& code : this->list(key))
    if (const Concept* entry = list.find(code))
      found.push_back(*entry);
    else
      fault(key, "'" + code + "' is not in the list " + list.name + ": " + allowed(list));
  return found;
}

std::optional<Concept> TableReader::code(std::string_view key, const CodeList& list) {
  const std::string code = text(key);
  if (code.empty()) return std::nullopt;
  if (const Concept* entry = list.find(code)) return *entry;
  fault(key, "'" + code + "' is not in the list " + list.name + ": " + allowed(list));
  return std::nullopt;
}

const Value* TableReader::table(std::string_view key) {
  const Value* value = find(key);
  if (!value || value->as_map()) return value;
  fault(key, "must be a table");
  return nullptr;
}

std::vector<const Value*> TableReader::tables(std::string_view key) {
  const Value* value = find(key);
  if (!value) return {};
  const auto* items = value->as_list();
  std::vector<const Value*> tables;
  if (items && items->size() <= kLongestList)
    for (const Value& item : *items)
      if (item.as_map()) tables.push_back(&item);
  if (!items || tables.size() != items->size())
    fault(key, "must be a list of tables [[" + std::string(key) + "]]");
  return tables;
}

TableReader TableReader::below(std::string_view key, const Value& table) {
  return {document_, table, path_of(key), faults_};
}

void TableReader::finish() {
  const auto* map = table_.as_map();
  if (!map) return;
  for (const auto& [key, value] : *map)
    if (!known_.contains(key)) fault(key, "is not a key of a dataset definition");
}

}  // namespace mappers::dcat
