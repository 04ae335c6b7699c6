#include "gateway/store/record_columns.h"

#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/store/packed_fields.h"

namespace gateway::store {
namespace {

constexpr char kPart = '\x1F';
constexpr char kEntry = '\x1E';

void bind_field(Statement& statement, int n, const std::string& text) { statement.bind(n, text); }
void bind_field(Statement& statement, int n, const std::optional<std::int64_t>& number) {
  statement.bind(n, number);
}
void bind_field(Statement& statement, int n, const model::PersonName& name) {
  statement.bind_copy(n, name_text(name));
}
void bind_field(Statement& statement, int n, const std::vector<model::Code>& codes) {
  statement.bind_copy(n, codes_text(codes));
}

// Fields of the other types are packed, all of them.
template <class Item>
void bind_field(Statement&, int, const std::vector<Item>&) {}
template <class Item>
void read_field(const Statement&, int, std::vector<Item>&) {}

void read_field(const Statement& row, int column, std::string& text) { text = row.text(column); }
void read_field(const Statement& row, int column, std::optional<std::int64_t>& number) {
  number = row.optional_integer(column);
}
void read_field(const Statement& row, int column, model::PersonName& name) {
  name = parse_name_text(row.text(column));
}
void read_field(const Statement& row, int column, std::vector<model::Code>& codes) {
  codes = parse_codes_text(row.text(column));
}

bool missing(const std::string& text) { return text.empty(); }
bool missing(const std::optional<std::int64_t>& number) { return !number; }
bool missing(const model::PersonName& name) { return name.empty(); }
template <class Item>
bool missing(const std::vector<Item>& items) {
  return items.empty();
}

// A separator inside a value would shift all that follows; DICOM forbids control characters there anyway.
void append_part(std::string& out, std::string_view part) {
  for (const char c : part) out += c == kPart || c == kEntry ? ' ' : c;
}

template <class Record>
std::string joined_columns() {
  std::string text;
  for (const auto& field : model::fields<Record>())
    if (!field.packed) text += std::string(field.name) + ", ";
  return text + "more";
}

}  // namespace

std::string placeholders(int first, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += (i ? ", $" : "$") + std::to_string(first + i);
  return text;
}

template <class Record>
const std::string& columns() {
  static const std::string text = joined_columns<Record>();
  return text;
}

template <class Record>
int column_count() {
  static const auto packed =
      std::ranges::count_if(model::fields<Record>(), [](const auto& field) { return field.packed; });
  return static_cast<int>(model::fields<Record>().size()) - static_cast<int>(packed) + 1;
}

template <class Record>
std::string assignments(int first) {
  std::string text;
  for (const auto& field : model::fields<Record>())
    if (!field.packed) text += std::string(field.name) + " = $" + std::to_string(first++) + ", ";
  return text + "more = $" + std::to_string(first);
}

template <class Record>
void bind_record(Statement& statement, int first, const Record& record) {
  for (const auto& field : model::fields<Record>()) {
    if (field.packed) continue;
    std::visit([&](auto member) { bind_field(statement, first, record.*member); }, field.member);
    ++first;
  }
  statement.bind_copy(first, packed_text(record));
}

template <class Record>
Record read_record(const Statement& statement, int first) {
  Record record;
  for (const auto& field : model::fields<Record>()) {
    if (field.packed) continue;
    std::visit([&](auto member) { read_field(statement, first, record.*member); }, field.member);
    ++first;
  }
  read_packed(statement.text(first), record);
  return record;
}

template <class Record>
bool agree(const Record& a, const Record& b) {
  return std::ranges::all_of(model::fields<Record>(), [&](const auto& field) {
    return field.packed || std::visit([&](auto member) { return a.*member == b.*member; }, field.member);
  });
}

template <class Record>
bool fill_missing(Record& stored, const Record& later) {
  bool filled = false;
  for (const auto& field : model::fields<Record>()) {
    std::visit(
        [&](auto member) {
          if (!missing(stored.*member) || missing(later.*member)) return;
          stored.*member = later.*member;
          filled = true;
        },
        field.member);
  }
  return filled;
}

std::string name_text(const model::PersonName& name) {
  std::string text = name.alphabetic;
  if (!name.ideographic.empty() || !name.phonetic.empty()) text += "=" + name.ideographic;
  if (!name.phonetic.empty()) text += "=" + name.phonetic;
  return text;
}

model::PersonName parse_name_text(std::string_view text) {
  model::PersonName name;
  const std::size_t first = text.find('=');
  name.alphabetic = text.substr(0, first);
  if (first == std::string_view::npos) return name;
  const std::size_t second = text.find('=', first + 1);
  name.ideographic = text.substr(first + 1, second == std::string_view::npos ? second : second - first - 1);
  if (second != std::string_view::npos) name.phonetic = text.substr(second + 1);
  return name;
}

std::string codes_text(const std::vector<model::Code>& codes) {
  std::string text;
  for (const model::Code& code : codes) {
    if (!text.empty()) text += kEntry;
    append_part(text, code.value);
    text += kPart;
    append_part(text, code.scheme);
    text += kPart;
    append_part(text, code.meaning);
  }
  return text;
}

std::vector<model::Code> parse_codes_text(std::string_view text) {
  std::vector<model::Code> codes;
  if (text.empty()) return codes;
  for (const std::string_view entry : split(text, kEntry)) {
    const auto parts = split(entry, kPart);
    if (parts.size() == 3)
      codes.push_back({std::string(parts[0]), std::string(parts[1]), std::string(parts[2])});
  }
  return codes;
}

#define INSTANTIATE(Record)                                   \
  template const std::string& columns<Record>();              \
  template int column_count<Record>();                        \
  template std::string assignments<Record>(int);              \
  template void bind_record(Statement&, int, const Record&);  \
  template Record read_record<Record>(const Statement&, int); \
  template bool agree(const Record&, const Record&);          \
  template bool fill_missing(Record&, const Record&);
INSTANTIATE(model::Subject)
INSTANTIATE(model::Study)
INSTANTIATE(model::Series)
INSTANTIATE(model::Instance)
#undef INSTANTIATE

}  // namespace gateway::store
