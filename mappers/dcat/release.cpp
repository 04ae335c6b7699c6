#include "mappers/dcat/release.h"

#include <algorithm>
#include <filesystem>

#include "gateway/base/bytes.h"
#include "gateway/codec/csv.h"
#include "gateway/codec/rdf.h"
#include "gateway/codec/toml.h"
#include "mappers/dcat/reading_names.h"
#include "mappers/dcat/vocabulary.h"

namespace mappers::dcat {
namespace {

using gateway::ErrorCode;
using gateway::fail;
using gateway::Result;
using gateway::codec::CsvRow;
using gateway::codec::CsvTable;
using gateway::codec::TomlDocument;

constexpr std::array<std::pair<std::string_view, Form>, 16> kForms = {{{"text", Form::Text},
                                                                       {"word", Form::Word},
                                                                       {"iri", Form::Iri},
                                                                       {"code", Form::Code},
                                                                       {"boolean", Form::Boolean},
                                                                       {"count", Form::Count},
                                                                       {"decimal", Form::Decimal},
                                                                       {"duration", Form::Duration},
                                                                       {"date", Form::Date},
                                                                       {"hex", Form::Hex},
                                                                       {"email", Form::Email},
                                                                       {"mailto", Form::Mailto},
                                                                       {"phone", Form::Phone},
                                                                       {"tel", Form::Tel},
                                                                       {"node", Form::Node},
                                                                       {"concept", Form::Concept}}};

constexpr std::array<std::string_view, 10> kColumns = {
    "shape", "field", "property", "form", "of", "max", "NON_PUBLIC", "RESTRICTED", "PUBLIC", "remark"};

std::string key_of(std::string_view shape, std::string_view field) {
  return std::string(shape) + " " + std::string(field);
}

Result<Need> need_of(const std::string& text, const std::string& where) {
  if (text == "M") return Need::Mandatory;
  if (text == "W") return Need::Recommended;
  if (text == "-") return Need::Optional;
  return fail(ErrorCode::ProfileInvalid, "'" + text + "' is not one of M, W, -", where);
}

Result<Form> form_of(const std::string& text, Form otherwise, const std::string& where) {
  if (text.empty()) return otherwise;
  for (const auto& [name, form] : kForms)
    if (name == text) return form;
  return fail(ErrorCode::ProfileInvalid, "'" + text + "' is no form", where);
}

Result<ReleaseRow> read_row(const std::vector<std::string>& cells, const ReleaseShape* shape,
                            const std::string& where) {
  if (!shape) return fail(ErrorCode::ProfileInvalid, "'" + cells[0] + "' is no shape", where);
  ReleaseRow row{.shape = cells[0],
                 .field = find_field(shape->record, cells[1]),
                 .short_name = cells[2],
                 .property = {},
                 .lost = {},
                 .of = cells[4]};
  if (!row.field)
    return fail(ErrorCode::ProfileInvalid, "'" + cells[1] + "' is no field of " + shape->record, where);
  row.form = TRY(form_of(cells[3], row.field->form, where));
  if (row.of.empty()) row.of = row.field->of;
  row.many = cells[5] == "n";
  if (!row.many && cells[5] != "1")
    return fail(ErrorCode::ProfileInvalid, "'" + cells[5] + "' is not one of 1, n", where);
  for (std::size_t i = 0; i < row.needs.size(); ++i) row.needs[i] = TRY(need_of(cells[6 + i], where));
  if (row.short_name == "-") {
    row.lost = cells[9];
    if (row.lost.empty())
      return fail(ErrorCode::ProfileInvalid, "a field without a property needs a remark", where);
    return row;
  }
  if (!is_known_name(row.short_name))
    return fail(ErrorCode::ProfileInvalid, "'" + row.short_name + "' has no known prefix", where);
  row.property = expand(row.short_name);
  return row;
}

Result<ReleaseShape> read_shape(const std::string& name, const gateway::Value& entry,
                                const TomlDocument& document) {
  ReleaseShape shape{.name = name, .record = std::string(entry.text("record", name)), .classes = {}};
  const std::string where = document.where("shapes." + name);
  if (fields_of(shape.record).empty())
    return fail(ErrorCode::ProfileInvalid, "'" + shape.record + "' is no type of records", where);
  const auto* classes = entry.find("classes");
  if (classes && classes->as_list())
    for (const auto& value : *classes->as_list()) {
      const auto* text = value.as_string();
      if (!text || !is_known_name(*text))
        return fail(ErrorCode::ProfileInvalid, "classes must be short names of known prefixes", where);
      shape.classes.push_back(expand(*text));
    }
  if (shape.classes.empty()) return fail(ErrorCode::ProfileInvalid, "a shape needs classes", where);
  return shape;
}

bool flag(const TomlDocument& document, std::string_view key) {
  const auto* value = document.root.find(key);
  return value && value->as_bool() && *value->as_bool();
}

Result<void> check(const Release& release, const TomlDocument& document) {
  if (release.title.empty()) return fail(ErrorCode::ProfileInvalid, "a release needs a title", document.name);
  if (!gateway::codec::is_absolute_iri(release.host) || !release.host.ends_with('/'))
    return fail(ErrorCode::ProfileInvalid, "vocabulary_host must be an IRI that ends with '/'",
                document.where("vocabulary_host"));
  for (const ReleaseRow& row : release.rows())
    if (row.form == Form::Node && !row.property.empty() && !release.shape(row.of) &&
        !release.shape_of(row.of))
      return fail(ErrorCode::ProfileInvalid, "'" + row.of + "' of " + row.short_name + " is no shape",
                  document.name);
  return {};
}

}  // namespace

Result<Release> Release::load(const std::string& folder) {
  const std::string source = TRY(gateway::read_file(folder + "/release.toml"));
  const TomlDocument document = TRY(gateway::codec::parse_toml(source, "release.toml"));
  Release release;
  release.id = std::filesystem::path(folder).filename().string();
  release.title = document.root.text("title");
  release.profile = document.root.text("profile");
  release.host = document.root.text("vocabulary_host");
  release.data_use = document.root.text("data_use") == "rights" ? DataUse::Rights : DataUse::Policy;
  release.variables_at_distribution = flag(document, "variables_at_distribution");
  release.code_values_are_concepts = flag(document, "code_values_are_concepts");
  if (const auto* aliases = document.root.find("aliases"); aliases && aliases->as_list())
    for (const auto& value : *aliases->as_list())
      if (const auto* text = value.as_string()) release.aliases.push_back(*text);
  if (const auto* shapes = document.root.find("shapes"); shapes && shapes->as_map())
    for (const auto& [name, entry] : *shapes->as_map())
      release.shapes_.push_back(TRY(read_shape(name, entry, document)));
  const std::string text = TRY(gateway::read_file(folder + "/record.properties.csv"));
  const CsvTable table = TRY(gateway::codec::parse_csv(text, release.id + "/record.properties.csv"));
  if (table.header != std::vector<std::string>(kColumns.begin(), kColumns.end()))
    return fail(ErrorCode::ProfileInvalid, "the columns are not those of a property table", table.name);
  for (const CsvRow& row : table.rows) {
    release.rows_.push_back(TRY(read_row(row.cells, release.shape(row.cells[0]), table.where(row))));
    if (!release.index_.emplace(key_of(row.cells[0], row.cells[1]), release.rows_.size() - 1).second)
      return fail(ErrorCode::ProfileInvalid, "the field is there twice", table.where(row));
  }
  TRY_VOID(check(release, document));
  return release;
}

const ReleaseShape* Release::shape(std::string_view name) const {
  const auto at = std::find_if(shapes_.begin(), shapes_.end(), [&](const auto& s) { return s.name == name; });
  return at == shapes_.end() ? nullptr : &*at;
}

const ReleaseShape* Release::shape_of(std::string_view type) const {
  const auto at =
      std::find_if(shapes_.begin(), shapes_.end(), [&](const auto& s) { return s.record == type; });
  return at == shapes_.end() ? nullptr : &*at;
}

const ReleaseRow* Release::row(std::string_view shape, std::string_view field) const {
  const auto at = index_.find(key_of(shape, field));
  return at == index_.end() ? nullptr : &rows_[at->second];
}

Result<Releases> Releases::load(const std::string& folder) {
  namespace fs = std::filesystem;
  std::vector<std::string> folders;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    if (fs::exists(at->path() / "release.toml", error)) folders.push_back(at->path().string());
  if (folders.empty())
    return fail(ErrorCode::ProfileInvalid, "there is no release of a metadata profile", "profiles/dcat");
  std::sort(folders.begin(), folders.end());
  Releases releases{
      .all = {}, .profile = TRY(Profile::load(folder + "/healthdcat-ap-r8")), .names_read = nullptr};
  for (const std::string& each : folders) releases.all.push_back(TRY(Release::load(each)));
  releases.names_read = std::make_shared<const ReadingNames>(releases.all);
  return releases;
}

const Release* Releases::find(std::string_view name) const {
  for (const Release& release : all)
    if (release.id == name || (!name.empty() && release.profile == name) ||
        std::find(release.aliases.begin(), release.aliases.end(), name) != release.aliases.end())
      return &release;
  return nullptr;
}

std::pair<const CodeList*, const Concept*> Releases::code(std::string_view iri) const {
  for (const auto& [name, list] : profile.lists) {
    if (!iri.starts_with(list.scheme)) continue;
    const auto entry = std::find_if(list.concepts.begin(), list.concepts.end(),
                                    [&](const Concept& each) { return each.iri == iri; });
    if (entry != list.concepts.end()) return {&list, &*entry};
  }
  return {nullptr, nullptr};
}

std::string Releases::names() const {
  std::string names;
  for (const Release& release : all) names += (names.empty() ? "" : ", ") + release.id;
  return names;
}

}  // namespace mappers::dcat
