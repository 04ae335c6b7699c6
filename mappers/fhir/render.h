// Rendering canonical records as FHIR R4 (4.0.1) JSON resources, appended to one string.
//
// Which attribute becomes which element: imaging_study.cpp and patient.cpp, section by section. No profile is
// claimed and nothing is invented: what is not known is left out, or marked with data-absent-reason where R4
// wants an element. Pure functions over immutable options; thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/model/ports.h"
#include "mappers/fhir/terminology.h"

namespace mappers::fhir {

struct RenderOptions {
  std::shared_ptr<const Terminology> terminology;  // never null
  std::string local_namespace = "urn:x-local";  // below it: systems of what has no standard URI (systems.h)
  std::string zone_offset;  // "+01:00": of times that come without Timezone Offset From UTC; empty: date only
};

// How the resources of one answer refer to each other.
struct References {
  bool by_urn = false;   // urn:uuid of the entries of a Bundle, instead of Type/id
  bool endpoint = true;  // there is an Endpoint to refer to
};

inline constexpr std::string_view kEndpointId = "dicom-wado-rs";

// The Study Instance UID when it is a FHIR id, else "h" and 32 hex digits of its SHA-256.
std::string imaging_study_id(std::string_view study_uid);
bool is_fhir_id(std::string_view text);  // [A-Za-z0-9\-\.]{1,64}
// "urn:uuid:...", the same for the same resource: UUID version 8 (RFC 9562) over the SHA-256 of "Type/id".
std::string urn_of(std::string_view type, std::string_view id);

// `row` with its series and instances filled.
void append_imaging_study(std::string& out, const gateway::model::StudyRow& row, const RenderOptions& options,
                          const References& references = {});
void append_patient(std::string& out, const gateway::model::SubjectRow& row, const RenderOptions& options);
// The one Endpoint: WADO-RS at `address`, e.g. "https://host/dicomweb". Its version follows its content.
void append_endpoint(std::string& out, std::string_view address, std::int64_t updated_us);
std::string endpoint_version(std::string_view address);

}  // namespace mappers::fhir
