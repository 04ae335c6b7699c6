// WADO-RS metadata (PS3.18 section 10.4.1.1.2) as DICOM JSON (annex F) or Native DICOM Model (PS3.19), joined
// from what was rendered per instance at ingest.
//
// The ETag is made of the references to what is joined, so a condition is answered without reading anything;
// it stays the same over restarts, and for what was indexed before.
#include <optional>

#include "gateway/base/ids.h"
#include "gateway/dicomweb/answer_cache.h"
#include "gateway/dicomweb/handlers.h"
#include "gateway/dicomweb/large_answer.h"
#include "gateway/dicomweb/model_answer.h"
#include "gateway/dicomweb/multipart_answer.h"
#include "gateway/dicomweb/slots.h"
#include "gateway/http/conditional.h"
#include "mappers/dicom/native_xml.h"

namespace gateway::dicomweb {
namespace {

using model::BlobRef;

constexpr std::string_view kPlainJson = "application/json";

// Section 10.4.3.3.2. `application/json` counts: many clients send it, and real viewers add multipart types
// for the bulk data to come.
const std::array<Offer, 4> kOffers = {Offer{AnswerForm::SinglePart, kDicomJson, {}, Offer::Default::OfAll},
                                      Offer{AnswerForm::SinglePart, kPlainJson, {}, Offer::Default::OfAll},
                                      Offer{AnswerForm::Multipart, kDicomXml, {}, Offer::Default::OfAll},
                                      Offer{AnswerForm::SinglePart, kDicomXml, {}, Offer::Default::OfAll}};

Result<std::vector<BlobRef>> find_metadata(const http::Request& request, const DicomwebFace& face,
                                           model::SearchNotes& notes) {
  std::vector<BlobRef> found;
  TRY_VOID(face.index().locate(
      request.param("study"), request.param("series"), request.param("instance"),
      [&](const model::InstanceLocation& location) {
        found.push_back(location.metadata);
        return true;
      },
      &notes));
  if (found.empty()) return fail(ErrorCode::NotFound, "nothing of this name is stored", request.path);
  return found;
}

std::string entity_tag(const std::vector<BlobRef>& refs, std::string_view root, const Offer& offer) {
  std::uint64_t hash = stable_hash(as_bytes(root), stable_hash(as_bytes(offer.type)));
  const auto form = static_cast<std::uint64_t>(offer.form);
  hash = stable_hash(std::as_bytes(std::span(&form, 1)), hash);
  for (const BlobRef& ref : refs) {
    hash = stable_hash(as_bytes(ref.name), hash);
    hash = stable_hash(std::as_bytes(std::span(&ref.offset, 1)), hash);
    hash = stable_hash(std::as_bytes(std::span(&ref.length, 1)), hash);
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  // Boundaries of parts differ from answer to answer: equal, but not byte by byte (RFC 9110 section 8.8.1).
  std::string tag = offer.form == AnswerForm::Multipart ? "W/\"m" : "\"m";
  for (int shift = 60; shift >= 0; shift -= 4) tag += kDigits[hash >> shift & 15];
  return tag + '"';
}

Result<void> check_size(const LargeAnswer& answer, const DicomwebFace& face) {
  if (answer.size() <= face.config().max_answer_bytes) return {};
  return fail(ErrorCode::BodyTooLarge, "the metadata is larger than one answer may be: ask series by series");
}

Result<http::Response> as_json(const std::vector<BlobRef>& refs, std::string_view root, const Offer& offer,
                               const DicomwebFace& face) {
  LargeAnswer answer(face.config().spool_folder);
  for (const BlobRef& ref : refs) {
    const std::string json = TRY(face.blobs().read(ref));
    answer.text() += answer.size() == 0 ? '[' : ',';
    append_filled(answer.text(), json, {root, {}, {}, {}});
    TRY_VOID(answer.settle());
    TRY_VOID(check_size(answer, face));
  }
  answer.text() += ']';
  return answer.finish(offer.type);
}

// Section 8.7.3.2: one part an instance.
Result<http::Response> as_xml(const std::vector<BlobRef>& refs, std::string_view root, const Offer& offer,
                              const DicomwebFace& face) {
  const bool wrapped = offer.form == AnswerForm::Multipart;
  if (!wrapped && refs.size() > 1)
    return fail(
        ErrorCode::NotAcceptable,
        "the metadata of several instances in XML is multipart/related; type=\"application/dicom+xml\"",
        "Accept");
  const Multipart parts(kDicomXml);
  LargeAnswer answer(face.config().spool_folder);
  for (const BlobRef& ref : refs) {
    const std::string json = TRY(face.blobs().read(ref));
    std::string filled;
    append_filled(filled, json, {root, {}, {}, {}});
    if (wrapped) answer.text() += parts.part_head(kDicomXml);
    TRY_VOID(mappers::dicom::append_native_xml(answer.text(), filled));
    if (wrapped) answer.text() += "\r\n";
    TRY_VOID(answer.settle());
    TRY_VOID(check_size(answer, face));
  }
  if (wrapped) answer.text() += parts.end();
  return answer.finish(wrapped ? parts.content_type() : std::string(kDicomXml));
}

Result<http::Response> assembled(const http::Request& request, const Offer* offer, const DicomwebFace& face) {
  model::SearchNotes notes;
  const std::vector<BlobRef> refs = TRY(find_metadata(request, face, notes));
  const std::string root = face.service_root(request);
  const std::string tag = entity_tag(refs, root, *offer);
  http::Response response;
  const bool whole = notes.warnings.empty();
  if (whole && http::not_modified(request, tag))
    response.status = 304;
  else
    response =
        TRY(offer->type == kDicomXml ? as_xml(refs, root, *offer, face) : as_json(refs, root, *offer, face));
  if (whole) response.headers.add("ETag", tag);
  response.headers.add("Vary", "Accept");
  tell_lacking(notes.warnings, root, response);
  return response;
}

// Of studies and series, which a viewer asks for again and again.
Result<http::Response> cached(const http::Request& request, const Offer* offer, const DicomwebFace& face,
                              AnswerCache& cache) {
  const std::string key = face.service_root(request) + '\n' + request.path + '\n' + std::string(offer->type) +
                          (offer->form == AnswerForm::Multipart ? "\nparts" : "");
  const std::int64_t version = TRY(face.index().version());
  if (auto found = cache.find(key, version)) {
    if (!http::not_modified(request, found->headers.get("ETag"))) return std::move(*found);
    found->status = 304;
    found->body.clear();
    return std::move(*found);
  }
  http::Response response = TRY(assembled(request, offer, face));
  cache.keep(key, version, response);
  return response;
}

Result<http::Response> metadata(const http::Request& request, const DicomwebFace& face, AnswerCache& cache) {
  const Preference preference = TRY(Preference::of(request));
  const Offer* offer = preference.choose(kOffers);
  if (!offer) return not_acceptable(kOffers, "metadata are");
  // What other systems have changes without the version of the index, so they have to be asked each time.
  const bool keeps = request.param("instance").empty() && !face.index().matches_others();
  return keeps ? cached(request, offer, face, cache) : assembled(request, offer, face);
}

}  // namespace

void add_metadata_routes(http::Router& router, const DicomwebFace& face) {
  const auto cache = std::make_shared<AnswerCache>(face.config().spool_folder);
  for (const std::string_view resource : kResources) {
    http::RouteInfo route = route_info("WADO-RS: metadata of " + std::string(resource),
                                       {std::string(kDicomJson), std::string(kDicomXml)},
                                       {{"accept", "in place of the Accept field"}});
    route.heavy = resource != kResources.back();  // a study may have thousands of instances
    router.add(http::Method::Get, face.config().root + std::string(resource) + "/metadata", std::move(route),
               [&face, cache](const http::Request& request) { return metadata(request, face, *cache); });
  }
}

}  // namespace gateway::dicomweb
