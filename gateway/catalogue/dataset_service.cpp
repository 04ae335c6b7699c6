#include "gateway/catalogue/dataset_service.h"

#include <algorithm>

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

mappers::dcat::RenderContext DatasetService::context(std::string_view base_url) const {
  return {profile_, options_.catalogue, describe_, std::string(base_url) + options_.path,
          std::string(base_url) + options_.dicomweb_path};
}

Result<mappers::dcat::DatasetView> DatasetService::description(const model::DatasetRow& row) const {
  auto definition = mappers::dcat::parse_definition(row.definition, row.id, profile_);
  if (!definition) return unusable(definition.error(), row);
  mappers::dcat::DatasetView view{.definition = std::move(*definition), .statistics = {}};
  view.issued_us = row.published_us;
  view.modified_us = std::max(row.updated_us, row.published_us);
  return view;
}

Result<mappers::dcat::DatasetView> DatasetService::view(const model::DatasetRow& row) const {
  auto view = TRY(description(row));
  auto figures = store_.statistics(view.definition.matches);
  if (!figures && figures.error().code == ErrorCode::InvalidParameter) return unusable(figures.error(), row);
  if (!figures) return figures.error();
  view.statistics = std::move(*figures);
  view.modified_us = std::max(view.modified_us, view.statistics.newest_us);
  return view;
}

DatasetReport DatasetService::report(model::DatasetRow row, mappers::dcat::DatasetView view) const {
  DatasetReport report{.row = std::move(row), .view = std::move(view), .missing = {}, .empty = false};
  report.missing = mappers::dcat::missing_properties(context(kAnyBase), report.view);
  report.empty = report.view.statistics.instances == 0;
  return report;
}

Result<void> DatasetService::refuse_incomplete(const DatasetReport& report) const {
  if (report.publishable()) return {};
  std::string text = "the description lacks what " + profile_.name + " Release " + profile_.release +
                     " demands of " + std::string(mappers::dcat::name_of(report.view.definition.access)) +
                     " datasets";
  for (const auto& missing : report.missing)
    if (missing.mandatory) text += "\n  " + describe(missing);
  return fail(ErrorCode::Unprocessable, std::move(text), report.row.id);
}

Result<model::DatasetRow> DatasetService::define(std::string_view toml, std::string_view name) {
  auto definition = TRY(mappers::dcat::parse_definition(toml, name, profile_));
  const std::string id = definition.id;
  const auto before = store_.dataset(id);
  if (!before && before.error().code != ErrorCode::NotFound) return before.error();
  if (before && before->published_us > 0) {
    mappers::dcat::DatasetView view{.definition = std::move(definition), .statistics = {}};
    view.statistics = TRY(store_.statistics(view.definition.matches));
    const auto complete = refuse_incomplete(report(*before, std::move(view)));
    if (!complete) return complete.error();
  }
  return store_.define(id, std::string(toml));
}

Result<DatasetReport> DatasetService::show(const std::string& id) const {
  auto row = TRY(store_.dataset(id));
  auto current = TRY(view(row));
  return report(std::move(row), std::move(current));
}

Result<DatasetReport> DatasetService::publish(const std::string& id) {
  auto result = TRY(show(id));
  const auto complete = refuse_incomplete(result);
  if (!complete) return complete.error();
  const auto published = store_.publish(id, true);
  if (!published) return published.error();
  result.row = TRY(store_.dataset(id));
  return result;
}

}  // namespace gateway::catalogue
