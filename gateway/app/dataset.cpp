// `dataset`: define, look at, validate, publish, withdraw, check, history.
#include <cstdio>
#include <cstdlib>

#include "gateway/app/commands.h"
#include "gateway/app/console.h"
#include "gateway/app/parts.h"
#include "gateway/base/json_text.h"
#include "gateway/catalogue/check_calendar.h"

namespace gateway::app {
namespace {

using catalogue::DatasetReport;
using catalogue::DatasetService;

std::string state_of(const model::DatasetRow& row) { return std::string(model::name_of(row.state)); }

// Who stands in the history.
std::string actor_of(const DatasetOptions& options) {
  if (!options.actor.empty()) return options.actor;
  const char* user = std::getenv("USER");
  return user ? user : "";
}

std::string day(std::int64_t utc_us) { return utc_us ? iso8601(utc_us).substr(0, 10) : "never"; }

Value to_value(const model::DatasetRow& row) {
  const auto due = catalogue::check_due(row, Clock::system().utc_us());
  Value value = Value::map()
                    .set("id", row.id)
                    .set("version", row.version)
                    .set("state", state_of(row))
                    .set("published", row.published_us != 0);
  if (row.checked_us) value.set("checked", iso8601(row.checked_us));
  if (due.due_us) value.set("checkDue", iso8601(due.due_us)).set("overdue", due.overdue);
  return value;
}

Result<int> define(DatasetService& datasets, const DatasetOptions& options) {
  for (const std::string& file : options.operands) {
    const std::string text = TRY(read_file(file, 1 << 20));
    const model::DatasetRow row = TRY(datasets.define(text, file, actor_of(options)));
    if (options.common.json)
      std::printf("%s\n", to_json(to_value(row)).c_str());
    else
      std::printf("%s: version %lld, %s\n", row.id.c_str(), static_cast<long long>(row.version),
                  state_of(row).c_str());
  }
  return kOk;
}

void print_line(const model::DatasetRow& row) {
  const auto due = catalogue::check_due(row, Clock::system().utc_us());
  std::string check;
  if (due.overdue)
    check = "CHECK OVERDUE since " + day(due.due_us);
  else if (due.due_us)
    check = "check by " + day(due.due_us);
  std::printf("%-32s version %-4lld %-10s %s\n", row.id.c_str(), static_cast<long long>(row.version),
              state_of(row).c_str(), check.c_str());
}

Result<int> list(DatasetService& datasets, bool json) {
  Value all = Value::list();
  for (const model::DatasetRow& row : TRY(datasets.list())) {
    if (!json) print_line(row);
    all.push(to_value(row));
  }
  if (json) std::printf("%s\n", to_json(all).c_str());
  return kOk;
}

Value counted(const std::vector<model::CountedValue>& values) {
  Value list = Value::list();
  for (const model::CountedValue& counted : values)
    list.push(Value::map()
                  .set("value", counted.value)
                  .set("series", std::size_t{counted.series})
                  .set("subjects", std::size_t{counted.subjects}));
  return list;
}

Value to_value(const DatasetReport& report) {
  const model::SelectionStatistics& s = report.exact;
  Value missing = Value::list();
  for (const auto& gap : report.missing)
    missing.push(Value::map().set("property", gap.property).set("mandatory", gap.mandatory));
  Value reasons = Value::list();
  for (const std::string& reason : report.reasons()) reasons.push(reason);
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
      .set("missing", std::move(missing))
      .set("publishable", report.publishable())
      .set("reasons", std::move(reasons));
}

void print_counted(const char* title, const std::vector<model::CountedValue>& values) {
  std::printf("  %-14s", title);
  for (const model::CountedValue& counted : values)
    std::printf(" %s (%llu)", counted.value.c_str(), static_cast<unsigned long long>(counted.series));
  std::printf("\n");
}

void print(const DatasetReport& report) {
  const model::SelectionStatistics& s = report.exact;
  std::printf("%s, version %lld, %s\n", report.row.id.c_str(), static_cast<long long>(report.row.version),
              state_of(report.row).c_str());
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
  for (const std::string& violation : report.violations)
    std::printf("  %-14s %s\n", "VIOLATION", violation.c_str());
}

Result<int> show(DatasetService& datasets, const DatasetOptions& options) {
  const DatasetReport report = TRY(datasets.show(options.operands.front()));
  if (options.common.json)
    std::printf("%s\n", to_json(to_value(report)).c_str());
  else
    print(report);
  return kOk;
}

void print_state(const DatasetOptions& options, const model::DatasetRow& row) {
  if (options.common.json)
    std::printf("%s\n", to_json(to_value(row)).c_str());
  else
    std::printf("%s: %s\n", row.id.c_str(), state_of(row).c_str());
}

Result<int> validate(DatasetService& datasets, const DatasetOptions& options) {
  bool all = true;
  for (const std::string& id : options.operands) {
    const DatasetReport report = TRY(datasets.validate(id, actor_of(options)));
    all = all && report.publishable();
    if (options.common.json) {
      std::printf("%s\n", to_json(to_value(report)).c_str());
      continue;
    }
    std::printf("%s: %s\n", id.c_str(), report.publishable() ? "valid" : "not valid");
    for (const std::string& reason : report.reasons()) std::printf("  %s\n", reason.c_str());
  }
  return all ? kOk : kFindings;
}

// publish, withdraw and check: one after the other, up to the first that is refused.
Result<int> change_state(DatasetService& datasets, const DatasetOptions& options) {
  for (const std::string& id : options.operands) {
    if (options.action == "check")
      TRY(datasets.confirm(id, actor_of(options)));
    else if (options.action == "withdraw" || options.withdraw)
      TRY_VOID(datasets.withdraw(id, actor_of(options), options.why));
    else
      TRY(datasets.publish(id, actor_of(options)));
    print_state(options, TRY(datasets.show(id)).row);
  }
  return kOk;
}

Result<int> history(DatasetService& datasets, const DatasetOptions& options) {
  const std::string& id = options.operands.front();
  TRY(datasets.show(id));  // NotFound for one that never was
  Value all = Value::list();
  for (const auto& event : TRY(datasets.history(id))) {
    const std::string act(model::name_of(event.act));
    if (!options.common.json)
      std::printf("%s  version %-4lld %-10s %s\n%s", iso8601(event.at_us).c_str(),
                  static_cast<long long>(event.version), act.c_str(), event.actor.c_str(),
                  event.note.empty() ? "" : ("  " + event.note + "\n").c_str());
    all.push(Value::map()
                 .set("at", iso8601(event.at_us))
                 .set("version", event.version)
                 .set("act", act)
                 .set("actor", event.actor)
                 .set("note", event.note));
  }
  if (options.common.json) std::printf("%s\n", to_json(all).c_str());
  return kOk;
}

Value texts(const std::vector<std::string>& values) {
  Value list = Value::list();
  for (const std::string& value : values) list.push(value);
  return list;
}

Result<int> diff(DatasetService& datasets, const DatasetOptions& options) {
  const std::string& id = options.operands.front();
  const std::int64_t newest = TRY(datasets.show(id)).row.version;
  if (newest == 1 && !options.to && !options.from)
    return fail(ErrorCode::NotFound, "there is one version only: nothing to compare it with", id);
  const std::int64_t to = options.to ? options.to : newest;
  const std::int64_t from = options.from ? options.from : to - 1;
  Value all = Value::list();
  for (const auto& change : TRY(datasets.changes(id, from, to))) {
    if (!options.common.json) {
      std::printf("%s%s\n", change.key.c_str(),
                  change.property.empty() ? "" : (" (" + change.property + ")").c_str());
      for (const std::string& value : change.before) std::printf("  - %s\n", value.c_str());
      for (const std::string& value : change.after) std::printf("  + %s\n", value.c_str());
    }
    all.push(Value::map()
                 .set("key", change.key)
                 .set("property", change.property)
                 .set("before", texts(change.before))
                 .set("after", texts(change.after)));
  }
  if (options.common.json) std::printf("%s\n", to_json(all).c_str());
  return kOk;
}

Result<int> run(const DatasetOptions& options) {
  const Config config = TRY(configure(options.common));
  const auto parts = TRY(Parts::open(config));
  const auto datasets = TRY(Datasets::open(config, parts->profiles(), parts->store().datasets()));
  DatasetService& service = datasets->service();
  if (options.action == "define") return define(service, options);
  if (options.action == "list") return list(service, options.common.json);
  if (options.action == "show") return show(service, options);
  if (options.action == "validate") return validate(service, options);
  if (options.action == "history") return history(service, options);
  if (options.action == "diff") return diff(service, options);
  return change_state(service, options);
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
