#include "gateway/dicomweb/rendered_answer.h"

#include <array>

#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "gateway/dicomweb/open_object.h"
#include "gateway/http/conditional.h"

namespace gateway::dicomweb {
namespace {

using mappers::dicom::Element;
using mappers::dicom::make_tag;
using mappers::dicom::SourceRange;

constexpr std::string_view kRenderer = "render-1";  // to be changed with what the renderer makes of an image
constexpr std::size_t kMaxVideoFragments = 100'000;
constexpr std::string_view kSyntaxRoot = "1.2.840.10008.1.2.4.";

std::string part_head(std::string_view boundary, std::string_view media_type) {
  return "--" + std::string(boundary) + "\r\nContent-Type: " + std::string(media_type) + "\r\n\r\n";
}

std::string multipart_type(std::string_view root_type, std::string_view boundary) {
  return "multipart/related; type=\"" + std::string(root_type) + "\"; boundary=" + std::string(boundary);
}

// PS3.3 C.24.2: the value is padded to an even length, Encapsulated Document Length is the true one.
Result<SourceRange> document_range(const mappers::dicom::DataSet& data) {
  const Element* document = data.find(make_tag(0x00420011));
  if (!document || document->length == 0 || document->undefined_length)
    return fail(ErrorCode::DicomMalformed, "the object has no encapsulated document", "(0042,0011)");
  std::uint64_t length = document->length;
  const auto stated = data.integer(make_tag(0x00420015));
  if (stated && *stated >= 0 && static_cast<std::uint64_t>(*stated) + 1 == length) --length;
  SourceRange range;
  range.offset = document->offset;
  range.length = length;
  return range;
}

// PS3.5 section 8.2.5 and later: one stream, in one fragment or several; the first item is the offset table.
Result<std::vector<SourceRange>> video_ranges(const mappers::dicom::PixelData& pixels,
                                              const ByteSource& stream) {
  std::vector<SourceRange> ranges;
  const std::uint64_t end = pixels.offset + pixels.length;
  std::uint64_t at = pixels.offset;
  for (std::size_t item = 0; at + 8 <= end && item <= kMaxVideoFragments; ++item) {
    std::array<unsigned char, 8> head{};
    if (TRY(stream.read_at(at, std::as_writable_bytes(std::span(head)))) != head.size()) break;
    if (head[0] != 0xFE || head[1] != 0xFF || head[2] != 0x00 || head[3] != 0xE0) break;
    SourceRange range;
    range.offset = at + 8;
    range.length = head[4] | head[5] << 8 | head[6] << 16 | std::uint64_t{head[7]} << 24;
    if (range.length > end - range.offset) break;
    at = range.offset + range.length;
    if (item > 0 && range.length > 0) ranges.push_back(range);
  }
  if (ranges.empty()) return fail(ErrorCode::DicomMalformed, "the object has no video stream", "(7FE0,0010)");
  return ranges;
}

}  // namespace

RenderedTag::RenderedTag(const http::Request& request) {
  add(kRenderer);
  add(request.path);
  for (const auto& [name, value] : request.query) {
    add(name);
    add(value);
  }
}

void RenderedTag::add(std::string_view text) {
  const std::uint64_t size = text.size();
  hash_.update(std::as_bytes(std::span(&size, 1)));
  hash_.update(as_bytes(text));
}

void RenderedTag::add(const model::InstanceLocation& location) {
  const model::BlobRef& ref = location.content;
  add(location.instance_uid);
  add(ref.name);
  const std::array<std::uint64_t, 4> numbers = {static_cast<std::uint64_t>(ref.kind), ref.offset, ref.length,
                                                static_cast<std::uint64_t>(ref.modified_us)};
  hash_.update(std::as_bytes(std::span(numbers)));
}

std::string RenderedTag::finish(bool weak) {
  const Sha256Digest digest = hash_.finish();
  return (weak ? "W/\"" : "\"") + hex(as_text(ByteSpan(digest).first(16))) + "\"";
}

std::optional<http::Response> unchanged(const http::Request& request, const std::string& etag) {
  if (!http::not_modified(request, etag)) return std::nullopt;
  http::Response response;
  response.status = 304;
  finish_headers(response, etag, {}, {});
  return response;
}

void finish_headers(http::Response& response, const std::string& etag,
                    const std::vector<std::string>& warnings, const std::string& service) {
  response.headers.add("ETag", etag);
  response.headers.add("Vary", "Accept");
  for (const std::string& warning : warnings)
    response.headers.add("Warning", "299 " + service + ": " + warning);
}

PartsAnswer::PartsAnswer(const DicomwebFace& face)
    : answer_(face.config().spool_folder), boundary_(make_uuid7(Clock::system().utc_us())) {}

Result<void> PartsAnswer::add(std::string_view media_type, std::string_view bytes) {
  std::string& text = answer_.text();
  if (count_++ > 0) text += "\r\n";
  text += part_head(boundary_, media_type);
  text += bytes;
  return answer_.settle();
}

Result<http::Response> PartsAnswer::finish(std::string_view root_type) {
  answer_.text() += "\r\n--" + boundary_ + "--\r\n";
  return answer_.finish(multipart_type(root_type, boundary_));
}

Result<http::Response> refused_as_not_acceptable(Result<http::Response> answer) {
  if (!answer && answer.error().code == ErrorCode::NotSupported)
    answer.error().code = ErrorCode::NotAcceptable;
  return answer;
}

http::Response one_part(std::vector<http::Piece> pieces, std::string_view media_type, bool multipart) {
  http::Response response;
  if (!multipart) {
    response.headers.add("Content-Type", media_type);
    response.body = std::move(pieces);
    return response;
  }
  const std::string boundary = make_uuid7(Clock::system().utc_us());
  response.headers.add("Content-Type", multipart_type(media_type, boundary));
  response.body.emplace_back(part_head(boundary, media_type));
  for (auto& piece : pieces) response.body.push_back(std::move(piece));
  response.body.emplace_back("\r\n--" + boundary + "--\r\n");
  return response;
}

// Tables 8.7.3-6 and 8.7.4-1.
std::string stored_media_type(const model::InstanceLocation& location) {
  const std::string_view sop_class = location.sop_class_uid, syntax = location.transfer_syntax_uid;
  if (sop_class == "1.2.840.10008.5.1.4.1.1.104.1") return "application/pdf";
  if (sop_class == "1.2.840.10008.5.1.4.1.1.104.2") return "text/xml";
  if (!syntax.starts_with(kSyntaxRoot)) return {};
  const std::string_view number = syntax.substr(kSyntaxRoot.size()).substr(0, 3);  // .1 means fragments
  if (number == "100" || number == "101") return "video/mpeg";
  if (number >= "102" && number <= "106" && number.size() == 3) return "video/mp4";
  if (number == "107" || number == "108") return "video/H265";
  return {};
}

Result<std::vector<http::Piece>> stored_content(const model::InstanceLocation& location,
                                                const DicomwebFace& face) {
  const OpenObject object = TRY(OpenObject::open(location.content, face.blobs(), face.config().spool_folder));
  std::vector<http::Piece> pieces;
  if (!stored_media_type(location).starts_with("video/")) {
    object.append_range(pieces, TRY(document_range(object.file().data)));
    return pieces;
  }
  if (!object.file().pixel_data || !object.file().pixel_data->encapsulated)
    return fail(ErrorCode::DicomMalformed, "the object has no video stream", "(7FE0,0010)");
  for (const SourceRange& range : TRY(video_ranges(*object.file().pixel_data, object.stream())))
    object.append_range(pieces, range);
  return pieces;
}

}  // namespace gateway::dicomweb
