// `convert`: any source to any output, without a data folder: what needs an index gets one in a temporary
// folder.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <limits>

#include "gateway/app/commands.h"
#include "gateway/app/console.h"
#include "gateway/app/convert_description.h"
#include "gateway/app/parts.h"
#include "gateway/codec/json.h"
#include "gateway/dicomweb/slots.h"
#include "gateway/ingest/folder.h"
#include "mappers/dicom/kos.h"
#include "mappers/fhir/bundle.h"
#include "mappers/fhir/manifest.h"

namespace gateway::app {
namespace {

namespace fs = std::filesystem;

// A data folder that goes with this object.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern = (fs::temp_directory_path() / "ehds-gateway-XXXXXX").string();
    if (::mkdtemp(pattern.data())) path_ = pattern;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// The sources of a conversion, indexed.
struct Sources {
  ScratchFolder scratch;
  std::unique_ptr<Parts> parts;
  std::uint64_t refused = 0;
};

Result<void> index_sources(const ConvertOptions& options, Sources& sources) {
  Config config = TRY(configure(options.common));
  if (sources.scratch.path().empty()) return fail(ErrorCode::Internal, "no temporary folder can be made");
  config.data_folder = sources.scratch.path();
  sources.parts = TRY(Parts::open(config));
  const auto done = TRY(ingest::ingest_paths(sources.parts->ingestor(), sources.parts->store().index(),
                                             options.paths, {}, [](const model::ItemOutcome& outcome) {
                                               if (outcome.error)
                                                 std::fprintf(stderr, "%s: %s\n", outcome.label.c_str(),
                                                              outcome.error->text().c_str());
                                             }));
  sources.refused = done.refused + done.conflicts;
  return {};
}

// One list with the metadata of every instance, as WADO-RS would answer it.
Result<std::string> to_dicom_json(Sources& sources, const ConvertOptions& options) {
  std::string out = "[";
  std::optional<Error> fault;
  const std::string root = options.base + "/dicomweb";
  TRY_VOID(sources.parts->store().index().locate({}, {}, {}, [&](const model::InstanceLocation& location) {
    auto json = sources.parts->store().blobs().read(location.metadata);
    if (!json) return fault = std::move(json).error(), false;
    if (out.size() > 1) out += ",\n";
    dicomweb::append_filled(out, *json, {root, {}, {}, {}});
    return true;
  }));
  if (fault) return *fault;
  return out + "]\n";
}

Result<std::string> to_fhir(Sources& sources, const ConvertOptions& options) {
  model::Query all;
  all.limit = std::numeric_limits<std::uint32_t>::max();
  const auto rows = TRY(sources.parts->store().index().studies(all, model::Depth::Instances));
  const auto render = TRY(fhir_options(sources.parts->config(), sources.parts->profiles()));
  return TRY(mappers::fhir::bundle_of(rows, options.base, render)) + "\n";
}

bool to_manifest(const ConvertOptions& options) { return options.to.starts_with("mado-"); }

const char* name_of(model::ManifestNote::Kind kind) {
  using Kind = model::ManifestNote::Kind;
  return kind == Kind::Missing ? "missing" : kind == Kind::Lost ? "lost" : "read as meant";
}

// A manifest in one of its forms; what is missing or was lost goes to standard error.
Result<std::string> encode_manifest(const model::Manifest& manifest, const ConvertOptions& options,
                                    const mappers::fhir::RenderOptions& render,
                                    model::ManifestNotes notes = {}) {
  const auto text = options.to == "mado-kos" ? mappers::dicom::write_kos(manifest, notes)
                                             : mappers::fhir::manifest_bundle(manifest, render, notes);
  for (const model::ManifestNote& note : notes)
    std::fprintf(stderr, "%s: %s (%s)\n", name_of(note.kind), note.what.c_str(), note.where.c_str());
  return text;
}

// The one source is a manifest already: a Bundle, or a Key Object document that is the manifest of its study.
// Nothing: it is something else.
Result<std::optional<std::string>> from_manifest(const ConvertOptions& options) {
  if (!to_manifest(options) || options.paths.size() != 1 || fs::is_directory(options.paths[0]))
    return std::optional<std::string>();
  const Config config = TRY(configure(options.common));
  const auto render = TRY(fhir_options(config, find_profiles(config.profiles_folder)));
  const std::string bytes = TRY(read_file(options.paths[0]));
  model::ManifestNotes notes;
  if (bytes.find_first_not_of(" \t\r\n\xEF\xBB\xBF") == bytes.find('{')) {
    const auto bundle = TRY(codec::parse_json(bytes));
    const auto manifest = TRY(mappers::fhir::read_manifest_bundle(bundle, render, notes));
    return std::optional(TRY(encode_manifest(manifest, options, render, std::move(notes))));
  }
  const auto manifest = mappers::dicom::read_kos(MemorySource(bytes), notes);
  if (!manifest && manifest.error().code == ErrorCode::DicomNotAnInstance)
    return std::optional<std::string>();
  if (!manifest) return manifest.error();
  return std::optional(TRY(encode_manifest(*manifest, options, render, std::move(notes))));
}

// A manifest is of one study.
Result<std::string> study_to_manifest(Sources& sources, const ConvertOptions& options) {
  model::Query some;
  some.limit = 2;
  const auto rows = TRY(sources.parts->store().index().studies(some, model::Depth::Instances));
  if (rows.size() != 1)
    return fail(ErrorCode::InvalidParameter,
                rows.empty() ? "there is no study" : "a manifest is of one study: give the files of one",
                "paths");
  const auto render = TRY(fhir_options(sources.parts->config(), sources.parts->profiles()));
  mappers::fhir::ManifestOrigin origin = manifest_origin(sources.parts->config());
  if (!options.base.empty()) origin.retrieve_url = options.base + "/dicomweb";
  return encode_manifest(mappers::fhir::manifest_of(rows[0], origin, render), options, render);
}

// Without a definition the description says what the images say, and nothing that only a holder can say.
Result<std::string> to_turtle(Sources& sources, const ConvertOptions& options) {
  const auto datasets = TRY(
      Datasets::open(sources.parts->config(), sources.parts->profiles(), sources.parts->store().datasets()));
  const bool defined = !options.dataset.empty();
  const std::string text = defined ? TRY(read_file(options.dataset, 1 << 20))
                                   : std::string(
                                         "id = \"converted\"\ntitle = { en = \"Converted images\" }\n"
                                         "[selection]\nStudyInstanceUID = [\"*\"]\n");
  const model::DatasetRow row =
      TRY(datasets->service().define(text, defined ? options.dataset : "built-in definition"));
  const catalogue::DatasetReport report = TRY(datasets->service().show(row.id));
  for (const auto& gap : report.missing)
    if (gap.mandatory) std::fprintf(stderr, "warning: %s\n", catalogue::describe(gap).c_str());
  return mappers::dcat::render_dataset(
      datasets->service().context(options.base.empty() ? "http://localhost" : options.base), report.view,
      codec::RdfFormat::Turtle);
}

Result<int> run(const ConvertOptions& options) {
  if (!is_made_of_images(options.to)) return convert_description(options);
  if (auto text = TRY(from_manifest(options))) {
    TRY_VOID(write_output(*text, options.output));
    return kOk;
  }
  Sources sources;
  TRY_VOID(index_sources(options, sources));
  const std::string text = options.to == "dicom-json" ? TRY(to_dicom_json(sources, options))
                           : options.to == "fhir"     ? TRY(to_fhir(sources, options))
                           : to_manifest(options)     ? TRY(study_to_manifest(sources, options))
                                                      : TRY(to_turtle(sources, options));
  TRY_VOID(write_output(text, options.output));
  return sources.refused == 0 ? kOk : kFindings;
}

}  // namespace

int convert(const ConvertOptions& options) {
  const auto done = run(options);
  return done ? *done : report(done.error());
}

}  // namespace gateway::app
