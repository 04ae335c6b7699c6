// WADO-RS bulk data (PS3.18 section 10.4.1.1.5): the values that DICOM JSON refers to by BulkDataURI, one by
// one, and (CP-2040) all of an instance, a series or a study at once, or only the pixel data.
#include "gateway/base/text.h"
#include "gateway/dicomweb/bulk_value.h"
#include "gateway/dicomweb/handlers.h"
#include "gateway/dicomweb/multipart_answer.h"
#include "gateway/dicomweb/web_syntax.h"
#include "gateway/http/range.h"

namespace gateway::dicomweb {
namespace {

using model::InstanceLocation;

// The path behind /bulkdata/ as tags and item numbers: "52009229/0/00289145".
Result<std::vector<std::uint32_t>> element_path(std::string_view text) {
  std::vector<std::uint32_t> path;
  for (const std::string_view segment : split(text, '/')) {
    const bool is_tag = path.size() % 2 == 0;
    const auto tag = is_tag ? mappers::dicom::parse_tag(segment) : std::nullopt;
    const auto item = is_tag ? std::nullopt : parse_number<std::uint32_t>(segment);
    if (!tag && !item)
      return fail(ErrorCode::InvalidParameter,
                  is_tag ? "not the tag of an attribute" : "not the number of an item",
                  std::string(segment.substr(0, 64)));
    path.push_back(tag ? tag->value() : *item);
  }
  if (path.size() % 2 == 0) return fail(ErrorCode::InvalidParameter, "the path ends with an item");
  return path;
}

void append_offers(std::vector<Offer>& offers, AnswerForm form, const BulkPart& part) {
  offers.push_back({form, part.type, part.syntax, Offer::Default::OfAll});
  if (part.type != kOctets) offers.push_back({form, kOctets, part.syntax, Offer::Default::OfAll});
}

// One value: its parts as they are; a client that wants octets gets the same bytes under that name.
Result<http::Response> answer_with(const http::Request& request, std::vector<BulkPart> parts) {
  const Preference preference = TRY(Preference::of(request));
  std::vector<Offer> offers;
  if (!parts.empty()) append_offers(offers, AnswerForm::Multipart, parts.front());
  if (parts.size() == 1) append_offers(offers, AnswerForm::SinglePart, parts.front());
  const Offer* offer = preference.choose(offers);
  if (!offer) return not_acceptable(offers, "this value is");
  for (BulkPart& part : parts) part.type = offer->type;
  if (offer->form == AnswerForm::SinglePart) {
    auto response =
        part_answer(offer->form, {}, parts.front().content_type(), std::move(parts.front().content));
    response = http::with_range(request, std::move(response));
    return response;
  }
  Multipart answer(offer->type);
  for (BulkPart& part : parts) answer.add(part.content_type(), part.location, std::move(part.content));
  return std::move(answer).finish();
}

Result<http::Response> one_value(const http::Request& request, const DicomwebFace& face) {
  const auto path = TRY(element_path(request.param("path")));
  const InstanceLocation location = TRY(locate_instance(request, face));
  const auto object = TRY(OpenObject::open(location.content, face.blobs(), face.config().spool_folder));
  auto parts = bulk_parts(object, path, instance_url(face.service_root(request), location));
  if (!parts && parts.error().code == ErrorCode::NotFound)
    return fail(ErrorCode::NotFound, parts.error().message, request.path);
  if (!parts) return std::move(parts).error();
  return answer_with(request, std::move(*parts));
}

// All bulk data of several instances. What is held of each is the length of its parts: they are found again
// when their turn comes.
struct BulkList {
  const DicomwebFace& face;
  std::string root;
  BulkChoice choice;
  Multipart parts = Multipart(kOctets);
  std::vector<InstanceLocation> locations = {};

  Result<std::vector<http::Piece>> make(std::size_t index) const {
    const InstanceLocation& location = locations[index];
    const auto object = TRY(OpenObject::open(location.content, face.blobs(), face.config().spool_folder));
    std::vector<http::Piece> pieces;
    for (BulkPart& part : TRY(all_bulk_parts(object, choice, instance_url(root, location)))) {
      pieces.emplace_back(parts.part_head(part.content_type(), part.location));
      for (http::Piece& piece : part.content) pieces.push_back(std::move(piece));
      pieces.emplace_back("\r\n");
    }
    return pieces;
  }
};

std::uint64_t total_size(const std::vector<http::Piece>& pieces) {
  std::uint64_t size = 0;
  for (const http::Piece& piece : pieces) size += http::size_of(piece);
  return size;
}

// Parts of any type: what the client says about them inside of multipart/related is not looked at.
Result<void> accept_parts(const http::Request& request) {
  const Preference preference = TRY(Preference::of(request));
  std::vector<Offer> offers = {{AnswerForm::Multipart, kOctets, {}, Offer::Default::OfAll}};
  for (const std::string_view syntax : target_syntaxes())
    offers.push_back({AnswerForm::Multipart, frame_type_of(syntax), {}, Offer::Default::OfAll});
  if (preference.choose(offers)) return {};
  return fail(ErrorCode::NotAcceptable,
              "bulk data are available as multipart/related; type=\"application/octet-stream\"", "Accept");
}

Result<http::Response> all_values(const http::Request& request, const DicomwebFace& face, BulkChoice choice) {
  TRY_VOID(accept_parts(request));
  const auto list = std::make_shared<BulkList>(BulkList{face, face.service_root(request), choice});
  model::SearchNotes notes;
  TRY_VOID(face.index().locate(
      request.param("study"), request.param("series"), request.param("instance"),
      [&](const InstanceLocation& location) {
        list->locations.push_back(location);
        return true;
      },
      &notes));
  if (list->locations.empty())
    return fail(ErrorCode::NotFound, "nothing of this name is stored", request.path);
  http::Response response;
  response.headers.add("Content-Type", list->parts.content_type());
  Missing missing;
  for (std::size_t i = 0; i < list->locations.size(); ++i) {
    auto pieces = list->make(i);
    if (!pieces) missing.add(std::move(pieces).error());
    if (!pieces || pieces->empty()) continue;
    response.body.emplace_back(
        http::LazyPiece{total_size(*pieces),
                        [shared = std::shared_ptr<const BulkList>(list), i] { return shared->make(i); }});
  }
  if (response.body.empty() && missing.first) return *missing.first;
  if (response.body.empty()) return fail(ErrorCode::NotFound, "there are no bulk data", request.path);
  response.body.emplace_back(list->parts.end());
  tell_missing(missing, list->locations.size(), list->root, response);
  tell_lacking(notes.warnings, list->root, response);
  return response;
}

}  // namespace

void add_bulkdata_routes(http::Router& router, const DicomwebFace& face) {
  const std::vector<std::string> types = {"multipart/related", std::string(kOctets)};
  router.add(http::Method::Get, face.config().root + std::string(kResources.back()) + "/bulkdata/{path*}",
             route_info("WADO-RS: one bulk data value", types),
             [&face](const http::Request& request) { return one_value(request, face); });
  for (const std::string_view resource : kResources)
    for (const auto& [name, choice] :
         {std::pair("/bulkdata", BulkChoice::All), std::pair("/pixeldata", BulkChoice::PixelData)}) {
      http::RouteInfo route =
          route_info("WADO-RS: " + std::string(name + 1) + " of " + std::string(resource), types);
      route.heavy = resource != kResources.back();
      router.add(http::Method::Get, face.config().root + std::string(resource) + name, std::move(route),
                 [&face, choice = choice](const http::Request& request) {
                   return all_values(request, face, choice);
                 });
    }
}

}  // namespace gateway::dicomweb
