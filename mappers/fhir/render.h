// Rendering canonical records as FHIR R4 (4.0.1) JSON resources, appended to one string.
//
// Which attribute becomes which element: study_writer.cpp, series_writer.cpp, patient.cpp and device.cpp,
// section by section; what the packs disagree about: packs.h. Nothing is invented: what is not known is left
// out, or marked with data-absent-reason where R4 or the claimed profile wants an element. meta.profile
// claims a profile with its version only when the resource fits it. Pure functions over immutable options;
// thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/model/ports.h"
#include "mappers/fhir/terminology.h"
#include "mappers/fhir/time_zone.h"

namespace mappers::fhir {

// Whose profiles and extension URLs the resources follow.
enum class Pack : std::uint8_t {
  EuImaging,  // HL7 Europe Imaging 1.0.0-ballot with EU Base 2.0.0
  Mado,       // IHE RAD MADO 0.1.0
};

struct RenderOptions {
  std::shared_ptr<const Terminology> terminology;  // never null
  std::string local_namespace = "urn:x-local";  // below it: systems of what has no standard URI (systems.h)
  std::string zone_offset;  // "+01:00": of times that come without Timezone Offset From UTC; empty: date only
  std::shared_ptr<const TimeZone> zone;  // the same, with daylight saving; goes before `zone_offset`
  Pack pack = Pack::EuImaging;
  // For pseudonymised output: no names of persons, no numbers of orders and admissions, no addresses, of the
  // birth date the year.
  bool mask_identity = false;
};

// A resource that stands beside another one in a Bundle.
struct ApartResource {
  std::string urn;  // its fullUrl
  std::string json;
};

// How the resources of one answer refer to each other.
struct References {
  bool by_urn = false;   // urn:uuid of the entries of a Bundle, instead of Type/id
  bool endpoint = true;  // there is an Endpoint to refer to
  // For documents whose entries have identities of their own; empty: as above.
  std::string subject = {};                 // instead of Patient/key
  std::string order = {};                   // the ServiceRequest that is an entry
  std::vector<std::string> endpoints = {};  // of the study
  // Devices, organizations, roles and orders come here, in the order they are met, instead of being
  // contained. The same one may come with several studies.
  std::vector<ApartResource>* apart = nullptr;
  std::vector<std::vector<std::string>> series_endpoints = {};  // of each series, in the order of the row
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

// status of a study with its instances: available; registered while there is none; cancelled when rejection
// notes are all that is left.
std::string_view status_of(const gateway::model::StudyRow& row);
// started of a study: also what a search over it compares with (fhir_date_time in dates.h).
std::string started_of(const gateway::model::Study& study, const RenderOptions& options);
// The offset of times of this day without Timezone Offset From UTC: options.zone, else options.zone_offset.
std::string local_offset(std::string_view da, std::string_view tm, const RenderOptions& options);

}  // namespace mappers::fhir
