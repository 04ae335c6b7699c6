// The parts that commands work with, opened in the right order: profiles, store, ingest.
//
// A Parts owns what it opened. Its members are thread-safe as their headers say.
#pragma once

#include <memory>
#include <string>

#include "gateway/app/commands.h"
#include "gateway/app/config.h"
#include "gateway/base/metrics.h"
#include "gateway/base/result.h"
#include "gateway/catalogue/dataset_service.h"
#include "gateway/ingest/ingest.h"
#include "gateway/store/store.h"
#include "mappers/dcat/render.h"
#include "mappers/engine/table.h"
#include "mappers/fhir/manifest.h"
#include "mappers/fhir/render.h"

namespace gateway::app {

// The configuration file, if any, under what the command line says. Error: ConfigInvalid.
Result<Config> configure(const CommonOptions& options);

// debug, info, warning, error or off. Error: ConfigInvalid.
Result<void> set_log_level(const std::string& name);

// The profiles that came with the program: beside the program as installed, or in the source tree it was
// built from.
std::string find_profiles(const std::string& configured);

class Parts {
 public:
  // Opens the data folder and loads the profiles. Errors: ProfileInvalid, StoreFailed, StoreBusy.
  static Result<std::unique_ptr<Parts>> open(const Config& config);

  const Config& config() const { return config_; }
  const std::string& profiles() const { return profiles_; }
  Metrics& metrics() { return metrics_; }
  store::Store& store() { return *store_; }
  const mappers::engine::Table& table() const { return *table_; }
  ingest::Ingestor& ingestor() { return *ingestor_; }

 private:
  Parts() = default;
  Config config_;
  std::string profiles_;
  Metrics metrics_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<mappers::engine::Table> table_;
  std::unique_ptr<ingest::Ingestor> ingestor_;
};

// Datasets over a store: profile, describe function and service in one. It refers to the store.
class Datasets {
 public:
  static Result<std::unique_ptr<Datasets>> open(const Config& config, const std::string& profiles,
                                                model::DatasetStore& store);
  const mappers::dcat::Profile& profile() const { return tables_->profile; }
  catalogue::DatasetService& service() { return service_; }

 private:
  // What descriptions are rendered, converted, judged and protected by.
  struct Tables {
    mappers::dcat::Profile profile;
    mappers::dcat::Releases releases;
    mappers::dcat::QualityProfile quality;
    mappers::engine::CodedTerms terms;
    std::unique_ptr<shacl::Library> shapes;
  };
  Datasets(std::unique_ptr<Tables> tables, model::DatasetStore& store, catalogue::DatasetOptions options);
  std::unique_ptr<Tables> tables_;
  catalogue::DatasetService service_;
};

// How FHIR resources are rendered by this configuration.
Result<mappers::fhir::RenderOptions> fhir_options(const Config& config, const std::string& profiles);

// What this installation says of itself in manifests of studies; their address is that of the request.
mappers::fhir::ManifestOrigin manifest_origin(const Config& config);

// The DICOM dictionary in the form that dataset descriptions take it.
const mappers::dcat::DescribeAttribute& describe_attribute();

}  // namespace gateway::app
