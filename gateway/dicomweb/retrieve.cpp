// WADO-RS (PS3.18 section 10.4): metadata and instances as they are stored.
#include <algorithm>
#include <array>
#include <optional>

#include "gateway/base/text.h"
#include "gateway/dicomweb/blob_source.h"
#include "gateway/dicomweb/handlers.h"
#include "gateway/dicomweb/large_answer.h"
#include "gateway/dicomweb/multipart_answer.h"
#include "gateway/dicomweb/slots.h"
#include "gateway/http/negotiate.h"
#include "mappers/dicom/explicit.h"
#include "mappers/dicom/transfer_syntax.h"

namespace gateway::dicomweb {
namespace {

using model::InstanceLocation;

Error not_found(const http::Request& request) {
  return fail(ErrorCode::NotFound, "nothing of this name is stored", request.path);
}

// Section 10.4.1.1.2. Study and series answers are joined from what was rendered per instance at ingest.
Result<http::Response> metadata(const http::Request& request, const DicomwebFace& face) {
  TRY_VOID(accept_json(request));
  const std::string root = face.service_root(request);
  LargeAnswer answer(face.config().spool_folder);
  std::optional<Error> fault;
  const auto append_one = [&](const InstanceLocation& location) -> Result<void> {
    const std::string json = TRY(face.blobs().read(location.metadata));
    answer.text() += answer.size() == 0 ? '[' : ',';
    append_filled(answer.text(), json, {root, {}, {}, {}});
    return answer.settle();
  };
  const auto append = [&](const InstanceLocation& location) {
    if (auto done = append_one(location); !done) fault = std::move(done).error();
    if (answer.size() > face.config().max_answer_bytes)
      fault = fail(ErrorCode::BodyTooLarge,
                   "the metadata is larger than one answer may be: ask series by series");
    return !fault;
  };
  TRY_VOID(face.index().locate(request.param("study"), request.param("series"), request.param("instance"),
                               append));
  if (fault) return *fault;
  if (answer.size() == 0) return not_found(request);
  answer.text() += ']';
  return answer.finish(kDicomJson);
}

struct Part10 {
  std::vector<http::Response::Piece> pieces;
  std::string transfer_syntax;
};

// Section 8.7.3: implicit VR, big endian and deflated objects do not leave; nor does one whose file meta
// information is missing or says something else than what its bytes are.
Result<bool> may_leave(const InstanceLocation& location, const ByteSource& source) {
  if (!mappers::dicom::is_web_syntax(location.transfer_syntax_uid)) return false;
  return TRY(mappers::dicom::declared_transfer_syntax(source)) == location.transfer_syntax_uid;
}

// The object as the web may see it: its own bytes, or re-encoded to Explicit VR Little Endian.
Result<Part10> part10_of(const InstanceLocation& location, const DicomwebFace& face) {
  const model::BlobView view = TRY(face.blobs().open(location.content));
  const BlobSource source(view);
  if (TRY(may_leave(location, source)))
    return Part10{{http::FileRange{view.file, view.offset, view.length}}, location.transfer_syntax_uid};
  const mappers::dicom::File file = TRY(mappers::dicom::read_file(source));
  mappers::dicom::Reencoded reencoded = TRY(mappers::dicom::to_explicit_little_endian(file, source));
  Part10 out{{}, reencoded.transfer_syntax};
  for (auto& piece : reencoded.pieces) {
    if (auto* bytes = std::get_if<std::string>(&piece)) {
      out.pieces.emplace_back(std::move(*bytes));
    } else {
      const auto& range = std::get<mappers::dicom::SourceRange>(piece);
      out.pieces.emplace_back(http::FileRange{view.file, view.offset + range.offset, range.length});
    }
  }
  return out;
}

bool syntax_fits(std::string_view wanted, std::string_view actual) {
  return wanted.empty() || wanted == "*" || wanted == actual;
}

// How much a client likes a form: the quality of the most specific range that names it (RFC 9110
// section 12.5.1).
int quality_of(AnswerForm form, const std::vector<http::MediaRange>& accepted, std::string_view syntax) {
  const std::string_view exact = form == AnswerForm::Multipart ? "multipart/related" : kDicom;
  const std::string_view group = form == AnswerForm::Multipart ? "multipart/*" : "application/*";
  int best = 0, quality = 0;
  for (const http::MediaRange& range : accepted) {
    const std::string_view type = range.parameter("type");
    if (form == AnswerForm::Multipart && !(type.empty() || type == "*/*" || iequals(type, kDicom))) continue;
    if (!syntax_fits(range.parameter("transfer-syntax"), syntax)) continue;
    const int specific = range.type == exact ? 3 : range.type == group ? 2 : range.type == "*/*" ? 1 : 0;
    if (specific < best || specific == 0) continue;
    quality = specific > best ? range.quality : std::max(quality, range.quality);
    best = specific;
  }
  return quality;
}

// Sections 8.7.4 to 8.7.8: multipart unless the client prefers the object alone; nothing when it takes
// neither.
std::optional<AnswerForm> choose_form(const std::vector<http::MediaRange>& accepted,
                                      std::string_view syntax) {
  const int multipart = quality_of(AnswerForm::Multipart, accepted, syntax);
  const int single = quality_of(AnswerForm::SinglePart, accepted, syntax);
  if (multipart == 0 && single == 0) return std::nullopt;
  return multipart >= single ? AnswerForm::Multipart : AnswerForm::SinglePart;
}

Result<http::Response> instance(const http::Request& request, const DicomwebFace& face) {
  const auto accepted = TRY(http::parse_accept(request.headers.joined("Accept")));
  std::optional<InstanceLocation> found;
  TRY_VOID(face.index().locate(request.param("study"), request.param("series"), request.param("instance"),
                               [&](const InstanceLocation& location) {
                                 found = location;
                                 return false;
                               }));
  if (!found) return not_found(request);
  Part10 object = TRY(part10_of(*found, face));
  const auto form = choose_form(accepted, object.transfer_syntax);
  if (!form)
    return fail(ErrorCode::NotAcceptable,
                "this instance is available as application/dicom, alone or in multipart/related, with "
                "transfer-syntax=" +
                    object.transfer_syntax,
                "Accept");
  const std::string type = std::string(kDicom) + "; transfer-syntax=" + object.transfer_syntax;
  return part_answer(*form, kDicom, type, std::move(object.pieces));
}

}  // namespace

http::Handler metadata_handler(const DicomwebFace& face) {
  return [&face](const http::Request& request) { return metadata(request, face); };
}

http::Handler instance_handler(const DicomwebFace& face) {
  return [&face](const http::Request& request) { return instance(request, face); };
}

}  // namespace gateway::dicomweb
