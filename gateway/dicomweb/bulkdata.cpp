// WADO-RS bulk data (PS3.18 section 10.4.1.1.5): the values that DICOM JSON refers to by BulkDataURI.
#include <algorithm>
#include <array>

#include "gateway/base/text.h"
#include "gateway/dicomweb/blob_source.h"
#include "gateway/dicomweb/handlers.h"
#include "gateway/dicomweb/multipart_answer.h"
#include "gateway/http/negotiate.h"
#include "mappers/dicom/explicit.h"
#include "mappers/dicom/inflate.h"
#include "mappers/dicom/reader.h"

namespace gateway::dicomweb {
namespace {

using mappers::dicom::Element;

constexpr std::string_view kOctets = "application/octet-stream";
constexpr std::uint64_t kMaxLoaded = 256ull << 20;

// The path behind /bulkdata/ as tags and item numbers: "52009229/0/00289145".
Result<std::vector<std::uint32_t>> element_path(const http::Request& request) {
  std::vector<std::uint32_t> path;
  for (int depth = 0;; ++depth) {
    const std::string number = std::to_string(depth);
    const auto tag = mappers::dicom::parse_tag(request.param("tag" + number));
    if (!tag) return fail(ErrorCode::InvalidParameter, "not the tag of an attribute", request.path);
    path.push_back(tag->value());
    const std::string_view item = request.param("item" + number);
    if (item.empty()) return path;
    const auto index = parse_number<std::uint32_t>(item);
    if (!index) return fail(ErrorCode::InvalidParameter, "not the number of an item", request.path);
    path.push_back(*index);
  }
}

Result<std::string> loaded_value(const Element& element, const ByteSource& source) {
  if (element.length > kMaxLoaded)
    return fail(ErrorCode::NotSupported, "a value of this size is not converted; retrieve the instance");
  std::string value(element.length, '\0');
  value.resize(TRY(source.read_at(element.offset, std::as_writable_bytes(std::span(value)))));
  return value;
}

// Bulk data are little endian on the web (section 8.7.3.3), whatever the object was.
Result<std::string> swapped_value(const Element& element, std::size_t unit, const ByteSource& source) {
  std::string value = TRY(loaded_value(element, source));
  for (std::size_t at = 0; at + unit <= value.size(); at += unit)
    std::reverse(value.begin() + static_cast<std::ptrdiff_t>(at),
                 value.begin() + static_cast<std::ptrdiff_t>(at + unit));
  return value;
}

Result<http::Response::Piece> value_of(const mappers::dicom::File& file, const Element& element,
                                       const model::BlobView& view, const ByteSource& source) {
  if (file.deflated) {
    if (!element.by_reference) return http::Response::Piece(std::string(element.raw()));
    const auto inflated = TRY(mappers::dicom::InflatedSource::open(
        source, file.data_offset, mappers::dicom::ReadLimits{}.max_inflated_bytes));
    return http::Response::Piece(TRY(loaded_value(element, *inflated)));
  }
  const std::size_t unit = element.big_endian ? mappers::dicom::swap_unit(file, element) : 1;
  if (unit > 1) return http::Response::Piece(TRY(swapped_value(element, unit, source)));
  return http::Response::Piece(http::FileRange{view.file, view.offset + element.offset, element.length});
}

Result<AnswerForm> choose_form(const http::Request& request) {
  constexpr std::array<std::string_view, 2> kOffers = {"multipart/related", kOctets};
  const std::size_t chosen = TRY(http::negotiate(request.headers.joined("Accept"), kOffers));
  return chosen == 0 ? AnswerForm::Multipart : AnswerForm::SinglePart;
}

Result<http::Response> bulkdata(const http::Request& request, const DicomwebFace& face) {
  const AnswerForm form = TRY(choose_form(request));
  const std::vector<std::uint32_t> path = TRY(element_path(request));
  model::BlobRef content;
  TRY_VOID(face.index().locate(request.param("study"), request.param("series"), request.param("instance"),
                               [&](const model::InstanceLocation& location) {
                                 content = location.content;
                                 return false;
                               }));
  if (content.kind == model::BlobRef::Kind::None)
    return fail(ErrorCode::NotFound, "no such instance is stored", request.path);
  const model::BlobView view = TRY(face.blobs().open(content));
  const BlobSource source(view);
  const mappers::dicom::File file = TRY(mappers::dicom::read_file(source));
  const Element* element = file.data.at(path);
  if (!element || element->vr == mappers::dicom::VR::SQ)
    return fail(ErrorCode::NotFound, "the instance has no such bulk data", request.path);
  if (element->undefined_length)
    return fail(ErrorCode::NotSupported, "encapsulated pixel data are served with their instance only",
                request.path);
  std::vector<http::Response::Piece> pieces;
  pieces.push_back(TRY(value_of(file, *element, view, source)));
  return part_answer(form, kOctets, kOctets, std::move(pieces));
}

}  // namespace

http::Handler bulkdata_handler(const DicomwebFace& face) {
  return [&face](const http::Request& request) { return bulkdata(request, face); };
}

}  // namespace gateway::dicomweb
