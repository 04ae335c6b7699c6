// Storage commitment (PS3.18 chapter 13; PS3.4 annex J).
//
// The result is known at once, so a request is answered with 200 and its result, which stays to be asked for
// (section 13.5). Committed is what the index knows with the SOP class asked for, and what this store holds
// itself and can open now. Choice: files of the data holder that are indexed in place, and objects of systems
// behind the gateway, are not in its safekeeping and so never committed.
#include <algorithm>

#include "gateway/base/json_text.h"
#include "gateway/codec/media_type.h"
#include "gateway/dicomweb/handlers.h"
#include "gateway/dicomweb/model_answer.h"
#include "mappers/dicom/json_encode.h"
#include "mappers/dicom/native_xml.h"

namespace gateway::dicomweb {
namespace {

using model::BlobRef;

constexpr std::uint64_t kMaxRequest = 16 << 20;
constexpr std::size_t kMaxReferences = 100'000;

// Failure Reasons of PS3.3 C.14.1.1
enum class Reason : std::uint16_t {
  None = 0,
  ProcessingFailure = 0x0110,
  NoSuchInstance = 0x0112,
  ClassInstanceConflict = 0x0119,
};

struct Reference {
  std::string sop_class, sop_instance;
};

const Value::List* values_of(const Value& data, std::string_view tag) {
  const Value* content = data.find(tag);
  const Value* values = content ? content->find("Value") : nullptr;
  return values ? values->as_list() : nullptr;
}

std::string text_of(const Value& data, std::string_view tag) {
  const Value::List* values = values_of(data, tag);
  const std::string* text = values && values->size() == 1 ? values->front().as_string() : nullptr;
  return text ? *text : std::string();
}

// PS3.5 section 9.1, without its finer points.
bool is_uid(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         text.find_first_not_of("0123456789.") == std::string_view::npos;
}

Result<Value> data_set_of(const http::Request& request) {
  const auto type = TRY(codec::parse_media_type(request.headers.joined("Content-Type")));
  std::string text(request.body->size(), '\0');
  const std::size_t got = TRY(request.body->read_at(0, std::as_writable_bytes(std::span(text))));
  text.resize(got);
  if (type.type.ends_with("xml")) text = TRY(mappers::dicom::read_native_xml(text));
  auto objects = TRY(mappers::dicom::parse_dicom_json(text));
  if (objects.size() != 1) return fail(ErrorCode::InvalidBody, "the body has to be one data set", "body");
  return std::move(objects.front());
}

// Section 13.4.1.5: the Storage Commitment Request Module (PS3.3 J.1).
Result<std::vector<Reference>> references_of(const Value& data, std::string_view transaction) {
  const std::string said = text_of(data, "00081195");
  if (!said.empty() && said != transaction)
    return fail(ErrorCode::InvalidBody, "the body names another transaction than the path", "00081195");
  const Value::List* items = values_of(data, "00081199");
  if (!items || items->empty())
    return fail(ErrorCode::InvalidBody, "the body references no instance", "00081199");
  if (items->size() > kMaxReferences)
    return fail(ErrorCode::BodyTooLarge, "the body references too many instances", "00081199");
  std::vector<Reference> references;
  for (const Value& item : *items) {
    Reference reference{text_of(item, "00081150"), text_of(item, "00081155")};
    if (!is_uid(reference.sop_class) || !is_uid(reference.sop_instance))
      return fail(ErrorCode::InvalidBody, "a reference lacks its SOP class or instance",
                  "00081199/" + std::to_string(references.size()));
    references.push_back(std::move(reference));
  }
  return references;
}

Result<Reason> judge(const Reference& reference, const DicomwebFace& face) {
  const auto known = TRY(face.index().find_instance(reference.sop_instance));
  if (!known) return Reason::NoSuchInstance;
  std::string sop_class;
  TRY_VOID(face.index().locate(known->study_uid, known->series_uid, reference.sop_instance,
                               [&](const model::InstanceLocation& at) {
                                 sop_class = at.sop_class_uid;
                                 return false;
                               }));
  if (sop_class != reference.sop_class) return Reason::ClassInstanceConflict;
  const bool held =
      known->content.kind == BlobRef::Kind::Segment || known->content.kind == BlobRef::Kind::File;
  if (!held || !face.blobs().open(known->content)) return Reason::ProcessingFailure;
  return Reason::None;
}

void append_reference(std::string& out, const Reference& reference, Reason reason) {
  out += out.empty() ? "{" : ",{";
  out += "\"00081150\":{\"vr\":\"UI\",\"Value\":[";
  append_json_string(out, reference.sop_class);
  out += "]},\"00081155\":{\"vr\":\"UI\",\"Value\":[";
  append_json_string(out, reference.sop_instance);
  out += "]}";
  if (reason != Reason::None)
    out += ",\"00081197\":{\"vr\":\"US\",\"Value\":[" + std::to_string(static_cast<int>(reason)) + "]}";
  out += '}';
}

// PS3.18 section J.2: the Storage Commitment Response Module.
Result<std::string> result_of(const std::vector<Reference>& references, const DicomwebFace& face) {
  std::string failures, committed;
  for (const Reference& reference : references) {
    const Reason reason = TRY(judge(reference, face));
    append_reference(reason == Reason::None ? committed : failures, reference, reason);
  }
  std::string out = "{";
  if (!failures.empty()) out += "\"00081198\":{\"vr\":\"SQ\",\"Value\":[" + failures + "]}";
  if (!failures.empty() && !committed.empty()) out += ',';
  if (!committed.empty()) out += "\"00081199\":{\"vr\":\"SQ\",\"Value\":[" + committed + "]}";
  return out += '}';
}

Result<std::string> transaction_of(const http::Request& request) {
  std::string uid(request.param("transaction"));
  if (!is_uid(uid)) return fail(ErrorCode::InvalidParameter, "the transaction UID is no UID", "transaction");
  return uid;
}

// Section 13.4
Result<http::Response> commit(const http::Request& request, const DicomwebFace& face) {
  const ModelFormat format = TRY(accept_model(request));
  const std::string uid = TRY(transaction_of(request));
  const Value data = TRY(data_set_of(request));
  const auto references = TRY(references_of(data, uid));
  std::string result = TRY(result_of(references, face));
  TRY_VOID(face.commitments()->keep(uid, result));
  return model_answer(200, format, std::move(result));
}

// Section 13.5
Result<http::Response> check_result(const http::Request& request, const DicomwebFace& face) {
  const ModelFormat format = TRY(accept_model(request));
  const std::string uid = TRY(transaction_of(request));
  return model_answer(200, format, TRY(face.commitments()->result(uid)));
}

}  // namespace

void add_commitment_routes(http::Router& router, const DicomwebFace& face) {
  if (!face.commitments()) return;
  const std::string path = face.config().root + "/commitment-requests/{transaction}";
  const std::vector<std::string> types = {std::string(kDicomJson), std::string(kDicomXml)};
  http::RouteInfo request = route_info("Storage commitment: request", types);
  request.consumes = {std::string(kDicomJson), std::string(kDicomXml), "application/json"};
  request.body_limit = kMaxRequest;
  request.heavy = true;
  router.add(http::Method::Post, path, std::move(request),
             [&face](const http::Request& asked) { return commit(asked, face); });
  router.add(http::Method::Get, path, route_info("Storage commitment: result", types),
             [&face](const http::Request& asked) { return check_result(asked, face); });
}

}  // namespace gateway::dicomweb
