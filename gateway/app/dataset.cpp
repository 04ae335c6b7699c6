// `dataset`: define, list, show and publish.
#include <cstdio>

#include "gateway/app/commands.h"
#include "gateway/app/console.h"
#include "gateway/app/parts.h"
#include "gateway/base/json_text.h"

namespace gateway::app {
namespace {

using catalogue::DatasetReport;
using catalogue::DatasetService;

const char* state_of(const model::DatasetRow& row) {
  return row.published_us ? "published" : "not published";
}

Value to_value(const model::DatasetRow& row) {
  return Value::map().set("id", row.id).set("version", row.version).set("published", row.published_us != 0);
}

Result<int> define(DatasetService& datasets, const DatasetOptions& options) {
  for (const std::string& file : options.operands) {
    const std::string text = TRY(read_file(file, 1 << 20));
    const model::DatasetRow row = TRY(datasets.define(text, file));
    if (options.common.json)
      std::printf("%s\n", to_json(to_value(row)).c_str());
    else
      std::printf("%s: version %lld, %s\n", row.id.c_str(), static_cast<long long>(row.version),
                  state_of(row));
  }
  return kOk;
}

Result<int> list(DatasetService& datasets, bool json) {
  Value all = Value::list();
  for (const model::DatasetRow& row : TRY(datasets.list())) {
    if (!json)
      std::printf("%-32s version %-4lld %s\n", row.id.c_str(), static_cast<long long>(row.version),
                  state_of(row));
    all.push(to_value(row));
  }
  if (json) std::printf("%s\n", to_json(all).c_str());
  return kOk;
}

Value counted(const std::vector<model::CountedValue>& values) {
  Value list = Value::list();
  for (const auto& [value, series, subjects] : values)
    list.push(Value::map()
                  .set("value", value)
                  .set("series", std::size_t{series})
                  .set("subjects", std::size_t{subjects}));
  return list;
}

Value to_value(const DatasetReport& report) {
  const model::SelectionStatistics& s = report.view.statistics;
  Value missing = Value::list();
  for (const auto& gap : report.missing)
    missing.push(Value::map().set("property", gap.property).set("mandatory", gap.mandatory));
  Value value = to_value(report.row)
                    .set("subjects", std::size_t{s.subjects})
                    .set("studies", std::size_t{s.studies})
                    .set("studiesWithoutPatientId", std::size_t{s.studies_without_patient_id})
                    .set("series", std::size_t{s.series})
                    .set("instances", std::size_t{s.instances})
                    .set("bytes", std::size_t{s.bytes})
                    .set("firstDate", s.first_date)
                    .set("lastDate", s.last_date);
  if (s.min_age_years) value.set("minAge", *s.min_age_years);
  if (s.max_age_years) value.set("maxAge", *s.max_age_years);
  return value.set("modalities", counted(s.modalities))
      .set("bodyParts", counted(s.body_parts))
      .set("manufacturers", counted(s.manufacturers))
      .set("variables", s.attributes.size())
      .set("missing", std::move(missing));
}

void print_counted(const char* title, const std::vector<model::CountedValue>& values) {
  std::printf("  %-14s", title);
  for (const auto& [value, series, subjects] : values)
    std::printf(" %s (%llu)", value.c_str(), static_cast<unsigned long long>(series));
  std::printf("\n");
}

void print(const DatasetReport& report) {
  const model::SelectionStatistics& s = report.view.statistics;
  std::printf("%s, version %lld, %s\n", report.row.id.c_str(), static_cast<long long>(report.row.version),
              state_of(report.row));
  std::printf("  %-14s %s subjects, %s studies, %s series, %s instances, %s\n", "holds",
              human_count(s.subjects).c_str(), human_count(s.studies).c_str(), human_count(s.series).c_str(),
              human_count(s.instances).c_str(), human_bytes(s.bytes).c_str());
  if (s.studies_without_patient_id > 0)
    std::printf("  %-14s %s studies have no patient id: persons cannot be counted\n", "unknown",
                human_count(s.studies_without_patient_id).c_str());
  std::printf("  %-14s %s to %s\n", "studies of", s.first_date.c_str(), s.last_date.c_str());
  if (s.min_age_years && s.max_age_years)
    std::printf("  %-14s %d to %d years\n", "ages", *s.min_age_years, *s.max_age_years);
  print_counted("modalities", s.modalities);
  print_counted("body parts", s.body_parts);
  print_counted("manufacturers", s.manufacturers);
  std::printf("  %-14s %zu DICOM attributes\n", "variables", s.attributes.size());
  for (const auto& gap : report.missing)
    std::printf("  %-14s %s\n", gap.mandatory ? "MISSING" : "recommended", catalogue::describe(gap).c_str());
}

Result<int> show(DatasetService& datasets, const DatasetOptions& options) {
  const DatasetReport report = TRY(datasets.show(options.operands.front()));
  if (options.common.json)
    std::printf("%s\n", to_json(to_value(report)).c_str());
  else
    print(report);
  return kOk;
}

Result<int> publish(DatasetService& datasets, const DatasetOptions& options) {
  for (const std::string& id : options.operands) {
    if (options.withdraw)
      TRY_VOID(datasets.withdraw(id));
    else
      TRY(datasets.publish(id));
    if (options.common.json)
      std::printf("%s\n", to_json(Value::map().set("id", id).set("published", !options.withdraw)).c_str());
    else
      std::printf("%s: %s\n", id.c_str(), options.withdraw ? "not published" : "published");
  }
  return kOk;
}

Result<int> run(const DatasetOptions& options) {
  const Config config = TRY(configure(options.common));
  const auto parts = TRY(Parts::open(config));
  const auto datasets = TRY(Datasets::open(config, parts->profiles(), parts->store().datasets()));
  if (options.action == "define") return define(datasets->service(), options);
  if (options.action == "list") return list(datasets->service(), options.common.json);
  if (options.action == "show") return show(datasets->service(), options);
  return publish(datasets->service(), options);
}

}  // namespace

int dataset(const DatasetOptions& options) {
  const auto done = run(options);
  if (done) return *done;
  report(done.error());
  const ErrorCode code = done.error().code;
  if (code == ErrorCode::InvalidBody || code == ErrorCode::Unprocessable) return kFindings;
  return code == ErrorCode::NotFound || code == ErrorCode::ConfigInvalid ? kUsage : kFailed;
}

}  // namespace gateway::app
