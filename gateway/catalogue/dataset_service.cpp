#include "gateway/catalogue/dataset_service.h"

#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/disclosure/publish.h"
#include "gateway/shacl/validate.h"

namespace gateway::catalogue {
namespace {

// Completeness does not depend on the address.
constexpr std::string_view kAnyBase = "http://localhost";

// Who asks for a document cannot help it that what was stored once is no definition any more.
Error unusable(const Error& error, const model::DatasetRow& row) {
  return fail(ErrorCode::StoreFailed, "the stored definition cannot be used: " + error.message, row.id);
}

}  // namespace

std::string describe(const mappers::dcat::MissingProperty& missing) {
  if (!missing.reason.empty()) return missing.property + " is missing: " + missing.reason;
  if (missing.key.empty()) return missing.property + " is missing: the selected images do not say it";
  return missing.property + " is missing: write " + missing.key + " into the definition";
}

std::vector<std::string> DatasetReport::reasons() const {
  std::vector<std::string> lines;
  for (const auto& gap : missing)
    if (gap.mandatory) lines.push_back(describe(gap));
  lines.insert(lines.end(), violations.begin(), violations.end());
  return lines;
}

mappers::dcat::RenderContext DatasetService::context(std::string_view base_url) const {
  return {profile_, options_.catalogue, describe_, std::string(base_url) + options_.path,
          std::string(base_url) + options_.dicomweb_path};
}

namespace {

mappers::dcat::DatasetView view_of(mappers::dcat::DatasetDefinition definition,
                                   const model::DatasetRow& row) {
  mappers::dcat::DatasetView view;
  view.definition = std::move(definition);
  view.issued_us = row.first_published_us;
  view.modified_us = std::max(row.updated_us, row.published_us);
  return view;
}

void add_figures(mappers::dcat::DatasetView& view, model::SelectionStatistics figures) {
  view.modified_us = std::max(view.modified_us, figures.newest_us);
  view.statistics = std::move(figures);
}

}  // namespace

Result<mappers::dcat::DatasetView> DatasetService::description(const model::DatasetRow& row) const {
  auto definition = mappers::dcat::parse_definition(row.definition, row.id, profile_);
  if (!definition) return unusable(definition.error(), row);
  return view_of(std::move(*definition), row);
}

Result<model::SelectionStatistics> DatasetService::count(
    const model::DatasetRow& row, const mappers::dcat::DatasetDefinition& definition) const {
  auto figures = store_.statistics(definition.matches);
  if (!figures && figures.error().code == ErrorCode::InvalidParameter) return unusable(figures.error(), row);
  if (figures && options_.terms) options_.terms->add_to(*figures);
  return figures;
}

const disclosure::Policy& DatasetService::disclosure_policy(const model::DatasetRow& row) const {
  return options_.policies.policy_for(row.id, disclosure::kPublic);
}

model::SelectionStatistics DatasetService::disclosed(const model::DatasetRow& row,
                                                     const model::SelectionStatistics& exact) const {
  return disclosure::disclose(exact, disclosure_policy(row),
                              {options_.noise_secret, row.id, exact.index_version, {}})
      .figures;
}

Result<mappers::dcat::DatasetView> DatasetService::view(const model::DatasetRow& row) const {
  auto view = TRY(description(row));
  const auto exact = TRY(count(row, view.definition));
  add_figures(view, disclosed(row, exact));
  TRY_VOID(add_label(view));
  return view;
}

Result<void> DatasetService::add_label(mappers::dcat::DatasetView& view) const {
  if (!options_.quality) return {};
  const auto measured = TRY(store_.quality(view.definition.matches));
  view.label =
      mappers::dcat::publish(mappers::dcat::make_label(measured, *options_.quality), view.statistics);
  return {};
}

Result<std::vector<std::string>> DatasetService::violations(const mappers::dcat::DatasetView& view) const {
  std::vector<std::string> lines;
  if (!options_.shapes) return lines;
  std::string level = lower(mappers::dcat::name_of(view.definition.access));
  std::replace(level.begin(), level.end(), '_', '-');
  const auto release = lower(profile_.name) + "-r" + profile_.release;
  const auto shapes = TRY(options_.shapes->profile(release, level));
  const auto report =
      TRY(shacl::validate_graph(mappers::dcat::dataset_graph(context(kAnyBase), view), *shapes));
  for (const auto& row : report.rows)
    if (row.severity == shacl::Severity::Violation) lines.push_back(shacl::to_text(row));
  if (report.dropped_rows) lines.push_back("and " + std::to_string(report.dropped_rows) + " more");
  return lines;
}

namespace {

// Numbers of persons that the holder wrote: they say what the policy rounds or hides.
void add_told_numbers(DatasetReport& report) {
  const auto& definition = report.view.definition;
  const std::pair<const char*, const mappers::dcat::Texts*> kTexts[] = {
      {"title", &definition.title},
      {"description", &definition.description},
      {"keywords", &definition.keywords},
      {"provenance", &definition.provenance},
      {"population_coverage", &definition.population_coverage}};
  for (const auto& [key, texts] : kTexts)
    for (const auto& text : *texts)
      for (const std::string& number : disclosure::numbers_of_persons(text.text))
        report.violations.push_back(std::string(key) + " tells a number of persons, \"" + number +
                                    "\": leave it out, the figures are told by the policy of the site");
}

}  // namespace

Result<DatasetReport> DatasetService::report(model::DatasetRow row,
                                             mappers::dcat::DatasetDefinition definition) const {
  DatasetReport report;
  report.exact = TRY(count(row, definition));
  report.view = view_of(std::move(definition), row);
  add_figures(report.view, disclosed(row, report.exact));
  TRY_VOID(add_label(report.view));
  report.missing = mappers::dcat::missing_properties(context(kAnyBase), report.view);
  report.violations = TRY(violations(report.view));
  if (!disclosure_policy(row).exact()) add_told_numbers(report);
  report.empty = report.exact.instances == 0;
  report.row = std::move(row);
  return report;
}

Result<void> DatasetService::refuse_incomplete(const DatasetReport& report) const {
  if (report.publishable()) return {};
  std::string text = "the description lacks what " + profile_.name + " Release " + profile_.release +
                     " demands of " + std::string(mappers::dcat::name_of(report.view.definition.access)) +
                     " datasets";
  for (const std::string& reason : report.reasons()) text += "\n  " + reason;
  return fail(ErrorCode::Unprocessable, std::move(text), report.row.id);
}

Result<model::DatasetRow> DatasetService::define(std::string_view toml, std::string_view name,
                                                 const std::string& actor) {
  auto definition = TRY(mappers::dcat::parse_definition(toml, name, profile_));
  const std::string id = definition.id;
  const auto before = store_.dataset(id);
  if (!before && before.error().code != ErrorCode::NotFound) return before.error();
  if (before && before->published_us > 0) {
    const auto found = TRY(report(*before, std::move(definition)));
    TRY_VOID(refuse_incomplete(found));
  }
  const model::ExpectedRow expected{before ? before->version : 0, before && before->published_us > 0};
  return store_.define(id, std::string(toml), actor, expected);
}

Result<DatasetReport> DatasetService::show(const std::string& id) const {
  auto row = TRY(store_.dataset(id));
  auto described = TRY(description(row));
  return report(std::move(row), std::move(described.definition));
}

Result<DatasetReport> DatasetService::validate(const std::string& id, const std::string& actor) {
  auto result = TRY(show(id));
  std::string note;
  for (const std::string& reason : result.reasons()) note += (note.empty() ? "" : "\n") + reason;
  const auto act = result.publishable() ? model::DatasetAct::Validated : model::DatasetAct::Refused;
  TRY_VOID(store_.record(id, result.row.version, act, actor, note));
  result.row = TRY(store_.dataset(id));
  return result;
}

Result<DatasetReport> DatasetService::publish(const std::string& id, const std::string& actor) {
  auto result = TRY(validate(id, actor));
  TRY_VOID(refuse_incomplete(result));
  TRY_VOID(store_.publish(id, true, actor, {}, {result.row.version, std::nullopt}));
  result.row = TRY(store_.dataset(id));
  return result;
}

Result<void> DatasetService::withdraw(const std::string& id, const std::string& actor,
                                      const std::string& why) {
  return store_.publish(id, false, actor, why);
}

Result<DatasetReport> DatasetService::confirm(const std::string& id, const std::string& actor) {
  auto result = TRY(show(id));
  TRY_VOID(refuse_incomplete(result));
  TRY_VOID(store_.record(id, result.row.version, model::DatasetAct::Checked, actor));
  result.row = TRY(store_.dataset(id));
  return result;
}

Result<std::vector<PropertyChange>> DatasetService::changes(const std::string& id, std::int64_t from,
                                                            std::int64_t to) const {
  const auto before = TRY(store_.version(id, from));
  const auto after = TRY(store_.version(id, to));
  return definition_changes(before.definition, after.definition, profile_);
}

}  // namespace gateway::catalogue
