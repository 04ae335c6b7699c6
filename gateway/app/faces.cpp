#include "gateway/app/faces.h"

#include <algorithm>
#include <filesystem>

#include "gateway/app/service.h"
#include "gateway/app/version.h"
#include "gateway/base/text.h"
#include "gateway/dicomweb/capabilities.h"
#include "gateway/fhir/terminology_routes.h"
#include "gateway/sources/face.h"
#include "gateway/sources/remote_ref.h"

namespace gateway::app {
namespace {

std::vector<ReadyCheck> ready_checks(Parts& parts) {
  return {{"index",
           [&parts]() -> Result<void> {
             auto version = parts.store().index().version();
             if (!version) return std::move(version).error();
             return {};
           }},
          {"data folder", [&parts]() -> Result<void> {
             constexpr std::uintmax_t kEnough = 256u << 20;
             std::error_code fault;
             const auto space = std::filesystem::space(parts.config().data_folder, fault);
             if (fault)
               return fail(ErrorCode::StoreFailed, "the data folder cannot be read", {}, fault.message());
             if (space.available < kEnough) return fail(ErrorCode::StoreFailed, "less than 256 MiB are free");
             return {};
           }}};
}

// Codecs run in processes of this very program (`codec-worker`), so that a crash costs one request only.
pixel::WorkerPoolOptions pixel_options() {
  pixel::WorkerPoolOptions options;
  options.command = {"/proc/self/exe", "codec-worker"};
  return options;
}

dicomweb::DicomwebConfig dicomweb_config(const Config& config) {
  dicomweb::DicomwebConfig face;
  face.max_results = static_cast<std::uint32_t>(config.max_results);
  face.spool_folder = config.data_folder;
  face.max_store_bytes = static_cast<std::uint64_t>(config.max_store_mib) << 20;
  return face;
}

workitems::WorkitemConfig workitem_config(const Config& config) {
  workitems::WorkitemConfig face;
  face.rules.aetitle = config.dimse_ae_title;
  face.rules.retention_s = static_cast<std::uint64_t>(config.workitem_keep_days) * 86'400;
  face.max_results = static_cast<std::uint32_t>(config.max_results);
  if (!config.cors_origins.empty()) {
    http::CorsPolicy policy = cors_policy(config);
    face.allows_origin = [policy = std::move(policy)](std::string_view origin) {
      return policy.allows(origin);
    };
  }
  return face;
}

Result<fhir::FhirConfig> fhir_config(const Parts& parts) {
  fhir::FhirConfig config;
  config.render = TRY(fhir_options(parts.config(), parts.profiles()));
  config.manifest = manifest_origin(parts.config());
  config.software_version = kVersion;
  config.audit = parts.config().fhir_audit;
  config.export_folder = parts.config().data_folder + "/exports";
  config.notify_hosts.clear();
  for (const std::string_view host : split(parts.config().notify_hosts, ' '))
    if (!host.empty()) config.notify_hosts.emplace_back(host);
  return config;
}

// Where FHIR says that images are is asked only when it is a source of the configuration.
ingest::DescriberOptions describer_options(sources::SourceGateway& gateway) {
  ingest::DescriberOptions options;
  options.reference = sources::remote_ref_at;
  options.reaches = [&sources = gateway.sources()](std::string_view address) {
    return sources.at(address) != nullptr;
  };
  return options;
}

Result<std::shared_ptr<const definitions::Definitions>> load_definitions(const Parts& parts) {
  definitions::Sources sources;
  sources.folder = parts.profiles() + "/fhir";
  sources.packs = definitions::Definitions::shipped_packs();
  return definitions::Definitions::load(sources);
}

}  // namespace

http::CorsPolicy cors_policy(const Config& config) {
  http::CorsPolicy policy;
  for (const std::string_view origin : split(config.cors_origins, ' '))
    if (!origin.empty()) policy.origins.emplace_back(origin);
  return policy;
}

Result<std::unique_ptr<Faces>> Faces::open(Parts& parts) {
  auto faces = std::unique_ptr<Faces>(new Faces(parts));
  TRY_VOID(faces->open_all());
  return faces;
}

Result<void> Faces::open_all() {
  datasets_ = TRY(Datasets::open(parts_.config(), parts_.profiles(), parts_.store().datasets()));
  pixels_ = std::make_unique<pixel::WorkerPool>(pixel_options());
  systems_ = TRY(Systems::open(parts_, *pixels_));
  workitems_ =
      std::make_unique<workitems::WorkitemFace>(parts_.store().workitems(), workitem_config(parts_.config()));
  dicomweb::DicomwebParts dicomweb;
  dicomweb.index = &systems_->index();
  dicomweb.blobs = &systems_->blobs();
  dicomweb.ingest = &systems_->ingest();
  dicomweb.pixels = pixels_.get();
  dicomweb.commitments = &parts_.store().commitments();
  dicomweb.path_of_tag = [&table = parts_.table()](std::uint32_t tag) { return table.path_of_tag(tag); };
  dicomweb_ = std::make_unique<dicomweb::DicomwebFace>(std::move(dicomweb), dicomweb_config(parts_.config()));
  definitions_ = TRY(load_definitions(parts_));
  terminology_ = TRY(definitions::Terminology::load(parts_.profiles(), *definitions_));
  validator_ = std::make_unique<definitions::Validator>(definitions_);
  fhir::FhirParts fhir;
  fhir.index = &parts_.store().index();
  fhir.resources = &parts_.store().resources();
  fhir.definitions = definitions_.get();
  fhir.validator = validator_.get();
  describer_ =
      std::make_unique<ingest::Describer>(parts_.store().blobs(), describer_options(systems_->sources()));
  fhir.describer = describer_.get();
  auto config = TRY(fhir_config(parts_));
  fhir_ = TRY(fhir::FhirFace::open(fhir, std::move(config)));
  reports_ = std::make_unique<fhir::Reports>(*fhir_, systems_->blobs());
  catalogue_ = std::make_unique<catalogue::Catalogue>(datasets_->service(), parts_.store().index());
  reminder_ = std::make_unique<catalogue::CheckReminder>(datasets_->service());
  return {};
}

void Faces::add_routes(http::Router& router) {
  dicomweb::add_routes(router, *dicomweb_);
  const auto& sources = parts_.config().sources;
  const bool live =
      std::any_of(sources.begin(), sources.end(), [](const auto& one) { return one.mode == "live"; });
  if (!sources.empty()) dicomweb::make_remote_routes_heavy(router, *dicomweb_, live);
  workitems::add_routes(router, *workitems_);
  sources::add_routes(router, systems_->sources());
  fhir::add_routes(router, *fhir_);
  fhir::add_terminology_routes(router, *fhir_, *terminology_);
  catalogue::add_routes(router, *catalogue_);
  add_service_routes(router, parts_.metrics(), ready_checks(parts_));
  dicomweb::add_capabilities_routes(router, dicomweb_->config().root);  // of all that is there by now
}

Result<void> Faces::start() {
  TRY_VOID(systems_->start());
  fhir_->start();
  reports_->start();
  reminder_->start();
  return {};
}

void Faces::stop() {
  reports_->stop();
  reminder_->stop();
  fhir_->stop();
  systems_->stop();
}

std::vector<std::string> Faces::published() const {
  std::vector<std::string> ids;
  if (const auto rows = datasets_->service().list())
    for (const auto& row : *rows)
      if (row.published_us) ids.push_back(row.id);
  return ids;
}

}  // namespace gateway::app
