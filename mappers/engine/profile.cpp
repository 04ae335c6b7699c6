// Table::load: the files of a profile.
#include <set>

#include "gateway/base/bytes.h"
#include "gateway/codec/csv.h"
#include "gateway/codec/toml.h"
#include "mappers/engine/table.h"

namespace mappers::engine {
namespace {

using gateway::ErrorCode;
using gateway::Result;
using gateway::codec::TomlDocument;

constexpr std::uint64_t kMaxFile = 16u << 20;

// Messages name files below the profiles folder, never the folder itself.
Result<std::string> read(const std::string& profiles_dir, const std::string& name) {
  auto text = gateway::read_file(profiles_dir + "/" + name, kMaxFile);
  if (text.ok()) return text;
  return gateway::fail(ErrorCode::ProfileInvalid, "the file cannot be read", name, text.error().text());
}

// A name of a file or folder that stays where it belongs.
bool is_plain(std::string_view name) {
  return !name.empty() && name.find("..") == std::string_view::npos && !name.starts_with('/');
}

Result<std::string> text_of(const TomlDocument& document, std::string_view key) {
  const gateway::Value* member = document.root.find(key);
  const std::string* text = member ? member->as_string() : nullptr;
  if (!text || text->empty())
    return gateway::fail(ErrorCode::ProfileInvalid, "needs the text \"" + std::string(key) + "\"",
                         document.where(key));
  return *text;
}

Result<void> check_keys(const TomlDocument& document) {
  static const std::set<std::string_view> kKnown = {"title",   "standard", "release",  "source",
                                                    "licence", "table",    "constants"};
  for (const auto& [key, value] : *document.root.as_map())
    if (!kKnown.contains(key))
      return gateway::fail(ErrorCode::ProfileInvalid, "unknown key \"" + key + "\"", document.where(key));
  return {};
}

Result<std::map<std::string, std::string>> constants_of(const TomlDocument& document) {
  std::map<std::string, std::string> constants;
  const gateway::Value* table = document.root.find("constants");
  if (!table) return constants;
  for (const auto& [name, value] : table->as_map() ? *table->as_map() : gateway::Value::Map()) {
    if (!value.as_string())
      return gateway::fail(ErrorCode::ProfileInvalid, "a constant must be a text",
                           document.where("constants." + name));
    constants[name] = *value.as_string();
  }
  return constants;
}

// The code tables that the mapping table names.
Result<std::map<std::string, CodeTable>> read_codes(const std::string& profiles_dir, const TableText& text) {
  std::map<std::string, CodeTable> tables;
  const auto csv = TRY(gateway::codec::parse_csv(text.map, text.map_name));
  const auto column = csv.column("codes");
  for (const auto& row : csv.rows) {
    const std::string name = column ? row.cells[*column] : "";
    if (name.empty() || tables.contains(name)) continue;
    if (!is_plain(name) || name.find('/') != std::string::npos)
      return gateway::fail(ErrorCode::ProfileInvalid, "codes: not a name of a code table", csv.where(row));
    const std::string file = "terminology/" + name + ".codes.csv";
    const auto content = read(profiles_dir, file);
    if (!content.ok())
      return gateway::fail(ErrorCode::ProfileInvalid, "codes: there is no code table " + file, csv.where(row),
                           content.error().detail);
    tables.emplace(name, TRY(CodeTable::parse(*content, file)));
  }
  return tables;
}

}  // namespace

Result<Table> Table::load(const std::string& profiles_dir, const std::string& profile) {
  if (!is_plain(profile)) return gateway::fail(ErrorCode::ProfileInvalid, "not a name of a profile", profile);
  const std::string file = profile + "/profile.toml";
  const std::string content = TRY(read(profiles_dir, file));
  auto parsed = gateway::codec::parse_toml(content, file);
  if (!parsed.ok()) {
    parsed.error().code = ErrorCode::ProfileInvalid;
    return parsed.error();
  }
  const TomlDocument& document = *parsed;
  TRY(check_keys(document));

  TableText text;
  text.profile.name = profile;
  text.profile.title = TRY(text_of(document, "title"));
  text.profile.standard = TRY(text_of(document, "standard"));
  text.profile.release = TRY(text_of(document, "release"));
  text.profile.source = TRY(text_of(document, "source"));
  text.profile.licence = TRY(text_of(document, "licence"));
  text.profile.constants = TRY(constants_of(document));
  const std::string table = TRY(text_of(document, "table"));
  if (!is_plain(table))
    return gateway::fail(ErrorCode::ProfileInvalid, "not a name of a file", document.where("table"));
  text.map_name = profile + "/" + table;
  text.map = TRY(read(profiles_dir, text.map_name));
  text.codes = TRY(read_codes(profiles_dir, text));
  return compile(std::move(text));
}

}  // namespace mappers::engine
