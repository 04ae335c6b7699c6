#include "gateway/fhir/manifest_routes.h"

#include <algorithm>
#include <array>

#include "gateway/base/json_text.h"
#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "gateway/codec/media_type.h"
#include "gateway/fhir/conditional.h"
#include "gateway/fhir/interactions.h"
#include "gateway/fhir/manifest_service.h"
#include "gateway/fhir/respond.h"
#include "gateway/http/negotiate.h"
#include "mappers/dicom/json_decode_values.h"
#include "mappers/dicom/kos.h"
#include "mappers/fhir/json_writer.h"

namespace gateway::fhir {
namespace {

using http::Method;
using mappers::fhir::JsonArray;
using mappers::fhir::JsonObject;
using model::Manifest;
using model::ManifestNote;
using model::ManifestNotes;

constexpr std::string_view kDicom = "application/dicom";

Error not_found(std::string_view type) {
  return fail(ErrorCode::NotFound, "there is no such " + std::string(type), std::string(type) + ".id");
}

// FHIR is for those who name it; whoever takes anything gets the content.
bool prefers_fhir(const http::Request& request, std::string_view content_type) {
  if (request.query_value("_format")) return true;
  const std::array<std::string_view, 7> offers = {content_type, "application/octet-stream", kFhirJson,
                                                  kFhirXml,     "application/json",         "application/xml",
                                                  "text/json"};
  const auto best = http::negotiate(request.headers.joined("Accept"), offers);
  return best && *best >= 2;
}

Result<http::Response> in_wished_form(const FhirFace& face, const http::Request& request,
                                      http::Response response) {
  return answer_as(std::move(response), TRY(wish_of(request, request.query)), face.parts().definitions);
}

// The bytes as they are, or 304 when the client has this version.
http::Response content_response(const http::Request& request, std::string_view content_type,
                                std::string bytes, std::string_view version, std::int64_t updated_us) {
  http::Response response;
  if (is_not_modified(request, version, updated_us))
    response.status = 304;
  else
    response = http::Response::text(200, content_type, std::move(bytes));
  response.headers.add("ETag", etag_of(version));
  response.headers.add("Last-Modified", http_date(updated_us));
  return response;
}

// A Binary that a client sent, as its content.
Result<http::Response> stored_content(const http::Request& request, const FoundResource& found) {
  const Value binary = TRY(codec::parse_json(found.json));
  std::string bytes;
  TRY_VOID(mappers::dicom::append_from_base64(bytes, binary.text("data"), "Binary.data"));
  return content_response(request, binary.text("contentType", "application/octet-stream"), std::move(bytes),
                          found.version, found.updated_us);
}

Result<http::Response> read_binary(const FhirFace& face, const http::Request& request) {
  const auto id = request.param("id");
  if (!face.resources()) return not_found("Binary");
  const std::string study = mappers::fhir::study_id_of(mappers::fhir::ManifestPart::Document, id);
  if (!study.empty() && !prefers_fhir(request, kDicom)) {
    auto document = TRY(manifest_document(face, face.dicomweb(request), study, ManifestForm::Kos));
    if (document)
      return content_response(request, kDicom, std::move(document->bytes), document->version,
                              document->updated_us);
  }
  auto found = TRY(face.resources()->read("Binary", id, face.place(request)));
  if (!found) return not_found("Binary");
  if (found->deleted) return fail(ErrorCode::Gone, "the resource was deleted", "Binary.id");
  const Value binary = TRY(codec::parse_json(found->json));
  if (!prefers_fhir(request, binary.text("contentType"))) return stored_content(request, *found);
  return in_wished_form(
      face, request, resource_response(request, std::move(found->json), found->version, found->updated_us));
}

Result<ManifestForm> form_of(const http::Request& request) {
  const std::string* format = request.query_value("format");
  if (!format || *format == "fhir") return ManifestForm::Fhir;
  if (*format == "kos") return ManifestForm::Kos;
  return fail(ErrorCode::InvalidParameter, "a manifest is fhir or kos", "format");
}

Result<http::Response> manifest_of_study(const FhirFace& face, const http::Request& request) {
  const ManifestForm form = TRY(form_of(request));
  auto document = TRY(manifest_document(face, face.dicomweb(request), request.param("id"), form));
  if (!document) return not_found("ImagingStudy");
  if (form == ManifestForm::Kos)
    return content_response(request, kDicom, std::move(document->bytes), document->version,
                            document->updated_us);
  return in_wished_form(
      face, request,
      resource_response(request, std::move(document->bytes), document->version, document->updated_us));
}

void append_issue(std::string& out, const ManifestNote& note) {
  const bool variant = note.kind == ManifestNote::Kind::Variant;
  JsonObject issue(out);
  issue.plain("severity", variant ? "information" : "warning");
  issue.plain("code", variant                                    ? "informational"
                      : note.kind == ManifestNote::Kind::Missing ? "required"
                                                                 : "not-supported");
  const std::string_view how = variant                                    ? "Read as meant: "
                               : note.kind == ManifestNote::Kind::Missing ? "Missing: "
                                                                          : "Lost: ";
  {
    JsonObject details(issue.member("details"));
    details.text("text", std::string(how) + note.what);
  }
  issue.text("diagnostics", note.where);
}

std::string outcome_of(const ManifestNotes& notes) {
  if (notes.empty()) return information_json("nothing is missing, nothing was lost");
  std::string json;
  {
    JsonObject outcome(json);
    outcome.plain("resourceType", "OperationOutcome");
    JsonArray issues(outcome.member("issue"));
    for (const ManifestNote& note : notes) append_issue(issues.item(), note);
  }
  return json;
}

std::string parameters_json(const std::string& resource, const ManifestNotes& notes) {
  std::string json;
  {
    JsonObject parameters(json);
    parameters.plain("resourceType", "Parameters");
    JsonArray list(parameters.member("parameter"));
    {
      JsonObject part(list.item());
      part.plain("name", "return");
      part.member("resource") += resource;
    }
    JsonObject part(list.item());
    part.plain("name", "outcome");
    part.member("resource") += outcome_of(notes);
  }
  return json;
}

// What is not FHIR is held to be DICOM: the reader says so when it is not.
bool is_dicom_body(const http::Request& request) {
  const auto type = codec::parse_media_type(request.headers.get("Content-Type"));
  return type && (type->type == kDicom || type->type == "application/octet-stream");
}

Result<http::Response> kos_to_bundle(const FhirFace& face, const http::Request& request) {
  ManifestNotes notes;
  const Manifest manifest = TRY(mappers::dicom::read_kos(*request.body, notes));
  const std::string bundle = TRY(encoded(manifest, ManifestForm::Fhir, face, notes));
  return in_wished_form(face, request, json_response(parameters_json(bundle, notes)));
}

Result<http::Response> bundle_to_kos(const FhirFace& face, const http::Request& request) {
  ManifestNotes notes;
  const Value bundle = TRY(read_resource(face, request, face.config().max_bundle_bytes));
  const Manifest manifest = TRY(mappers::fhir::read_manifest_bundle(bundle, face.render(), notes));
  std::string kos = TRY(encoded(manifest, ManifestForm::Kos, face, notes));
  if (prefers_fhir(request, kDicom) || request.headers.get("Accept").empty())
    return in_wished_form(
        face, request,
        json_response(parameters_json(binary_json({}, kDicom, {std::move(kos), {}, 0}), notes)));
  http::Response response = http::Response::text(200, kDicom, std::move(kos));
  const auto lost = std::count_if(notes.begin(), notes.end(), [](const ManifestNote& note) {
    return note.kind != ManifestNote::Kind::Variant;
  });
  if (lost > 0)
    response.headers.add("Warning", "299 " + face.config().root + ": " + std::to_string(lost) +
                                        " facts are missing or were lost: ask for FHIR to have them listed");
  return response;
}

http::RouteInfo manifest_info(std::string summary) {
  http::RouteInfo info = route_info(std::move(summary));
  // Not negotiated for the route: what a client accepts decides between FHIR and the content itself.
  info.produces = {std::string(kDicom), std::string(kFhirXml)};
  return info;
}

}  // namespace

void add_manifest_routes(http::Router& router, const FhirFace& face) {
  add_route(router, face, Method::Get, "/Binary/{id}",
            manifest_info("Read a Binary: its content, or the resource for those who accept FHIR"),
            [&face](const http::Request& request) { return read_binary(face, request); });
  http::RouteInfo study = manifest_info("The manifest of a study (IHE RAD MADO)");
  study.query.push_back({"format", "fhir: document Bundle; kos: DICOM Key Object Selection document"});
  add_route(router, face, Method::Get, "/ImagingStudy/{id}/$manifest", std::move(study),
            [&face](const http::Request& request) { return manifest_of_study(face, request); });
  http::RouteInfo convert = manifest_info("Convert a manifest: Key Object document to Bundle, or back");
  convert.consumes = {std::string(kDicom), std::string(kFhirJson), std::string(kFhirXml)};
  convert.body_limit = face.config().max_bundle_bytes;
  add_route(router, face, Method::Post, "/$convert-manifest", std::move(convert),
            [&face](const http::Request& request) {
              return is_dicom_body(request) ? kos_to_bundle(face, request) : bundle_to_kos(face, request);
            });
}

}  // namespace gateway::fhir
