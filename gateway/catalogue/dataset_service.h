// Datasets from the side of their holder: define, look at, publish. What the `dataset` command and the
// catalogue use.
//
// Thread-safe as far as the store is. Refers to store, profile and describe function: they must outlive it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/model/ports.h"
#include "mappers/dcat/completeness.h"
#include "mappers/dcat/render.h"

namespace gateway::catalogue {

// A dataset with its figures, and what its description lacks.
struct DatasetReport {
  model::DatasetRow row;
  mappers::dcat::DatasetView view;
  std::vector<mappers::dcat::MissingProperty> missing;  // mandatory ones first
  bool empty = false;                                   // the selection matches no image
  bool publishable() const { return missing.empty() || !missing.front().mandatory; }
};

// What the definitions of one holder are rendered with.
struct DatasetOptions {
  mappers::dcat::CatalogueInfo catalogue;
  std::string path = "/catalogue";          // of the catalogue below the gateway's address
  std::string dicomweb_path = "/dicomweb";  // of the images
};

class DatasetService {
 public:
  DatasetService(model::DatasetStore& store, const mappers::dcat::Profile& profile,
                 const mappers::dcat::DescribeAttribute& describe, DatasetOptions options = {})
      : store_(store), profile_(profile), describe_(describe), options_(std::move(options)) {}

  // Stores a definition under its id; a published dataset stays published only if the new one may be. `name`
  // is that of the file, for messages. Errors: InvalidBody naming every fault, Unprocessable naming what R8
  // lacks.
  Result<model::DatasetRow> define(std::string_view toml, std::string_view name);
  Result<std::vector<model::DatasetRow>> list() const { return store_.datasets(); }
  // Error: NotFound.
  Result<DatasetReport> show(const std::string& id) const;
  // Shows the dataset in the catalogue. Error: Unprocessable naming every mandatory property that is missing.
  Result<DatasetReport> publish(const std::string& id);
  Result<void> withdraw(const std::string& id) { return store_.publish(id, false); }

  // A row without any figures. Error: StoreFailed naming the dataset when its definition is none any more.
  Result<mappers::dcat::DatasetView> description(const model::DatasetRow& row) const;
  // The same with the figures of now.
  Result<mappers::dcat::DatasetView> view(const model::DatasetRow& row) const;
  // For documents below `base_url` ("https://host", no '/' at the end).
  mappers::dcat::RenderContext context(std::string_view base_url) const;
  const DatasetOptions& options() const { return options_; }

 private:
  Result<void> refuse_incomplete(const DatasetReport& report) const;
  DatasetReport report(model::DatasetRow row, mappers::dcat::DatasetView view) const;

  model::DatasetStore& store_;
  const mappers::dcat::Profile& profile_;
  const mappers::dcat::DescribeAttribute& describe_;
  DatasetOptions options_;
};

// One line a property, as shown to people: "healthdcatap:hdab is missing: write [hdab] into the definition".
std::string describe(const mappers::dcat::MissingProperty& missing);

}  // namespace gateway::catalogue
