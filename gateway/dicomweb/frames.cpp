// WADO-RS frames (PS3.18 sections 10.4.1.1.6 and 8.7.3): one or a list of them, each without touching the
// others.
//
// Frames go out as they are stored when the client takes that: uncompressed ones straight from the file.
// Else they are decoded, or encoded, one after the other. `application/octet-stream; transfer-syntax=*`,
// which viewers send, means: as stored; the part says in which syntax that is.
#include "gateway/base/text.h"
#include "gateway/dicomweb/frame_reader.h"
#include "gateway/dicomweb/handlers.h"
#include "gateway/dicomweb/large_answer.h"
#include "gateway/dicomweb/multipart_answer.h"
#include "gateway/dicomweb/transcode.h"
#include "gateway/dicomweb/web_syntax.h"
#include "mappers/dicom/transfer_syntax.h"

namespace gateway::dicomweb {
namespace {

using mappers::dicom::transfer_syntax::kExplicitLittle;

constexpr std::size_t kMaxFrames = 100'000;  // of one request

// The frame list of the path: numbers from 1, separated by commas.
Result<std::vector<std::uint64_t>> frame_list(std::string_view text) {
  std::vector<std::uint64_t> frames;
  for (const std::string_view one : split(text, ',')) {
    const auto number = parse_number<std::uint64_t>(one);
    if (!number || *number == 0)
      return fail(ErrorCode::InvalidParameter, "a list of frames is numbers from 1, separated by commas",
                  "frames/" + std::string(text.substr(0, 64)));
    if (frames.size() == kMaxFrames)
      return fail(ErrorCode::InvalidParameter, "too many frames for one request", "frames");
    frames.push_back(*number);
  }
  return frames;
}

// Section 8.7.3.3: without transfer-syntax uncompressed, unless that would decode what may have lost
// something, or cannot be done.
void append_offers(std::vector<Offer>& offers, AnswerForm form, const std::string& stored) {
  using Default = Offer::Default;
  const bool native = stored == kExplicitLittle;
  const bool decodes = can_transcode(stored, kExplicitLittle);
  const bool lossy = may_be_lossy(stored);
  const std::string_view type = frame_type_of(stored);
  offers.push_back({form, type, stored, native || lossy || !decodes ? Default::OfAll : Default::OfItsType});
  if (!native && type != kOctets)
    offers.push_back({form, kOctets, stored, decodes ? Default::No : Default::OfItsType});
  if (!native && decodes)
    offers.push_back(
        {form, kOctets, std::string(kExplicitLittle), lossy ? Default::OfItsType : Default::OfAll});
  for (const std::string_view target : target_syntaxes()) {
    if (target == stored || target == kExplicitLittle || !can_transcode(stored, target)) continue;
    const bool usual = is_default_of_its_type(target) && frame_type_of(target) != type;
    offers.push_back(
        {form, frame_type_of(target), std::string(target), usual ? Default::OfItsType : Default::No});
  }
}

// Leaves what needs no codec, for whoever does not ask for another syntax.
void keep_stored(std::vector<Offer>& offers, const std::string& stored) {
  std::erase_if(offers, [&](const Offer& offer) { return offer.syntax != stored; });
  for (Offer& offer : offers) offer.is_default = Offer::Default::OfAll;
}

std::string part_type(const Offer& offer) {
  return std::string(offer.type) + "; transfer-syntax=" + offer.syntax;
}

struct Wanted {
  std::vector<std::uint64_t> numbers;
  std::string url;  // of the instance's frames, with a slash behind
};

Result<http::Response> stored_frames(const FrameReader& reader, const Wanted& wanted, const Offer& offer) {
  if (offer.form == AnswerForm::SinglePart) {
    std::vector<http::Piece> pieces;
    reader.append_frame(pieces, TRY(reader.frame(wanted.numbers.front() - 1)));
    return part_answer(offer.form, {}, part_type(offer), std::move(pieces));
  }
  Multipart answer(offer.type);
  for (const std::uint64_t number : wanted.numbers) {
    std::vector<http::Piece> pieces;
    reader.append_frame(pieces, TRY(reader.frame(number - 1)));
    answer.add(part_type(offer), wanted.url + std::to_string(number), std::move(pieces));
  }
  return std::move(answer).finish();
}

// Made before the answer begins, so that a frame that cannot be decoded is an error and no broken answer.
Result<http::Response> made_frames(const FrameReader& reader, const Wanted& wanted, const Offer& offer,
                                   const DicomwebFace& face) {
  const model::ImageFormat format = TRY(reader.format());
  const Multipart parts(offer.type);
  const bool wrapped = offer.form == AnswerForm::Multipart;
  LargeAnswer answer(face.config().spool_folder);
  for (const std::uint64_t number : wanted.numbers) {
    const auto location = TRY(reader.frame(number - 1));
    const std::string bytes = TRY(reader.read(location));
    auto frame = face.pixels().transcode(reader.syntax(), format, as_bytes(bytes), offer.syntax, {});
    if (!frame && frame.error().code == ErrorCode::NotSupported)
      return fail(
          ErrorCode::NotAcceptable,
          "the frame cannot be given in transfer syntax " + offer.syntax + ": " + frame.error().message,
          "Accept");
    if (!frame) return std::move(frame).error();
    if (wrapped) answer.text() += parts.part_head(part_type(offer), wanted.url + std::to_string(number));
    answer.text() += frame->bytes;
    if (wrapped) answer.text() += "\r\n";
    TRY_VOID(answer.settle());
  }
  if (wrapped) answer.text() += parts.end();
  return answer.finish(wrapped ? parts.content_type() : part_type(offer));
}

Result<http::Response> frames(const http::Request& request, const DicomwebFace& face) {
  const Preference preference = TRY(Preference::of(request));
  Wanted wanted{TRY(frame_list(request.param("frames"))), {}};
  const auto location = TRY(locate_instance(request, face));
  const auto reader = TRY(FrameReader::open(location, face.blobs(), face.config().spool_folder));
  for (const std::uint64_t number : wanted.numbers)
    if (number > reader->size())
      return fail(
          ErrorCode::NotFound,
          "the instance has " + std::to_string(reader->size()) + " frames, not " + std::to_string(number),
          request.path);
  std::vector<Offer> offers;
  append_offers(offers, AnswerForm::Multipart, reader->syntax());
  if (wanted.numbers.size() == 1) append_offers(offers, AnswerForm::SinglePart, reader->syntax());
  const Offer* offer = preference.choose(offers);
  if (!offer) return not_acceptable(offers, "these frames are");
  wanted.url = instance_url(face.service_root(request), location) + "/frames/";
  if (offer->syntax == reader->syntax()) return stored_frames(*reader, wanted, *offer);
  auto made = made_frames(*reader, wanted, *offer, face);
  if (made || made.error().face().http_status == 503) return made;
  // What cannot be decoded here goes out as it is, if no other syntax was asked for: the part says which.
  keep_stored(offers, reader->syntax());
  const Offer* stored = preference.choose(offers);
  return stored ? stored_frames(*reader, wanted, *stored) : std::move(made);
}

}  // namespace

void add_frame_routes(http::Router& router, const DicomwebFace& face) {
  router.add(http::Method::Get, face.config().root + std::string(kResources.back()) + "/frames/{frames}",
             route_info("WADO-RS: frames of an instance",
                        {"multipart/related", std::string(kOctets), "image/jpeg", "image/dicom-rle",
                         "image/jls", "image/jp2", "image/jpx", "image/jphc", "image/jxl"},
                        {{"accept", "in place of the Accept field"}}),
             [&face](const http::Request& request) { return frames(request, face); });
}

}  // namespace gateway::dicomweb
