// `ingest` and `demo`.
#include <cstdio>
#include <filesystem>

#include "gateway/app/commands.h"
#include "gateway/app/console.h"
#include "gateway/app/parts.h"
#include "gateway/base/json_text.h"
#include "gateway/demo/demo.h"
#include "gateway/ingest/folder.h"

namespace gateway::app {
namespace {

namespace fs = std::filesystem;
using model::ItemOutcome;

// A refused file is said at once, so that a long run shows early what is wrong.
void print_outcome(const ItemOutcome& outcome, bool json) {
  if (json || outcome.kind == ItemOutcome::Kind::Stored || !outcome.error) return;
  std::fprintf(stderr, "%s: %s: %s\n", std::string(name_of(outcome.kind)).c_str(), outcome.label.c_str(),
               outcome.error->text().c_str());
}

Value to_value(const ingest::FolderReport& report) {
  Value reasons = Value::map();
  for (const auto& [reason, count] : report.reasons) reasons.set(reason, static_cast<std::size_t>(count));
  return Value::map()
      .set("files", static_cast<std::size_t>(report.files))
      .set("stored", static_cast<std::size_t>(report.stored))
      .set("identical", static_cast<std::size_t>(report.identical))
      .set("conflicts", static_cast<std::size_t>(report.conflicts))
      .set("refused", static_cast<std::size_t>(report.refused))
      .set("skipped", static_cast<std::size_t>(report.skipped))
      .set("unchanged", static_cast<std::size_t>(report.unchanged))
      .set("bytes", static_cast<std::size_t>(report.bytes))
      .set("seconds", Decimal{std::to_string(report.seconds)})
      .set("reasons", std::move(reasons));
}

void print_summary(const ingest::FolderReport& report) {
  std::printf(
      "%s files in %.1f s: %s stored, %s identical, %s in conflict, %s refused, %s no DICOM instances, %s "
      "unchanged\n",
      human_count(report.files).c_str(), report.seconds, human_count(report.stored).c_str(),
      human_count(report.identical).c_str(), human_count(report.conflicts).c_str(),
      human_count(report.refused).c_str(), human_count(report.skipped).c_str(),
      human_count(report.unchanged).c_str());
  for (const auto& [reason, count] : report.reasons)
    std::printf("  %s: %s\n", human_count(count).c_str(), reason.c_str());
}

Result<ingest::FolderReport> ingest_with_progress(Parts& parts, const IngestOptions& options,
                                                  const char* task) {
  Progress progress(task);
  ingest::FolderOptions folder;
  folder.copy = options.copy;
  folder.threads = options.threads;
  folder.progress = [&](std::uint64_t done, std::uint64_t total) { progress.show(done, total); };
  return ingest::ingest_paths(
      parts.ingestor(), parts.store().index(), options.paths, folder,
      [&](const ItemOutcome& outcome) { print_outcome(outcome, options.common.json); });
}

Result<void> publish_all(Parts& parts, const std::vector<demo::DatasetDefinitionFile>& files) {
  const auto datasets = TRY(Datasets::open(parts.config(), parts.profiles(), parts.store().datasets()));
  for (const auto& file : files) {
    TRY(datasets->service().define(file.toml, file.path));
    TRY(datasets->service().publish(file.id));
  }
  return {};
}

Result<demo::DemoSummary> make_demo(Parts& parts, const DemoOptions& options, ingest::FolderReport& indexed) {
  demo::DemoOptions generator;
  generator.folder = (fs::absolute(parts.config().data_folder) / "demo").string();
  generator.seed = options.seed;
  generator.subjects = options.subjects;
  demo::DemoSummary summary;
  {
    Progress progress("drawing");
    generator.progress = [&](std::size_t done, std::size_t total) { progress.show(done, total); };
    summary = TRY(demo::generate(generator));
  }
  IngestOptions ingest;
  ingest.common = options.common;
  ingest.paths = {generator.folder + "/dicom"};
  indexed = TRY(ingest_with_progress(parts, ingest, "indexing"));
  TRY_VOID(publish_all(parts, summary.datasets));
  return summary;
}

}  // namespace

int ingest(const IngestOptions& options) {
  const auto config = configure(options.common);
  if (!config) return report(config.error());
  const auto parts = Parts::open(*config);
  if (!parts) return report(parts.error());
  const auto done = ingest_with_progress(**parts, options, "indexing");
  if (!done) return report(done.error());
  if (options.common.json)
    std::printf("%s\n", to_json(to_value(*done)).c_str());
  else
    print_summary(*done);
  return options.strict && done->refused + done->conflicts > 0 ? kFindings : kOk;
}

int demo(const DemoOptions& options) {
  const auto config = configure(options.common);
  if (!config) return report(config.error());
  const auto parts = Parts::open(*config);
  if (!parts) return report(parts.error());
  ingest::FolderReport indexed;
  const auto summary = make_demo(**parts, options, indexed);
  if (!summary) return report(summary.error());
  if (options.common.json) {
    std::printf("%s\n", to_json(to_value(indexed)).c_str());
    return kOk;
  }
  std::printf("Demonstration data holder: %s subjects, %s studies, %s series, %s instances, %s\n",
              human_count(summary->subjects).c_str(), human_count(summary->studies).c_str(),
              human_count(summary->series).c_str(), human_count(summary->instances).c_str(),
              human_bytes(summary->bytes).c_str());
  print_summary(indexed);
  for (const auto& dataset : summary->datasets) std::printf("published: %s\n", dataset.id.c_str());
  return kOk;
}

}  // namespace gateway::app
