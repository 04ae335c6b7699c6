#include "gateway/fhir/search_parameters.h"

#include <algorithm>
#include <array>

namespace gateway::fhir {
namespace {

#define CORE(id) "http://hl7.org/fhir/SearchParameter/" id

constexpr std::string_view kDates =
    "Prefixes eq, ne, lt, gt, le, ge, sa, eb, ap. A time without offset is read in the zone of the server.";
constexpr std::string_view kNames = "Begins with the value, whatever the case; accents count.";

constexpr std::array kImagingStudy = {
    SearchParameter{"_id", "token", CORE("Resource-id"), ""},
    SearchParameter{"_lastUpdated", "date", CORE("Resource-lastUpdated"), kDates},
    SearchParameter{"identifier", "token", CORE("clinical-identifier"),
                    "urn:dicom:uid|urn:oid:(UID), the bare UID, or the Study ID."},
    SearchParameter{"basedon", "reference", CORE("ImagingStudy-basedon"),
                    "Orders are known by accession number only: use basedon:identifier=[system|]number."},
    SearchParameter{"patient", "reference", CORE("clinical-patient"), "Also chained: patient.identifier."},
    SearchParameter{"subject", "reference", CORE("ImagingStudy-subject"),
                    "Also chained: subject.identifier."},
    SearchParameter{
        "started", "date", CORE("ImagingStudy-started"),
        "As patient time: a day is compared with the day on which the study was made, where it was made. "
        "Prefixes eq, ne, lt, gt, le, ge, sa, eb, ap."},
    SearchParameter{"modality", "token", CORE("ImagingStudy-modality"), ""},
    SearchParameter{"status", "token", CORE("ImagingStudy-status"), ""},
    SearchParameter{"series", "token", CORE("ImagingStudy-series"), "The UID, bare or as urn:oid."},
    SearchParameter{"instance", "token", CORE("ImagingStudy-instance"), "The UID, bare or as urn:oid."},
    SearchParameter{"dicom-class", "token", CORE("ImagingStudy-dicom-class"),
                    "urn:ietf:rfc:3986|urn:oid:(UID), urn:oid:(UID) or the bare UID."},
    SearchParameter{"endpoint", "reference", CORE("ImagingStudy-endpoint"), ""},
};

constexpr std::array kPatient = {
    SearchParameter{"_id", "token", CORE("Resource-id"), ""},
    SearchParameter{"_lastUpdated", "date", CORE("Resource-lastUpdated"), kDates},
    SearchParameter{"identifier", "token", CORE("Patient-identifier"), ""},
    SearchParameter{"family", "string", CORE("individual-family"), kNames},
    SearchParameter{"given", "string", CORE("individual-given"), kNames},
    SearchParameter{"name", "string", CORE("Patient-name"), kNames},
    SearchParameter{"birthdate", "date", CORE("individual-birthdate"), kDates},
    SearchParameter{"gender", "token", CORE("individual-gender"), ""},
};

constexpr std::array kEndpoint = {
    SearchParameter{"_id", "token", CORE("Resource-id"), ""},
    SearchParameter{"_lastUpdated", "date", CORE("Resource-lastUpdated"), kDates},
    SearchParameter{"status", "token", CORE("Endpoint-status"), ""},
    SearchParameter{"connection-type", "token", CORE("Endpoint-connection-type"), ""},
};

constexpr std::array<std::string_view, 3> kImagingStudyIncludes = {
    "ImagingStudy:patient", "ImagingStudy:subject", "ImagingStudy:endpoint"};

#undef CORE

}  // namespace

std::string_view name_of(ResourceType type) {
  constexpr std::array<std::string_view, 3> kNamesOfTypes = {"ImagingStudy", "Patient", "Endpoint"};
  return kNamesOfTypes[static_cast<std::size_t>(type)];
}

std::span<const SearchParameter> search_parameters(ResourceType type) {
  if (type == ResourceType::ImagingStudy) return kImagingStudy;
  if (type == ResourceType::Patient) return kPatient;
  return kEndpoint;
}

const SearchParameter* find_parameter(ResourceType type, std::string_view name) {
  for (const SearchParameter& parameter : search_parameters(type))
    if (parameter.name == name) return &parameter;
  return nullptr;
}

std::span<const std::string_view> search_includes(ResourceType type) {
  if (type == ResourceType::ImagingStudy) return kImagingStudyIncludes;
  return {};
}

}  // namespace gateway::fhir
