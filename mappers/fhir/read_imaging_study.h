// The way back: an ImagingStudy of FHIR R4 (R5's shape of codes is understood) with what it refers to, as
// canonical records and the address that the images are retrieved from.
//
// All variants that profiles and peers write are read (packs.h); what a record cannot hold is listed, never
// dropped in silence. Names that are only shown ("Dr. Marie Curie") become the family name as a whole. Pure
// functions; thread-safe as long as `resolve` is.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "mappers/fhir/render.h"

namespace mappers::fhir {

// The resource that a reference means ("Patient/1", "urn:uuid:...", never "#..."); nullptr: not at hand.
using Resolve = std::function<const gateway::Value*(std::string_view reference)>;

struct ReadStudy {
  gateway::model::StudyRow row;  // subject, study, series with their instances, modalities, counts of these
  std::string retrieve_address;  // WADO-RS up to and without /studies; empty: none is known
  std::vector<std::string> series_addresses;  // of each series, where it names another; else empty
  std::vector<std::string> losses;            // "series[0].note: no record has it"

  // One object for each instance, with everything above it.
  std::vector<gateway::model::ImagingObject> objects() const;
};

// `options` say which systems are local. Error: InvalidParameter for another resource and for a study, series
// or instance without a UID.
gateway::Result<ReadStudy> read_imaging_study(const gateway::Value& resource, const RenderOptions& options,
                                              const Resolve& resolve = {});

// A Patient alone; losses are appended.
gateway::model::Subject read_patient(const gateway::Value& resource, const RenderOptions& options,
                                     std::vector<std::string>& losses);

// Where an Endpoint retrieves by WADO-RS, up to and without /studies; empty when it does not, or is not
// known.
std::string wado_address(const gateway::Value& endpoint);

}  // namespace mappers::fhir
