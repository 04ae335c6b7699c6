#include "gateway/app/parts.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "gateway/app/version.h"
#include "gateway/base/log.h"
#include "gateway/base/text.h"
#include "mappers/dicom/dictionary.h"
#include "mappers/fhir/dates.h"

namespace gateway::app {
namespace {

namespace fs = std::filesystem;

}  // namespace

Result<void> set_log_level(const std::string& name) {
  constexpr std::array<std::string_view, 5> kNames = {"debug", "info", "warning", "error", "off"};
  const auto* found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end())
    return fail(ErrorCode::ConfigInvalid, "log level must be debug, info, warning, error or off: " + name);
  log::set_level(static_cast<log::Level>(found - kNames.begin()));
  return {};
}

Result<Config> configure(const CommonOptions& options) {
  Config config = options.config_file.empty() ? default_config() : TRY(load_config(options.config_file));
  if (!options.data.empty()) config.data_folder = options.data;
  if (!options.profiles.empty()) config.profiles_folder = options.profiles;
  TRY_VOID(set_log_level(config.log_level));
  return config;
}

std::string find_profiles(const std::string& configured) {
  if (!configured.empty()) return configured;
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  // Installed: PREFIX/bin and PREFIX/share/ehds-gateway. Built: build/PRESET below the source tree.
  for (const fs::path& folder :
       {program / "../share/ehds-gateway/profiles", program / "../../profiles", fs::path(SOURCE_PROFILES)})
    if (fs::is_directory(folder, ignored)) return fs::weakly_canonical(folder, ignored).string();
  return "profiles";
}

Result<std::unique_ptr<Parts>> Parts::open(const Config& config) {
  auto parts = std::unique_ptr<Parts>(new Parts());
  parts->config_ = config;
  parts->profiles_ = find_profiles(config.profiles_folder);
  parts->table_ = std::make_unique<mappers::engine::Table>(
      TRY(mappers::engine::Table::load(parts->profiles_, "dicom/core-2025")));
  parts->store_ = TRY(store::Store::open({config.data_folder}));
  parts->ingestor_ = std::make_unique<ingest::Ingestor>(parts->store_->index(), parts->store_->blobs(),
                                                        *parts->table_, parts->metrics_);
  return parts;
}

namespace {

// How many persons there are is told as the site's file says.
Result<void> read_policies(const Config& config, catalogue::DatasetOptions& options) {
  if (!config.disclosure_policies.empty()) {
    const std::string text = TRY(read_file(config.disclosure_policies, 1 << 20));
    options.policies = TRY(disclosure::PolicyBook::parse(text, config.disclosure_policies));
  }
  if (!config.disclosure_secret_file.empty())
    options.noise_secret = trim(TRY(read_file(config.disclosure_secret_file, 4096)));
  if (options.policies.uses_noise() && options.noise_secret.size() < 16)
    return fail(ErrorCode::ConfigInvalid,
                "a disclosure policy adds noise: a secret of 16 characters is needed",
                "catalogue.secret_file");
  return {};
}

}  // namespace

Datasets::Datasets(std::unique_ptr<Tables> tables, model::DatasetStore& store,
                   catalogue::DatasetOptions options)
    : tables_(std::move(tables)),
      service_(store, tables_->profile, describe_attribute(), std::move(options)) {}

Result<std::unique_ptr<Datasets>> Datasets::open(const Config& config, const std::string& profiles,
                                                 model::DatasetStore& store) {
  auto tables = std::make_unique<Tables>();
  tables->profile = TRY(mappers::dcat::Profile::load(profiles + "/dcat/healthdcat-ap-r8"));
  tables->releases = TRY(mappers::dcat::Releases::load(profiles + "/dcat"));
  tables->quality = TRY(mappers::dcat::QualityProfile::load(profiles + "/quality"));
  tables->terms = TRY(mappers::engine::CodedTerms::load(profiles + "/terminology"));
  tables->shapes = std::make_unique<shacl::Library>(profiles + "/shapes");
  catalogue::DatasetOptions options;
  options.shapes = tables->shapes.get();
  options.releases = &tables->releases;
  options.quality = &tables->quality;
  options.terms = &tables->terms;
  TRY_VOID(read_policies(config, options));
  options.catalogue.title = {{"en", config.catalogue_title}};
  options.catalogue.description = {{"en", config.catalogue_description}};
  if (!config.catalogue_publisher.empty()) {
    mappers::dcat::Agent publisher;
    publisher.name = config.catalogue_publisher;
    publisher.email = config.catalogue_contact;
    options.catalogue.publisher = std::move(publisher);
  }
  return std::unique_ptr<Datasets>(new Datasets(std::move(tables), store, std::move(options)));
}

Result<mappers::fhir::RenderOptions> fhir_options(const Config& config, const std::string& profiles) {
  mappers::fhir::RenderOptions options;
  options.terminology = TRY(mappers::fhir::Terminology::load(profiles));
  options.local_namespace = config.identifier_base;
  auto zone = TRY(mappers::fhir::TimeZone::load(config.zone));
  options.zone = std::make_shared<const mappers::fhir::TimeZone>(std::move(zone));
  options.zone_offset = mappers::fhir::fhir_offset(config.zone);  // of dates in queries
  return options;
}

const mappers::dcat::DescribeAttribute& describe_attribute() {
  static const mappers::dcat::DescribeAttribute describe =
      [](std::uint32_t tag) -> std::optional<mappers::dcat::AttributeName> {
    const auto* entry = mappers::dicom::find(mappers::dicom::make_tag(tag));
    if (!entry) return std::nullopt;
    return mappers::dcat::AttributeName{std::string(entry->keyword), std::string(entry->name)};
  };
  return describe;
}

mappers::fhir::ManifestOrigin manifest_origin(const Config& config) {
  mappers::fhir::ManifestOrigin origin;
  origin.location_uid = config.location_uid;
  origin.viewer_url = config.viewer_url;
  origin.creator.manufacturer = "ehds-gateway";
  origin.creator.software_version = kVersion;
  origin.creator.organization =
      config.organization.empty() ? config.catalogue_publisher : config.organization;
  const auto mark = config.organization_id.find('|');
  const bool given = mark != std::string::npos;  // by somebody
  origin.creator.organization_id.value = config.organization_id.substr(given ? mark + 1 : 0);
  if (given) origin.creator.organization_id.issuer = config.organization_id.substr(0, mark);
  return origin;
}

}  // namespace gateway::app
