// `validate`: says of each file what is wrong with it, without a data folder.
#include <cstdio>
#include <filesystem>

#include "gateway/app/commands.h"
#include "gateway/app/console.h"
#include "gateway/app/parts.h"
#include "gateway/app/validate_fhir.h"
#include "gateway/app/validate_shapes.h"
#include "gateway/base/json_text.h"
#include "gateway/base/text.h"
#include "gateway/codec/rdf.h"
#include "gateway/codec/rdf_contexts.h"
#include "gateway/codec/rdf_read.h"
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
  const mappers::dcat::DatasetView view{*definition, {}, {}, 0, 0};
  for (const auto& gap : mappers::dcat::missing_properties(context, view)) {
    if (gap.key.empty()) continue;
    (gap.mandatory ? verdict.errors : verdict.warnings).push_back(catalogue::describe(gap));
  }
}

// "file:///data/a.ttl", whatever folder the path is told from.
std::string base_of(const std::string& path) {
  std::error_code ignored;
  return "file://" + fs::absolute(path, ignored).string();
}

void validate_rdf(Verdict& verdict, codec::RdfFormat format, const codec::ContextSource& contexts) {
  static constexpr const char* kNames[] = {"Turtle", "JSON-LD", "RDF/XML", "N-Triples", "TriG", "N-Quads"};
  verdict.kind = kNames[static_cast<std::size_t>(format)];
  const auto text = read_file(verdict.path);
  if (!text) return verdict.errors.push_back(text.error().text());
  if (const auto graph = codec::parse_rdf(*text, format, base_of(verdict.path), {}, contexts); !graph)
    verdict.errors.push_back(graph.error().text());
}

Verdict validate_file(const std::string& path, const mappers::dcat::Profile& profile,
                      const codec::ContextSource& contexts) {
  Verdict verdict;
  verdict.path = path;
  const std::string extension = fs::path(path).extension().string();
  if (extension == ".toml")
    validate_definition(verdict, profile);
  else if (const auto format = codec::format_of_name(path))
    validate_rdf(verdict, *format, contexts);
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

// FHIR findings as one object a line, the OperationOutcome in it; or as text.
void print(const ResourceVerdict& verdict, bool json) {
  const definitions::Findings& findings = verdict.findings;
  const bool valid = findings.errors() == 0;
  const std::string kind = "FHIR" + (verdict.type.empty() ? "" : " " + verdict.type);
  if (json) {
    const Value line = Value::map()
                           .set("path", verdict.name)
                           .set("kind", kind)
                           .set("valid", valid)
                           .set("errors", findings.errors())
                           .set("warnings", findings.warnings())
                           .set("outcome", definitions::operation_outcome(findings));
    std::printf("%s\n", to_json(line).c_str());
    return;
  }
  std::printf("%s: %s, %s\n", verdict.name.c_str(), kind.c_str(), valid ? "valid" : "not valid");
  for (const definitions::Finding& finding : findings.list())
    std::printf("  %s\n", definitions::to_text(finding).c_str());
  if (findings.dropped() > 0) std::printf("  %zu more findings are not listed\n", findings.dropped());
}

struct Totals {
  std::size_t invalid = 0, all = 0;
  void add(bool valid) {
    ++all;
    if (!valid) ++invalid;
  }
};

// Loads the definitions when the first resource comes.
class FhirFiles {
 public:
  FhirFiles(const std::string& profiles, const ValidateOptions& options)
      : profiles_(profiles), options_(options) {}

  Result<void> check(const std::string& path, Totals& totals) {
    if (!validation_) validation_ = TRY(FhirValidation::open(profiles_, options_));
    for (const ResourceVerdict& verdict : validation_->check(path)) {
      print(verdict, options_.common.json);
      totals.add(verdict.findings.errors() == 0);
    }
    return {};
  }

 private:
  std::string profiles_;
  const ValidateOptions& options_;
  std::unique_ptr<FhirValidation> validation_;
};

}  // namespace

int validate(const ValidateOptions& options) {
  const auto config = configure(options.common);
  if (!config) return report(config.error());
  const std::string profiles = find_profiles(config->profiles_folder);
  if (!options.shapes.empty()) return validate_shapes(options, profiles);
  const auto profile = mappers::dcat::Profile::load(profiles + "/dcat/healthdcat-ap-r8");
  if (!profile) return report(profile.error());
  const auto contexts = codec::ShippedContexts::load(profiles + "/jsonld");
  if (!contexts) return report(contexts.error());
  Totals totals;
  FhirFiles resources(profiles, options);
  std::vector<std::string> paths;
  for (const std::string& path : options.paths) {
    if (!FhirValidation::is_url(path))
      paths.push_back(path);
    else if (const auto checked = resources.check(path, totals); !checked)
      return report(checked.error());
  }
  ingest::FolderWalk walk(std::move(paths));
  while (const auto entry = walk.next()) {
    if (!entry->problem && FhirValidation::is_fhir_file(entry->path)) {
      if (const auto checked = resources.check(entry->path, totals); !checked) return report(checked.error());
      continue;
    }
    Verdict verdict;
    if (entry->problem)
      verdict = {entry->path, "unreadable", {entry->problem->text()}, {}};
    else
      verdict = validate_file(entry->path, *profile, contexts->source());
    print(verdict, options.common.json);
    totals.add(verdict.errors.empty());
  }
  std::fprintf(stderr, "%s of %s are valid\n", human_count(totals.all - totals.invalid).c_str(),
               human_count(totals.all).c_str());
  return totals.invalid == 0 ? kOk : kFindings;
}

}  // namespace gateway::app
