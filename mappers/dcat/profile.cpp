#include "mappers/dcat/profile.h"

#include <algorithm>
#include <set>

#include "gateway/base/bytes.h"
#include "gateway/codec/csv.h"
#include "gateway/codec/rdf.h"
#include "gateway/codec/toml.h"
#include "mappers/dcat/record.h"
#include "mappers/dcat/vocabulary.h"

namespace mappers::dcat {
namespace {

using gateway::ErrorCode;
using gateway::fail;
using gateway::Result;
using gateway::codec::CsvTable;
using gateway::codec::TomlDocument;

// The lists that definitions and renderers ask for by name, beside those of the fields of records.
constexpr std::array<std::string_view, 12> kLists = {
    "access-right", "coding-system", "country",          "data-theme", "dataset-type",   "file-type",
    "frequency",    "health-theme",  "healthcategories", "language",   "publisher-type", "standard"};

Result<CsvTable> read_table(const std::string& folder, std::string_view file) {
  const std::string text = TRY(gateway::read_file(folder + "/" + std::string(file)));
  return gateway::codec::parse_csv(text, file);
}

// The columns of a table, in the order asked for.
Result<std::vector<std::size_t>> columns(const CsvTable& table,
                                         std::initializer_list<std::string_view> titles) {
  std::vector<std::size_t> found;
  for (const auto title : titles) {
    const auto column = table.column(title);
    if (!column)
      return fail(ErrorCode::ProfileInvalid, "the column '" + std::string(title) + "' is missing",
                  table.name);
    found.push_back(*column);
  }
  return found;
}

Result<std::vector<Concept>> read_concepts(const CsvTable& table, const std::string& scheme) {
  const auto at = TRY(columns(table, {"code", "iri", "label"}));
  const auto rule = table.column("rule");
  std::vector<Concept> concepts;
  for (const auto& row : table.rows) {
    Concept entry{row.cells[at[0]], row.cells[at[1]], row.cells[at[2]],
                  rule ? row.cells[*rule] : std::string()};
    if (entry.code.empty() || entry.label.empty())
      return fail(ErrorCode::ProfileInvalid, "a code needs a label", table.where(row));
    if (!entry.iri.starts_with(scheme) || !entry.iri.ends_with(entry.code) ||
        !gateway::codec::is_absolute_iri(entry.iri))
      return fail(ErrorCode::ProfileInvalid, "the IRI of '" + entry.code + "' does not belong to its scheme",
                  table.where(row));
    concepts.push_back(std::move(entry));
  }
  std::sort(concepts.begin(), concepts.end(), [](const auto& a, const auto& b) { return a.code < b.code; });
  const auto twin = std::adjacent_find(concepts.begin(), concepts.end(),
                                       [](const auto& a, const auto& b) { return a.code == b.code; });
  if (twin != concepts.end())
    return fail(ErrorCode::ProfileInvalid, "the code '" + twin->code + "' is there twice", table.name);
  return concepts;
}

Result<CodeList> read_list(const std::string& folder, const std::string& name, const TomlDocument& document,
                           const gateway::Value& entry) {
  CodeList list{.name = name, .scheme = std::string(entry.text("scheme")), .classes = {}, .concepts = {}};
  if (const auto* classes = entry.find("classes"); classes && classes->as_list())
    for (const auto& value : *classes->as_list())
      if (const auto* text = value.as_string()) list.classes.push_back(*text);
  if (!std::all_of(list.classes.begin(), list.classes.end(), is_known_name) || list.classes.empty())
    return fail(ErrorCode::ProfileInvalid, "classes must be short names of known prefixes",
                document.where("lists." + name));
  const CsvTable table = TRY(read_table(folder, entry.text("file")));
  list.concepts = TRY(read_concepts(table, list.scheme));
  return list;
}

Result<Need> parse_need(const CsvTable& table, const gateway::codec::CsvRow& row, const std::string& text) {
  if (text == "M") return Need::Mandatory;
  if (text == "W") return Need::Recommended;
  if (text == "-") return Need::Optional;
  return fail(ErrorCode::ProfileInvalid, "'" + text + "' is not one of M, W, -", table.where(row));
}

Result<std::vector<PropertyRule>> read_properties(const CsvTable& table) {
  const auto at = TRY(columns(table, {"property", "key", "NON_PUBLIC", "RESTRICTED", "PUBLIC"}));
  std::vector<PropertyRule> rules;
  for (const auto& row : table.rows) {
    PropertyRule rule{row.cells[at[0]], row.cells[at[1]], {}};
    if (!is_known_name(rule.property))
      return fail(ErrorCode::ProfileInvalid, "'" + rule.property + "' has no known prefix", table.where(row));
    for (std::size_t i = 0; i < rule.needs.size(); ++i)
      rule.needs[i] = TRY(parse_need(table, row, row.cells[at[2 + i]]));
    rules.push_back(std::move(rule));
  }
  return rules;
}

Result<void> check(const Profile& profile, const TomlDocument& document) {
  for (const auto name : kLists)
    if (!profile.lists.contains(name))
      return fail(ErrorCode::ProfileInvalid, "the list '" + std::string(name) + "' is missing",
                  document.name);
  for (const Field& field : fields())
    if (field.form == Form::Code && field.of.find(':') == std::string_view::npos &&
        !profile.lists.contains(field.of))
      return fail(ErrorCode::ProfileInvalid, "the list '" + std::string(field.of) + "' is missing",
                  document.name);
  if (!gateway::codec::is_absolute_iri(profile.legislation))
    return fail(ErrorCode::ProfileInvalid, "legislation must be an IRI", document.where("legislation"));
  if (profile.attribute_iri.find("{group}") == std::string::npos ||
      profile.attribute_iri.find("{element}") == std::string::npos)
    return fail(ErrorCode::ProfileInvalid, "attribute_iri must hold {group} and {element}",
                document.where("attribute_iri"));
  for (const auto& [level, code] : profile.default_type)
    if (!profile.list("dataset-type").find(code) || !profile.list("access-right").find(level))
      return fail(ErrorCode::ProfileInvalid, "default_type names an unknown code",
                  document.where("default_type"));
  return {};
}

}  // namespace

std::string_view name_of(Access access) {
  static constexpr std::array<std::string_view, 3> kNames = {"NON_PUBLIC", "RESTRICTED", "PUBLIC"};
  return kNames[static_cast<std::size_t>(access)];
}

const Concept* CodeList::find(std::string_view code) const {
  const auto at =
      std::lower_bound(concepts.begin(), concepts.end(), code,
                       [](const Concept& entry, std::string_view wanted) { return entry.code < wanted; });
  return at != concepts.end() && at->code == code ? &*at : nullptr;
}

Result<Profile> Profile::load(const std::string& folder) {
  const std::string source = TRY(gateway::read_file(folder + "/profile.toml"));
  const TomlDocument document = TRY(gateway::codec::parse_toml(source, "profile.toml"));
  const auto text = [&](std::string_view key) { return std::string(document.root.text(key)); };
  Profile profile{.name = text("name"),
                  .release = text("release"),
                  .legislation = text("legislation"),
                  .attribute_iri = text("attribute_iri"),
                  .default_type = {},
                  .lists = {},
                  .properties = {}};
  if (const auto* types = document.root.find("default_type"); types && types->as_map())
    for (const auto& [level, code] : *types->as_map())
      if (const auto* value = code.as_string()) profile.default_type.emplace(level, *value);
  if (const auto* lists = document.root.find("lists"); lists && lists->as_map())
    for (const auto& [name, entry] : *lists->as_map())
      profile.lists.emplace(name, TRY(read_list(folder, name, document, entry)));
  const CsvTable properties = TRY(read_table(folder, text("properties")));
  profile.properties = TRY(read_properties(properties));
  TRY(check(profile, document));
  return profile;
}

}  // namespace mappers::dcat
