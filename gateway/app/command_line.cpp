#include <CLI/CLI.hpp>

#include "gateway/app/commands.h"
#include "gateway/pixel/worker_pool.h"

namespace gateway::app {
namespace {

constexpr const char* kAbout =
    "Translates between local imaging formats, DICOMweb, FHIR and HealthDCAT-AP, and serves them from one "
    "index.\n"
    "First steps:  ehds-gateway ingest --data DATA /path/to/dicom   then   ehds-gateway serve --data DATA";
constexpr const char* kFooter =
    "Exit codes: 0 done; 1 done, but something was found invalid (or, with ingest --strict, refused); 2 "
    "wrong command line or configuration;\n"
    "3 failed. Results go to standard output (as JSON with --json), progress and faults to standard error.";

void add_common(CLI::App& command, CommonOptions& common, bool with_data = true) {
  command.add_option("--config", common.config_file, "Configuration file (TOML); see `config --explain`");
  if (with_data) command.add_option("--data", common.data, "Folder of the index and of stored objects");
  command.add_option("--profiles", common.profiles, "Folder of the profiles");
  command.add_flag("--json", common.json, "Machine-readable results");
}

void add_serve(CLI::App& app, ServeOptions& options) {
  auto& command =
      *app.add_subcommand("serve", "Serve DICOMweb, FHIR and the catalogue over HTTP until Ctrl-C");
  add_common(command, options.common);
  command.add_option("--listen", options.listen, "HOST:PORT of the HTTP listener; port 0 picks one");
  command.add_option("--https-listen", options.https_listen, "HOST:PORT of the HTTPS listener");
  command.add_option("--certificate", options.certificate, "PEM file of the certificate chain");
  command.add_option("--key", options.key, "PEM file of its private key");
  command.add_option("--log-level", options.log_level, "debug, info, warning, error or off");
  command.add_flag("--tour", options.tour, "Print addresses to open and commands to try");
  command.footer("Without a configuration it serves loopback addresses only, without access control.");
}

void add_ingest(CLI::App& app, IngestOptions& options) {
  auto& command = *app.add_subcommand("ingest", "Index DICOM files and folders");
  add_common(command, options.common);
  command.add_option("paths", options.paths, "Files and folders")->required();
  command.add_flag("--copy", options.copy,
                   "Copy the objects into the data folder instead of indexing them in place");
  command.add_option("--threads", options.threads, "Readers at work")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command.add_flag("--strict", options.strict, "End with exit code 1 when a file was refused or in conflict");
  command.footer(
      "Every file is accounted for: stored, identical, conflict, refused or skipped, with the reason.\n"
      "Running it again skips what did not change.");
}

void add_convert(CLI::App& app, ConvertOptions& options) {
  auto& command = *app.add_subcommand(
      "convert", "Convert DICOM files and folders, or a metadata description, without a data folder");
  add_common(command, options.common, false);
  command.add_option("paths", options.paths, "DICOM files and folders; a description, - for standard input")
      ->required();
  command
      .add_option("--to", options.to,
                  "dicom-json, fhir (R4 Bundle), turtle (HealthDCAT-AP); of one study, or of a manifest of "
                  "one: mado-fhir, mado-kos (IHE MADO); of a description: a release, as healthdcat-ap-r7, "
                  "eucaim-dcat-ap-v2")
      ->required();
  command.add_flag("--repair", options.repair, "Repair a description before it is converted");
  command.add_option("--output,-o", options.output, "File to write; default is standard output");
  command.add_option("--base", options.base,
                     "Base URL of the gateway that will serve these images, for links in the output");
  command.add_option("--dataset", options.dataset, "Dataset definition (TOML) for --to turtle");
}

void add_validate(CLI::App& app, ValidateOptions& options) {
  auto& command = *app.add_subcommand("validate",
                                      "Check DICOM files, FHIR resources (.json, .xml, .ndjson or URLs), "
                                      "dataset definitions (.toml) and Turtle (.ttl)");
  add_common(command, options.common, false);
  command.add_option("paths", options.paths, "Files, folders and URLs of FHIR resources")->required();
  command
      .add_option("--profile", options.fhir_profiles,
                  "Canonical URL of a profile that FHIR resources must conform to, besides those they claim")
      ->allow_extra_args(false);
  command.add_option("--pack", options.packs, "Folder or file with more FHIR definitions (official JSON)")
      ->allow_extra_args(false);
  command
      .add_option(
          "--shapes", options.shapes,
          "SHACL shapes for RDF documents: a file, or a release as `shapes` lists them, with its level "
          "(healthdcat-ap-r8:public) or the one that the document claims")
      ->allow_extra_args(false);
}

void add_shapes(CLI::App& app, ShapesOptions& options) {
  auto& command =
      *app.add_subcommand("shapes", "List the SHACL shapes that come with the program, or print some");
  add_common(command, options.common, false);
  command.add_option("--profile", options.profile, "Release, or release:level, to print as Turtle");
}

void add_crawl(CLI::App& app, CrawlOptions& options) {
  auto& command = *app.add_subcommand("crawl", "Walk a FAIR Data Point or a DCAT feed and say what is wrong");
  command.add_option("--config", options.common.config_file, "Configuration file (TOML)");
  command.add_option("--profiles", options.common.profiles,
                     "Folder with profiles; else those of the program");
  command.add_option("url", options.url, "Root of the FAIR Data Point, or first page of the feed")
      ->required();
  command.add_option("--json", options.json_file,
                     "Write the report as JSON into this file; '-' is standard output");
  command.add_option("--html", options.html_file, "Write the report as HTML into this file");
  command.add_option("--profile", options.profile,
                     "Release to validate datasets against, or release:level; '' validates nothing");
  command.add_option("--max-documents", options.max_documents, "Stop after so many documents");
  command.add_option("--max-seconds", options.max_seconds, "Stop after so long");
}
void add_dataset(CLI::App& app, DatasetOptions& options) {
  auto& command = *app.add_subcommand("dataset", "Define, list, show, check and publish datasets");
  add_common(command, options.common);
  command.add_option("--by", options.actor, "Who does it, for the history; else the user of this process");
  command.require_subcommand(1);
  const auto add = [&](const char* name, const char* summary, const char* operands) -> CLI::App& {
    auto& action = *command.add_subcommand(name, summary);
    if (*operands) action.add_option("operands", options.operands, operands)->required();
    action.fallthrough();  // --data and --json may stand behind the action
    action.callback([&options, &action] { options.action = action.get_name(); });
    return action;
  };
  add("define", "Add or replace dataset definitions", "TOML files");
  add("list", "All datasets with their state and when their description has to be checked", "");
  add("show", "One dataset with its figures, computed from the index", "Dataset");
  add("validate", "Say whether datasets may be published, and why not", "Datasets");
  add("publish", "Show datasets in the catalogue, if HealthDCAT-AP R8 is satisfied", "Datasets")
      .add_flag("--withdraw", options.withdraw, "Take them out of the catalogue");
  add("withdraw", "Take datasets out of the catalogue; harvesters are told", "Datasets")
      .add_option("--why", options.why, "The reason, for the history");
  add("check", "Write down that descriptions were looked at and are right (Art 60(3))", "Datasets");
  add("history", "What happened to a dataset, when and by whom", "Dataset");
  auto& diff = add("diff", "What changed between two versions of a definition", "Dataset");
  diff.add_option("--from", options.from, "Version; else the last but one");
  diff.add_option("--to", options.to, "Version; else the last one");
}

void add_demo(CLI::App& app, DemoOptions& options) {
  auto& command =
      *app.add_subcommand("demo", "Make, index and publish a demonstration data holder (synthetic phantoms)");
  add_common(command, options.common);
  command.add_option("--seed", options.seed, "The same seed gives the same files")->capture_default_str();
  command.add_option("--subjects", options.subjects, "How many subjects")
      ->check(CLI::Range(3, 100000))
      ->capture_default_str();
}

void add_config(CLI::App& app, ConfigOptions& options) {
  auto& command = *app.add_subcommand("config", "Explain or check the configuration");
  command.add_flag("--explain", options.explain, "Print every key with its meaning and default");
  command.add_option("--check", options.check, "Check a configuration file");
  command.require_option(1);
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App app(kAbout, "ehds-gateway");
  app.footer(kFooter);
  app.require_subcommand(1);
  ServeOptions serve_options;
  IngestOptions ingest_options;
  ConvertOptions convert_options;
  ValidateOptions validate_options;
  DatasetOptions dataset_options;
  CrawlOptions crawl_options;
  DemoOptions demo_options;
  ConfigOptions config_options;
  bool version_json = false;
  add_serve(app, serve_options);
  add_ingest(app, ingest_options);
  add_convert(app, convert_options);
  ShapesOptions shapes_options;
  add_validate(app, validate_options);
  add_shapes(app, shapes_options);
  add_dataset(app, dataset_options);
  add_crawl(app, crawl_options);
  add_demo(app, demo_options);
  add_config(app, config_options);
  CommonOptions statement_options;
  add_common(*app.add_subcommand("conformance-statement",
                                 "Print the DICOM conformance statement (PS3.2) as Markdown"),
             statement_options);
  // Started by `serve` for the codecs; group "" keeps it out of the help.
  app.add_subcommand("codec-worker", "Decode and encode frames for a parent process")->group("");
  app.add_subcommand("version", "Print the version")->add_flag("--json", version_json, "Machine-readable");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& fault) {
    return app.exit(fault) == 0 ? kOk : kUsage;
  }
  if (app.got_subcommand("serve")) return serve(serve_options);
  if (app.got_subcommand("ingest")) return ingest(ingest_options);
  if (app.got_subcommand("convert")) return convert(convert_options);
  if (app.got_subcommand("validate")) return validate(validate_options);
  if (app.got_subcommand("shapes")) return shapes(shapes_options);
  if (app.got_subcommand("dataset")) return dataset(dataset_options);
  if (app.got_subcommand("crawl")) return crawl(crawl_options);
  if (app.got_subcommand("demo")) return demo(demo_options);
  if (app.got_subcommand("config")) return config(config_options);
  if (app.got_subcommand("conformance-statement")) return conformance_statement_command(statement_options);
  if (app.got_subcommand("codec-worker")) return pixel::run_codec_worker(pixel::kWorkerSocket);
  return version(version_json);
}

}  // namespace gateway::app
