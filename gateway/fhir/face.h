// The FHIR face (HL7 FHIR R4, 4.0.1, JSON): CapabilityStatement, and read and search of ImagingStudy,
// Patient, Endpoint.
//
// Resources are rendered from the index by mappers/fhir; studies that do not change are kept as text. What is
// searchable is one table (search_parameters.h), from which the CapabilityStatement is made. Thread-safe;
// index and clock must outlive the face.
#pragma once

#include <cstdint>
#include <string>

#include "gateway/base/clock.h"
#include "gateway/fhir/irregular_ids.h"
#include "gateway/fhir/study_texts.h"
#include "gateway/http/router.h"
#include "gateway/model/ports.h"
#include "mappers/fhir/render.h"

namespace gateway::fhir {

struct FhirConfig {
  mappers::fhir::RenderOptions render;
  std::string root = "/fhir";
  std::string dicomweb_root = "/dicomweb";
  std::string software_version = "0.1.0";
  std::uint32_t default_count = 20;  // matches a page
  std::uint32_t max_count = 1000;
  std::uint64_t max_page_instances = 50'000;  // a page ends early rather than hold more instances than this
  std::uint32_t max_examined = 50'000;  // rows one search may examine beyond what the index can match itself
  std::size_t max_kept_bytes = 16 << 20;  // of rendered studies kept in memory
};

class FhirFace {
 public:
  FhirFace(const model::ImageIndex& index, FhirConfig config, const Clock& clock = Clock::system())
      : index_(index),
        config_(std::move(config)),
        clock_(clock),
        started_us_(clock.utc_us()),
        irregular_ids_(index),
        study_texts_(index, config_.render, config_.max_kept_bytes) {}

  const model::ImageIndex& index() const { return index_; }
  const FhirConfig& config() const { return config_; }
  const mappers::fhir::RenderOptions& render() const { return config_.render; }
  std::int64_t now_us() const { return clock_.utc_us(); }
  // When this process began to serve: the time of its statement and of its Endpoint.
  std::int64_t started_us() const { return started_us_; }
  // Study Instance UID of an ImagingStudy id; nothing when no study can have it.
  Result<std::optional<std::string>> study_uid(std::string_view id) const {
    return irregular_ids_.study_uid(id);
  }

  const StudyTexts& study_texts() const { return study_texts_; }

  std::string base(const http::Request& request) const { return request.base_url + config_.root; }
  std::string dicomweb(const http::Request& request) const {
    return request.base_url + config_.dicomweb_root;
  }

 private:
  const model::ImageIndex& index_;
  FhirConfig config_;
  const Clock& clock_;
  std::int64_t started_us_;
  IrregularIds irregular_ids_;
  StudyTexts study_texts_;
};

// Adds all routes of the face and makes the errors below its root OperationOutcomes. Called once, before
// serving; the face must outlive the router.
void add_routes(http::Router& router, const FhirFace& face);

}  // namespace gateway::fhir
