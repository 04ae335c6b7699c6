// `validate`: says of each file what is wrong with it, without a data folder.
#include <cstdio>
#include <filesystem>

#include "gateway/app/commands.h"
#include "gateway/app/console.h"
#include "gateway/app/parts.h"
#include "gateway/base/json_text.h"
#include "gateway/base/text.h"
#include "gateway/codec/rdf.h"
#include "gateway/ingest/folder_walk.h"
#include "mappers/dcat/completeness.h"
#include "mappers/dcat/definition.h"
#include "mappers/dicom/instance_check.h"
#include "mappers/dicom/reader.h"

namespace gateway::app {
namespace {

namespace fs = std::filesystem;

// What was found in one file.
struct Verdict {
  std::string path;
  std::string kind;                   // "DICOM", "dataset definition", "Turtle"
  std::vector<std::string> errors;    // it is not usable
  std::vector<std::string> warnings;  // irregular, but usable
};

void validate_dicom(Verdict& verdict) {
  verdict.kind = "DICOM";
  const auto source = FileSource::open(verdict.path);
  if (!source) return verdict.errors.push_back(source.error().text());
  const auto file = mappers::dicom::read_file(*source);
  if (!file) return verdict.errors.push_back(file.error().text());
  for (const auto& finding : file->findings)
    verdict.warnings.push_back(finding.what + (finding.where.empty() ? "" : " (" + finding.where + ")"));
  if (const auto storable = mappers::dicom::check_storable(*file); !storable)
    verdict.errors.push_back(storable.error().text());
}

void add_lines(std::vector<std::string>& list, std::string_view text) {
  for (const std::string_view line : split(text, '\n'))
    if (!line.empty()) list.emplace_back(line);
}

void validate_definition(Verdict& verdict, const mappers::dcat::Profile& profile) {
  verdict.kind = "dataset definition";
  const auto text = read_file(verdict.path);
  if (!text) return verdict.errors.push_back(text.error().text());
  const auto definition = mappers::dcat::parse_definition(*text, verdict.path, profile);
  if (!definition) return add_lines(verdict.errors, definition.error().text());
  // Without an index nothing can be said about what is counted: only what the definition itself must state.
  const mappers::dcat::CatalogueInfo catalogue;
  const mappers::dcat::RenderContext context{profile, catalogue, describe_attribute(),
                                             "http://localhost/catalogue", "http://localhost/dicomweb"};
  const mappers::dcat::DatasetView view{*definition, {}, 0, 0};
  for (const auto& gap : mappers::dcat::missing_properties(context, view)) {
    if (gap.key.empty()) continue;
    (gap.mandatory ? verdict.errors : verdict.warnings).push_back(catalogue::describe(gap));
  }
}

void validate_turtle(Verdict& verdict) {
  verdict.kind = "Turtle";
  const auto text = read_file(verdict.path);
  if (!text) return verdict.errors.push_back(text.error().text());
  if (const auto graph = codec::parse_turtle(*text, "file:///" + verdict.path); !graph)
    verdict.errors.push_back(graph.error().text());
}

Verdict validate_file(const std::string& path, const mappers::dcat::Profile& profile) {
  Verdict verdict;
  verdict.path = path;
  const std::string extension = fs::path(path).extension().string();
  if (extension == ".toml")
    validate_definition(verdict, profile);
  else if (extension == ".ttl" || extension == ".nt")
    validate_turtle(verdict);
  else
    validate_dicom(verdict);
  return verdict;
}

Value to_list(const std::vector<std::string>& texts) {
  Value list = Value::list();
  for (const std::string& text : texts) list.push(text);
  return list;
}

void print(const Verdict& verdict, bool json) {
  if (json) {
    const Value line = Value::map()
                           .set("path", verdict.path)
                           .set("kind", verdict.kind)
                           .set("valid", verdict.errors.empty())
                           .set("errors", to_list(verdict.errors))
                           .set("warnings", to_list(verdict.warnings));
    std::printf("%s\n", to_json(line).c_str());
    return;
  }
  std::printf("%s: %s, %s\n", verdict.path.c_str(), verdict.kind.c_str(),
              verdict.errors.empty() ? "valid" : "not valid");
  for (const std::string& text : verdict.errors) std::printf("  error: %s\n", text.c_str());
  for (const std::string& text : verdict.warnings) std::printf("  warning: %s\n", text.c_str());
}

}  // namespace

int validate(const ValidateOptions& options) {
  const auto config = configure(options.common);
  if (!config) return report(config.error());
  const auto profile =
      mappers::dcat::Profile::load(find_profiles(config->profiles_folder) + "/dcat/healthdcat-ap-r8");
  if (!profile) return report(profile.error());
  std::size_t invalid = 0, total = 0;
  ingest::FolderWalk walk(options.paths);
  while (const auto entry = walk.next()) {
    Verdict verdict;
    if (entry->problem)
      verdict = {entry->path, "unreadable", {entry->problem->text()}, {}};
    else
      verdict = validate_file(entry->path, *profile);
    print(verdict, options.common.json);
    ++total;
    if (!verdict.errors.empty()) ++invalid;
  }
  std::fprintf(stderr, "%s of %s files are valid\n", human_count(total - invalid).c_str(),
               human_count(total).c_str());
  return invalid == 0 ? kOk : kFindings;
}

}  // namespace gateway::app
