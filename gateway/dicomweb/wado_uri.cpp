#include "gateway/dicomweb/wado_uri.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "gateway/base/text.h"
#include "gateway/codec/media_type.h"
#include "gateway/dicomweb/handlers.h"
#include "gateway/dicomweb/render_request.h"
#include "gateway/dicomweb/rendered_answer.h"
#include "gateway/dicomweb/rendered_object.h"
#include "gateway/http/negotiate.h"

namespace gateway::dicomweb {
namespace {

using model::InstanceLocation;

constexpr std::array<std::string_view, 4> kImages = {"image/jpeg", "image/png", "image/gif", "image/jp2"};

Error bad(std::string_view parameter, std::string message) {
  return fail(ErrorCode::InvalidParameter, std::move(message), std::string(parameter));
}

// A parameter that may stand once; nullptr when it is absent.
Result<const std::string*> once(const http::Request& request, std::string_view name) {
  const std::string* found = nullptr;
  for (const auto& [key, value] : request.query) {
    if (key != name) continue;
    if (found) return bad(name, "is given more than once");
    found = &value;
  }
  return found;
}

bool is_uid(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         text.find_first_not_of("0123456789.") == std::string_view::npos;
}

// Section 9.4.2.2.
Result<std::string> required_uid(const http::Request& request, std::string_view name) {
  const std::string* uid = TRY(once(request, name));
  if (!uid) return bad(name, "is required");
  if (!is_uid(*uid)) return bad(name, "is not a UID");
  return *uid;
}

struct Names {
  std::string study, series, object;
};

// Sections 9.1.2.1, 9.4.2.1 and 9.4.2.3. What would change the meaning of the answer is refused, not ignored.
Result<Names> parse_names(const http::Request& request) {
  const std::string* type = TRY(once(request, "requestType"));
  if (!type || *type != "WADO") return bad("requestType", "is WADO");
  Names names;
  names.study = TRY(required_uid(request, "studyUID"));
  names.series = TRY(required_uid(request, "seriesUID"));
  names.object = TRY(required_uid(request, "objectUID"));
  if (const std::string* anonymize = TRY(once(request, "anonymize")))
    return bad("anonymize", *anonymize == "yes" ? "objects are not de-identified on the way out"
                                                : "can only be yes, which is not supported");
  for (const std::string_view name : {"presentationUID", "presentationSeriesUID"})
    if (request.query_value(name)) return bad(name, "presentation states are not applied");
  return names;
}

Result<std::uint32_t> side(std::string_view name, std::string_view text) {
  const auto number = parse_number<std::uint32_t>(text);
  if (!number || *number < 1 || *number > kMaxViewport)
    return bad(name, "is a whole number from 1 to " + std::to_string(kMaxViewport));
  return *number;
}

// Section 9.5.1.2.4: a side that is not given follows from the other one.
Result<void> read_viewport(const http::Request& request, RenderRequest& out) {
  const std::string* rows = TRY(once(request, "rows"));
  const std::string* columns = TRY(once(request, "columns"));
  if (!rows && !columns) return {};
  out.viewport = pixel::Viewport{};
  out.viewport->width = columns ? TRY(side("columns", *columns)) : kMaxViewport;
  out.viewport->height = rows ? TRY(side("rows", *rows)) : kMaxViewport;
  return {};
}

// Section 9.5.1.2.5: left, top, right and bottom as parts of the image, 0 to 1.
Result<void> read_region(const http::Request& request, const model::ImageFormat& format, RenderRequest& out) {
  const std::string* text = TRY(once(request, "region"));
  if (!text) return {};
  std::array<double, 4> edges{};
  const auto parts = split(*text, ',');
  bool good = parts.size() == edges.size();
  for (std::size_t i = 0; good && i < edges.size(); ++i) {
    const auto edge = parse_number<double>(parts[i]);
    good = edge && *edge >= 0 && *edge <= 1;
    if (good) edges[i] = *edge;
  }
  if (!good || edges[0] >= edges[2] || edges[1] >= edges[3])
    return bad("region", "is left,top,right,bottom: ascending decimals from 0.0 to 1.0");
  const double width = (edges[2] - edges[0]) * format.columns, height = (edges[3] - edges[1]) * format.rows;
  if (!out.viewport) {
    out.viewport = pixel::Viewport{};
    out.viewport->width = static_cast<std::uint32_t>(std::max(1.0, std::round(width)));
    out.viewport->height = static_cast<std::uint32_t>(std::max(1.0, std::round(height)));
  }
  out.viewport->x = edges[0] * format.columns;
  out.viewport->y = edges[1] * format.rows;
  out.viewport->region_width = width;
  out.viewport->region_height = height;
  return {};
}

// Section 9.5.1.2.6: both or none.
Result<void> read_window(const http::Request& request, RenderRequest& out) {
  const std::string* center = TRY(once(request, "windowCenter"));
  const std::string* width = TRY(once(request, "windowWidth"));
  if (!center && !width) return {};
  if (!center || !width)
    return bad(center ? "windowWidth" : "windowCenter", "windowCenter and windowWidth go together");
  const auto extent = parse_number<double>(*width);
  const bool narrow = extent && *extent < 1;
  out.window =
      TRY(make_window(*center, *width, narrow ? "linear-exact" : "linear", "windowCenter, windowWidth"));
  return {};
}

Result<void> read_annotation(const http::Request& request, RenderRequest& out) {
  for (const std::string_view name : {"annotation", "imageAnnotation"}) {
    const std::string* text = TRY(once(request, name));
    if (!text) continue;
    const Annotations annotations = TRY(parse_annotations(*text));
    out.patient |= annotations.patient;
    out.technique |= annotations.technique;
    out.overlay |= annotations.overlay;
    if (!annotations.unsupported.empty())
      out.warnings.push_back("The following annotation values are not supported: " + annotations.unsupported);
  }
  return {};
}

Result<RenderRequest> parse_parameters(const http::Request& request) {
  RenderRequest out;
  TRY_VOID(read_viewport(request, out));
  TRY_VOID(read_window(request, out));
  TRY_VOID(read_annotation(request, out));
  if (const std::string* quality = TRY(once(request, "imageQuality")))
    out.quality = TRY(parse_quality("imageQuality", *quality));
  return out;
}

// Counts from 1 in the request, from 0 here.
Result<std::optional<std::uint32_t>> parse_frame(const http::Request& request) {
  const std::string* text = TRY(once(request, "frameNumber"));
  if (!text) return std::optional<std::uint32_t>();
  const auto number = parse_number<std::uint32_t>(*text);
  if (!number || *number == 0) return bad("frameNumber", "is a whole number from 1 on");
  return std::optional(*number - 1);
}

// Section 9.1.2.2.1: the contentType parameter, else the Accept header.
Result<std::string> choose_type(const http::Request& request, const InstanceLocation& location) {
  std::vector<std::string_view> offers;
  const std::string stored = stored_media_type(location);
  if (!stored.empty())
    offers.push_back(stored);
  else
    offers.assign(kImages.begin(), kImages.end());
  offers.push_back(kDicom);
  const std::string* wanted = TRY(once(request, "contentType"));
  const auto chosen = http::negotiate(wanted ? *wanted : request.headers.joined("Accept"), offers);
  if (chosen) return std::string(offers[*chosen]);
  if (chosen.error().code == ErrorCode::InvalidParameter && wanted)
    return bad("contentType", chosen.error().message);
  return fail(chosen.error().code, chosen.error().message, wanted ? "contentType=" + *wanted : "Accept");
}

// Section 9.4: the same as WADO-RS of the instance, alone in its answer. Without transferSyntax it is
// Explicit VR Little Endian where that can be had.
Result<http::Response> as_dicom(const http::Request& request, const Names& names, const http::Router& router,
                                const DicomwebFace& face) {
  std::string accept = std::string(kDicom) + ", " + std::string(kDicom) + "; transfer-syntax=*; q=0.5";
  if (const std::string* syntax = TRY(once(request, "transferSyntax"))) {
    if (!is_uid(*syntax)) return bad("transferSyntax", "is not a UID");
    accept = std::string(kDicom) + "; transfer-syntax=" + *syntax;
  }
  http::Request instance = request;
  instance.path = face.config().root + "/studies/" + names.study + "/series/" + names.series + "/instances/" +
                  names.object;
  instance.query.clear();
  instance.headers.set("Accept", accept);
  const http::Route* route = TRY(router.match(instance));
  return route->handler(instance);
}

Result<http::Response> as_image(const http::Request& request, const InstanceLocation& location,
                                const std::string& media_type, const DicomwebFace& face) {
  RenderRequest parameters = TRY(parse_parameters(request));
  const auto frame = TRY(parse_frame(request));
  RenderedTag tag(request);
  tag.add(location);
  tag.add(media_type);
  const std::string etag = tag.finish(false);
  if (auto same = unchanged(request, etag)) return *same;
  const auto object = TRY(RenderedObject::open(location, face));
  TRY_VOID(read_region(request, object->format(), parameters));
  if (frame && *frame >= object->frames())
    return fail(ErrorCode::NotFound, "the instance has " + std::to_string(object->frames()) + " frames",
                "frameNumber");
  const auto image = TRY(object->render(frame.value_or(object->representative()), parameters));
  std::vector<http::Piece> pieces;
  pieces.emplace_back(TRY(write_image(image, media_type, parameters.quality, face)));
  auto response = one_part(std::move(pieces), media_type, false);
  finish_headers(response, etag, parameters.warnings, request.base_url + std::string(kWadoUriPath));
  return response;
}

Result<InstanceLocation> located(const Names& names, const DicomwebFace& face) {
  std::optional<InstanceLocation> found;
  TRY_VOID(
      face.index().locate(names.study, names.series, names.object, [&](const InstanceLocation& location) {
        found = location;
        return false;
      }));
  if (!found) return fail(ErrorCode::NotFound, "no such instance is stored", names.object);
  return *found;
}

Result<http::Response> wado(const http::Request& request, const http::Router& router,
                            const DicomwebFace& face) {
  const Names names = TRY(parse_names(request));
  const InstanceLocation location = TRY(located(names, face));
  const std::string type = TRY(choose_type(request, location));
  if (type == kDicom) return as_dicom(request, names, router, face);
  if (type == stored_media_type(location)) return one_part(TRY(stored_content(location, face)), type, false);
  auto answer = refused_as_not_acceptable(as_image(request, location, type, face));
  // Without a wish, what has no image is given as DICOM.
  const bool unsaid = !request.query_value("contentType");
  if (answer || answer.error().code != ErrorCode::NotAcceptable || !unsaid) return answer;
  constexpr std::array<std::string_view, 1> kDicomOnly = {kDicom};
  if (!http::negotiate(request.headers.joined("Accept"), kDicomOnly)) return answer;
  return as_dicom(request, names, router, face);
}

std::vector<http::Parameter> query_parameters() {
  return {{"requestType", "WADO"},
          {"studyUID", "Study Instance UID"},
          {"seriesUID", "Series Instance UID"},
          {"objectUID", "SOP Instance UID"},
          {"contentType", "application/dicom or a rendered media type, instead of the Accept header"},
          {"transferSyntax", "of application/dicom"},
          {"frameNumber", "counts from 1; the representative frame without it"},
          {"rows", "height of the result at most"},
          {"columns", "width of the result at most"},
          {"region", "left,top,right,bottom as parts of the image, 0.0 to 1.0"},
          {"windowCenter", "with windowWidth"},
          {"windowWidth", "with windowCenter"},
          {"imageQuality", "1 to 100"},
          {"annotation", "patient, technique, overlay: burned into the image"}};
}

}  // namespace

void add_wado_uri_routes(http::Router& router, const DicomwebFace& face) {
  std::vector<std::string> produces(kImages.begin(), kImages.end());
  produces.emplace_back(kDicom);
  router.add(http::Method::Get, std::string(kWadoUriPath),
             route_info("WADO-URI: one instance", std::move(produces), query_parameters()),
             [&router, &face](const http::Request& request) { return wado(request, router, face); });
}

}  // namespace gateway::dicomweb
