// The faces of the gateway over its parts: which services exist, what each gets, which routes they have.
//
// The one place where ports meet their implementations (design.md section 2, rule 1). A Faces refers to the
// Parts that it was opened with; its members are thread-safe as their headers say.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gateway/app/parts.h"
#include "gateway/app/systems.h"
#include "gateway/catalogue/check_calendar.h"
#include "gateway/catalogue/face.h"
#include "gateway/definitions/terminology.h"
#include "gateway/definitions/validator.h"
#include "gateway/dicomweb/face.h"
#include "gateway/fhir/face.h"
#include "gateway/fhir/reports.h"
#include "gateway/http/cors.h"
#include "gateway/ingest/describer.h"
#include "gateway/pixel/worker_pool.h"
#include "gateway/workitems/face.h"

namespace gateway::app {

// Pages of which origins may use the gateway.
http::CorsPolicy cors_policy(const Config& config);

class Faces {
 public:
  static Result<std::unique_ptr<Faces>> open(Parts& parts);
  // All routes. `router` must not outlive this.
  void add_routes(http::Router& router);
  // Opens the DIMSE listener and begins the harvests. Error: ConfigInvalid, StoreBusy (the port is taken).
  Result<void> start();
  void stop();
  // "dimse://EHDSGATEWAY@127.0.0.1:11112", or empty.
  std::string dimse_address() const { return systems_->dimse_address(); }
  // Identifiers of the datasets that are published.
  std::vector<std::string> published() const;

 private:
  explicit Faces(Parts& parts) : parts_(parts) {}
  Result<void> open_all();

  Parts& parts_;
  std::unique_ptr<Datasets> datasets_;
  std::unique_ptr<pixel::WorkerPool> pixels_;
  std::unique_ptr<Systems> systems_;
  std::unique_ptr<dicomweb::DicomwebFace> dicomweb_;
  std::unique_ptr<workitems::WorkitemFace> workitems_;
  std::shared_ptr<const definitions::Definitions> definitions_;
  std::unique_ptr<definitions::Validator> validator_;
  std::shared_ptr<const definitions::Terminology> terminology_;
  std::unique_ptr<ingest::Describer> describer_;
  std::unique_ptr<fhir::FhirFace> fhir_;
  std::unique_ptr<fhir::Reports> reports_;
  std::unique_ptr<catalogue::Catalogue> catalogue_;
  std::unique_ptr<catalogue::CheckReminder> reminder_;
};

}  // namespace gateway::app
