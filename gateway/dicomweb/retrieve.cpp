// WADO-RS (PS3.18 section 10.4): metadata and instances as they are stored.
#include <array>
#include <optional>

#include "gateway/base/text.h"
#include "gateway/dicomweb/blob_source.h"
#include "gateway/dicomweb/handlers.h"
#include "gateway/dicomweb/multipart_answer.h"
#include "gateway/dicomweb/slots.h"
#include "gateway/http/negotiate.h"
#include "mappers/dicom/explicit.h"

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
  std::string body = "[";
  std::optional<Error> fault;
  const auto append = [&](const InstanceLocation& location) {
    auto json = face.blobs().read(location.metadata);
    if (!json) {
      fault = std::move(json).error();
      return false;
    }
    if (body.size() > 1) body += ',';
    append_filled(body, *json, {root, {}, {}, {}});
    if (body.size() > face.config().max_metadata_bytes)
      fault = fail(ErrorCode::BodyTooLarge,
                   "the metadata is larger than one answer may be: ask series by series");
    return !fault;
  };
  TRY_VOID(face.index().locate(request.param("study"), request.param("series"), request.param("instance"),
                               append));
  if (fault) return *fault;
  if (body.size() == 1) return not_found(request);
  body += ']';
  return http::Response::text(200, kDicomJson, std::move(body));
}

// Section 8.7.3: implicit VR, big endian and deflated objects do not go out as they are.
bool may_leave(std::string_view transfer_syntax) {
  return transfer_syntax != "1.2.840.10008.1.2" && transfer_syntax != "1.2.840.10008.1.2.2" &&
         transfer_syntax != "1.2.840.10008.1.2.1.99";
}

constexpr std::string_view kExplicitLittleEndian = "1.2.840.10008.1.2.1";

// PS3.10 section 7.1: "DICM" behind the preamble. Objects of before 1993 and stripped ones lack it.
Result<bool> has_file_meta(const ByteSource& source) {
  std::array<std::byte, 4> magic{};
  const std::size_t got = TRY(source.read_at(128, magic));
  return got == 4 && as_text(magic) == "DICM";
}

struct Part10 {
  std::vector<http::Response::Piece> pieces;
  std::string transfer_syntax;
};

// The object as the web may see it: its own bytes, or re-encoded to Explicit VR Little Endian.
Result<Part10> part10_of(const InstanceLocation& location, const DicomwebFace& face) {
  const model::BlobView view = TRY(face.blobs().open(location.content));
  const BlobSource source(view);
  if (may_leave(location.transfer_syntax_uid) && TRY(has_file_meta(source)))
    return Part10{{http::FileRange{view.file, view.offset, view.length}}, location.transfer_syntax_uid};
  const mappers::dicom::File file = TRY(mappers::dicom::read_file(source));
  mappers::dicom::Reencoded reencoded = TRY(mappers::dicom::to_explicit_little_endian(file, source));
  Part10 out{{},
             may_leave(location.transfer_syntax_uid) ? location.transfer_syntax_uid
                                                     : std::string(kExplicitLittleEndian)};
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

// Section 8.7.4 to 8.7.8: the best accepted form, or nothing.
std::optional<AnswerForm> choose_form(const std::vector<http::MediaRange>& accepted,
                                      std::string_view syntax) {
  std::optional<AnswerForm> best;
  int quality = 0;
  for (const http::MediaRange& range : accepted) {
    if (range.quality <= quality || !syntax_fits(range.parameter("transfer-syntax"), syntax)) continue;
    const std::string_view type = range.parameter("type");
    const bool multipart =
        range.type == "*/*" || ((range.type == "multipart/related" || range.type == "multipart/*") &&
                                (type.empty() || type == "*/*" || iequals(type, kDicom)));
    const bool single = range.type == kDicom || range.type == "application/*";
    if (!multipart && !single) continue;
    best = multipart ? AnswerForm::Multipart : AnswerForm::SinglePart;
    quality = range.quality;
  }
  return best;
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
