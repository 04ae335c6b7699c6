// Datasets from the side of their holder: define, look at, validate, publish, withdraw, check once a year.
// What the `dataset` command and the catalogue use.
//
// Thread-safe as far as the store is. Refers to store, profile and describe function: they must outlive it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/catalogue/definition_diff.h"
#include "gateway/disclosure/policy.h"
#include "gateway/model/dataset_port.h"
#include "gateway/shacl/library.h"
#include "mappers/dcat/completeness.h"
#include "mappers/dcat/quality.h"
#include "mappers/dcat/release.h"
#include "mappers/dcat/render.h"
#include "mappers/engine/coded_terms.h"

namespace gateway::catalogue {

// A dataset with its figures, and what is wrong with its description.
struct DatasetReport {
  model::DatasetRow row;
  mappers::dcat::DatasetView view;                      // as it is published
  model::SelectionStatistics exact;                     // for the holder alone
  std::vector<mappers::dcat::MissingProperty> missing;  // mandatory ones first
  std::vector<std::string> violations;                  // of the shapes, one line each
  bool empty = false;                                   // the selection matches no image
  bool publishable() const { return violations.empty() && (missing.empty() || !missing.front().mandatory); }
  // Why it is not publishable, a line for each fault.
  std::vector<std::string> reasons() const;
};

// What the definitions of one holder are rendered with.
struct DatasetOptions {
  mappers::dcat::CatalogueInfo catalogue;
  std::string path = "/catalogue";          // of the catalogue below the gateway's address
  std::string dicomweb_path = "/dicomweb";  // of the images
  disclosure::PolicyBook policies;          // of published figures
  std::string noise_secret;                 // of this site, for policies with noise
  // What may be absent: then descriptions are held to completeness alone, are written in one release only,
  // and have no label. All must outlive this.
  const shacl::Library* shapes = nullptr;
  const mappers::dcat::Releases* releases = nullptr;
  const mappers::dcat::QualityProfile* quality = nullptr;
  const mappers::engine::CodedTerms* terms = nullptr;  // else values are told as the images state them
};

class DatasetService {
 public:
  DatasetService(model::DatasetStore& store, const mappers::dcat::Profile& profile,
                 const mappers::dcat::DescribeAttribute& describe, DatasetOptions options = {})
      : store_(store), profile_(profile), describe_(describe), options_(std::move(options)) {}

  // Stores a definition under its id; a published dataset stays published only if the new one may be. `name`
  // is that of the file, for messages; `actor` who does it. Errors: InvalidBody naming every fault,
  // Unprocessable naming what R8 lacks.
  Result<model::DatasetRow> define(std::string_view toml, std::string_view name,
                                   const std::string& actor = {});
  Result<std::vector<model::DatasetRow>> list() const { return store_.datasets(); }
  // Error: NotFound.
  Result<DatasetReport> show(const std::string& id) const;
  // Looks and writes the result, with reasons, into the history. The report says whether it may be published.
  Result<DatasetReport> validate(const std::string& id, const std::string& actor = {});
  // Shows the dataset in the catalogue. Error: Unprocessable naming every fault; it stays unseen.
  Result<DatasetReport> publish(const std::string& id, const std::string& actor = {});
  // Takes it out of the catalogue for good: harvesters are told that it is gone.
  Result<void> withdraw(const std::string& id, const std::string& actor = {}, const std::string& why = {});
  // Somebody looked at the description and says that it is right (Regulation (EU) 2025/327 Art 60(3)).
  // Error: Unprocessable as publish.
  Result<DatasetReport> confirm(const std::string& id, const std::string& actor = {});

  Result<std::vector<model::DatasetEvent>> history(const std::string& id) const { return store_.history(id); }
  Result<model::DatasetVersion> version(const std::string& id, std::int64_t n) const {
    return store_.version(id, n);
  }
  // What changed between two versions. Error: NotFound.
  Result<std::vector<PropertyChange>> changes(const std::string& id, std::int64_t from,
                                              std::int64_t to) const;

  // A row without any figures. Error: StoreFailed naming the dataset when its definition is none any more.
  Result<mappers::dcat::DatasetView> description(const model::DatasetRow& row) const;
  // The same with the figures and the quality label of now, as the policy of the dataset lets anybody see
  // them.
  Result<mappers::dcat::DatasetView> view(const model::DatasetRow& row) const;
  // For documents below `base_url` ("https://host", no '/' at the end).
  mappers::dcat::RenderContext context(std::string_view base_url) const;
  const DatasetOptions& options() const { return options_; }
  const mappers::dcat::Profile& profile() const { return profile_; }
  const model::DatasetStore& store() const { return store_; }

 private:
  Result<void> refuse_incomplete(const DatasetReport& report) const;
  Result<DatasetReport> report(model::DatasetRow row, mappers::dcat::DatasetDefinition definition) const;
  Result<model::SelectionStatistics> count(const model::DatasetRow& row,
                                           const mappers::dcat::DatasetDefinition& definition) const;
  const disclosure::Policy& disclosure_policy(const model::DatasetRow& row) const;
  model::SelectionStatistics disclosed(const model::DatasetRow& row,
                                       const model::SelectionStatistics& exact) const;
  Result<void> add_label(mappers::dcat::DatasetView& view) const;
  Result<std::vector<std::string>> violations(const mappers::dcat::DatasetView& view) const;

  model::DatasetStore& store_;
  const mappers::dcat::Profile& profile_;
  const mappers::dcat::DescribeAttribute& describe_;
  DatasetOptions options_;
};

// One line a property, as shown to people: "healthdcatap:hdab is missing: write [hdab] into the definition".
std::string describe(const mappers::dcat::MissingProperty& missing);

}  // namespace gateway::catalogue
