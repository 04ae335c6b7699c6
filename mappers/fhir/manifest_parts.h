// What the resources of a manifest share: codes and systems both ways, names of profiles, references. Private
// to this folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/model/manifest.h"
#include "gateway/model/manifest_codes.h"
#include "mappers/fhir/json_writer.h"
#include "mappers/fhir/render.h"

namespace mappers::fhir::mado {

using gateway::model::Code;
using gateway::model::IssuedNumber;
using gateway::model::Manifest;
using gateway::model::ManifestNotes;
using Kind = gateway::model::ManifestNote::Kind;

inline constexpr std::string_view kProfiles = "https://profiles.ihe.net/RAD/MADO/StructureDefinition/";
inline constexpr std::string_view kRelease = "0.1.0";
inline constexpr std::string_view kDeviceType = "https://profiles.ihe.net/RAD/MADO/CodeSystem/MadoDeviceType";
inline constexpr std::string_view kConnection =
    "http://terminology.hl7.org/CodeSystem/endpoint-connection-type";
inline constexpr std::string_view kPayload = "http://terminology.hl7.org/CodeSystem/endpoint-payload-type";
inline constexpr std::string_view kUnknownAddress = "http://notspecified";
using gateway::model::kTextScheme;

// System and designator, both ways. A URI that no designator stands for is its own designator.
std::string system_of(std::string_view scheme, const RenderOptions& options);
std::string scheme_of(std::string_view system, const RenderOptions& options);
// Issuer of an identifier, from its system. `nobody` is the system of identifiers without an issuer.
std::string issuer_of(std::string_view system, const RenderOptions& options);

// {"system","code","display"}; a display that only repeats the code is left out.
void append_code(std::string& out, const Code& code, const RenderOptions& options);
// CodeableConcept. A concept without a code is its text.
void append_codeable(std::string& out, const Code& code, const RenderOptions& options);
bool is_text_only(const Code& code);

// Who gave an identifier its number.
enum class Giver : std::uint8_t { Accession, Placer, Filler };
void append_identifier(std::string& out, const IssuedNumber& number, Giver giver,
                       const RenderOptions& options);
// identifier of a document or study: {"system","value"} with "urn:oid:"
void append_uid_identifier(std::string& out, std::string_view system, std::string_view uid);

// {"reference": urn, "type", "display"}
void append_urn_reference(std::string& out, std::string_view type, std::string_view id,
                          std::string_view display = {});
// resourceType, id and meta.profile of a MADO profile, when there is one
void begin_resource(JsonObject& resource, std::string_view type, std::string_view id,
                    std::string_view profile);

// Where series come from: one Endpoint for each pair of address and location.
struct Source {
  std::string url, location_uid, id;
};
std::vector<Source> sources_of(const Manifest& manifest);
std::string source_id(std::string_view url, std::string_view location_uid);
inline constexpr std::string_view kViewerId = "viewer";
inline constexpr std::string_view kCreatorId = "mado-creator";
inline constexpr std::string_view kOrganizationId = "mado-creator-organization";
std::string patient_id_of(const Manifest& manifest);
std::string order_id(const gateway::model::ManifestOrder& order);

// The resources of manifest_study.cpp and manifest_text.cpp.
void append_study(std::string& out, const Manifest& manifest, const RenderOptions& options,
                  ManifestNotes& notes);
void append_composition(std::string& out, const Manifest& manifest, const RenderOptions& options);

// Moments: created as dateTime or instant, dates of the manifest as FHIR, and back (manifest_moment.cpp).
std::string created_text(const Manifest& manifest);  // "2026-02-24T22:59:57.000Z", or empty

struct Moment {
  std::string date, time, offset;  // DA, TM, "+0100"; date alone when there is no time
};
// A FHIR dateTime in DICOM form. With `zone` ("+0200") the time is put into that zone. Partial dates have
// what they have in `date`.
Moment moment_of(std::string_view fhir_date_time, std::string_view zone = {});

}  // namespace mappers::fhir::mado
