// The FHIR face (HL7 FHIR R4, 4.0.1): the REST interface over both planes of resources, those rendered from
// the image index and those that clients send.
//
// Resources are reached through one door (resources.h); the routes, their parameters and the
// CapabilityStatement come from the same tables. Thread-safe; the parts and the clock must outlive the face.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/fhir/irregular_ids.h"
#include "gateway/fhir/objects_index.h"
#include "gateway/fhir/resources.h"
#include "gateway/fhir/study_texts.h"
#include "gateway/http/router.h"
#include "gateway/model/described_port.h"
#include "gateway/model/ports.h"
#include "gateway/model/resource_port.h"
#include "mappers/fhir/manifest.h"
#include "mappers/fhir/render.h"

namespace gateway::definitions {
class Definitions;
class Validator;
}  // namespace gateway::definitions

namespace gateway::fhir {

class AuditTrail;
class Exports;
class Subscriptions;

struct FhirConfig {
  mappers::fhir::RenderOptions render;
  mappers::fhir::ManifestOrigin manifest;  // who makes manifests; its retrieve_url is that of the request
  std::string root = "/fhir";
  std::string dicomweb_root = "/dicomweb";
  std::string software_version = "0.1.0";
  std::string mapping = "dicom/core-2025";  // pack by which DICOM becomes records, for Provenance
  std::uint32_t default_count = 20;         // matches a page
  std::uint32_t max_count = 1000;
  std::uint64_t max_page_instances = 50'000;  // a page ends early rather than hold more instances than this
  std::uint32_t max_examined = 50'000;  // rows one search may examine beyond what the index can match itself
  std::size_t max_kept_bytes = 16 << 20;        // of rendered studies kept in memory
  std::uint64_t max_resource_bytes = 16 << 20;  // of one resource sent in
  std::uint64_t max_bundle_bytes = 64 << 20;    // of a batch or transaction, and of its answers
  std::size_t max_bundle_entries = 10'000;
  std::uint32_t max_conditional_deletes = 100;  // matches of one conditional delete; more is refused
  bool audit = true;                            // an AuditEvent for each request
  std::size_t max_audit_queue = 20'000;         // events not yet written; beyond it requests are refused
  std::string export_folder;                    // of bulk exports; empty: there are none
  std::uint64_t max_export_bytes = 8ull << 30;  // of all files of one job
  std::int64_t export_keep_s = 24 * 3600;
  // Hosts that subscriptions may be delivered to: "host" (ports 80 and 443) or "host:port".
  std::vector<std::string> notify_hosts;
};

// What the face works with. Without `resources` nothing can be written; without `definitions` there is
// neither XML nor writing; without `validator` what is sent in is held against the JSON form only; without
// `describer` an ImagingStudy that is sent in puts nothing into the index.
struct FhirParts {
  const model::ImageIndex* index = nullptr;
  model::ResourceStore* resources = nullptr;
  const definitions::Definitions* definitions = nullptr;
  const definitions::Validator* validator = nullptr;
  model::StudyDescriber* describer = nullptr;
};

class FhirFace {
 public:
  // Errors: as Resources::make.
  static Result<std::unique_ptr<FhirFace>> open(FhirParts parts, FhirConfig config,
                                                const Clock& clock = Clock::system());
  // The index alone, read-only, without a door to the store: for what renders and searches it.
  FhirFace(const model::ImageIndex& index, FhirConfig config, const Clock& clock = Clock::system());
  ~FhirFace();

  // Begins and ends what runs beside requests: audit, exports, subscriptions. Both may be called twice.
  void start();
  void stop();

  // Without what resources of the store describe.
  const model::ImageIndex& index() const { return index_; }
  const FhirParts& parts() const { return parts_; }
  const FhirConfig& config() const { return config_; }
  const mappers::fhir::RenderOptions& render() const { return config_.render; }
  const Clock& clock() const { return clock_; }
  std::int64_t now_us() const { return clock_.utc_us(); }
  // When this process began to serve: the time of its statement and of its Endpoint.
  std::int64_t started_us() const { return started_us_; }
  // Study Instance UID of an ImagingStudy id; nothing when no study can have it.
  Result<std::optional<std::string>> study_uid(std::string_view id) const {
    return irregular_ids_.study_uid(id);
  }
  const StudyTexts& study_texts() const { return study_texts_; }

  // Null for a face that was not opened.
  const Resources* resources() const { return resources_.get(); }
  AuditTrail* audit() const { return audit_.get(); }                     // null: none is kept
  Exports* exports() const { return exports_.get(); }                    // null: there are none
  Subscriptions* subscriptions() const { return subscriptions_.get(); }  // null: there are none

  std::string base(const http::Request& request) const { return request.base_url + config_.root; }
  std::string dicomweb(const http::Request& request) const {
    return request.base_url + config_.dicomweb_root;
  }
  Place place(const http::Request& request) const { return {base(request), dicomweb(request)}; }

 private:
  const ObjectsIndex index_;
  FhirParts parts_;
  FhirConfig config_;
  const Clock& clock_;
  std::int64_t started_us_;
  IrregularIds irregular_ids_;
  StudyTexts study_texts_;
  std::unique_ptr<Resources> resources_;
  std::unique_ptr<AuditTrail> audit_;
  std::unique_ptr<Exports> exports_;
  std::unique_ptr<Subscriptions> subscriptions_;
};

// Adds all routes of the face and makes the errors below its root OperationOutcomes. Called once, before
// serving; the face must outlive the router.
void add_routes(http::Router& router, const FhirFace& face);

// One route of the face, also of those in other files: around `handler`, which answers in R4 JSON, the
// answer is put into the form that the client wants, and the request goes into the audit trail.
// `path` is behind the root: "/Patient/{id}".
void add_route(http::Router& router, const FhirFace& face, http::Method method, const std::string& path,
               http::RouteInfo info, http::Handler handler);

}  // namespace gateway::fhir
