#include "gateway/dicomweb/rendered.h"

#include <algorithm>
#include <functional>

#include "gateway/base/log.h"
#include "gateway/base/text.h"
#include "gateway/dicomweb/handlers.h"
#include "gateway/dicomweb/render_request.h"
#include "gateway/dicomweb/rendered_answer.h"
#include "gateway/dicomweb/rendered_object.h"

namespace gateway::dicomweb {
namespace {

using model::InstanceLocation;
using Frames = std::vector<std::uint32_t>;  // counted from 0

constexpr std::size_t kMaxParts = 20'000;       // instances of one answer
constexpr std::size_t kMaxFrames = 10'000;      // of one list
constexpr std::size_t kThumbnailAttempts = 64;  // instances without an image that are passed over
constexpr std::string_view kWindowIgnored = "The window parameter does not apply to color images.";

// In our order of preference: JPEG is the default (table 8.7.4-1).
const std::vector<std::string>& image_types() {
  static const std::vector<std::string> types = {"image/jpeg", "image/png", "image/gif", "image/jp2"};
  return types;
}

Error not_found(const http::Request& request) {
  return fail(ErrorCode::NotFound, "nothing of this name is stored", request.path);
}

// What the path names, in the order of the index.
Result<std::vector<InstanceLocation>> located(const http::Request& request, const DicomwebFace& face) {
  std::vector<InstanceLocation> found;
  TRY_VOID(face.index().locate(request.param("study"), request.param("series"), request.param("instance"),
                               [&](const InstanceLocation& location) {
                                 found.push_back(location);
                                 return found.size() <= kMaxParts;
                               }));
  if (found.empty()) return not_found(request);
  if (found.size() > kMaxParts)
    return fail(ErrorCode::BodyTooLarge, "this has more instances than one answer: ask series by series",
                request.path);
  return found;
}

// PS3.18 section 8.3.5.1.5: a media type without profiles.
Result<void> check_profile(const RenderRequest& parameters, std::string_view media_type) {
  if (media_type == "image/gif" && parameters.icc != IccChoice::Unsaid && parameters.icc != IccChoice::No)
    return fail(ErrorCode::InvalidParameter, "image/gif takes no ICC profile", "iccprofile");
  return {};
}

// {frames} of the path: "1", "3,4". Numbers count from 1.
Result<Frames> frame_list(std::string_view text) {
  Frames frames;
  for (const std::string_view part : split(text, ',')) {
    const auto number = parse_number<std::uint32_t>(part);
    if (!number || *number == 0 || frames.size() == kMaxFrames)
      return fail(ErrorCode::InvalidParameter, "frames are a list of whole numbers from 1 on",
                  "frames/" + std::string(text));
    frames.push_back(*number - 1);
  }
  return frames;
}

struct Rendering {
  const http::Request& request;
  const DicomwebFace& face;
  RenderRequest parameters;
  RenderedForm form;
};

Result<std::string> rendered_bytes(const RenderedObject& object, std::uint32_t frame,
                                   const Rendering& rendering) {
  const RenderedImage image = TRY(object.render(frame, rendering.parameters));
  return write_image(image, rendering.form.media_type, rendering.parameters.quality, rendering.face);
}

Result<http::Response> single_image(const RenderedObject& object, std::uint32_t frame,
                                    const Rendering& rendering) {
  std::vector<http::Piece> pieces;
  pieces.emplace_back(TRY(rendered_bytes(object, frame, rendering)));
  return one_part(std::move(pieces), rendering.form.media_type, rendering.form.multipart);
}

Result<http::Response> several_frames(const RenderedObject& object, const Frames& frames,
                                      const Rendering& rendering) {
  PartsAnswer answer(rendering.face);
  for (const std::uint32_t frame : frames) {
    const std::string bytes = TRY(rendered_bytes(object, frame, rendering));
    TRY_VOID(answer.add(rendering.form.media_type, bytes));
    if (answer.size() > rendering.face.config().max_answer_bytes)
      return fail(ErrorCode::BodyTooLarge, "this is larger than one answer may be: ask for fewer frames");
  }
  return answer.finish(rendering.form.media_type);
}

// One instance. Without a frame list: an animation where GIF was asked for and there are several frames, else
// the representative frame (mappers/dicom/presentation.h).
Result<http::Response> one_instance(const RenderedObject& object, const std::optional<Frames>& wanted,
                                    bool animate, const Rendering& rendering) {
  const bool gif = rendering.form.media_type == "image/gif" && !rendering.form.multipart && animate;
  if (wanted) {
    for (const std::uint32_t frame : *wanted)
      if (frame >= object.frames())
        return fail(ErrorCode::NotFound, "the instance has " + std::to_string(object.frames()) + " frames",
                    rendering.request.path);
    if (wanted->size() == 1) return single_image(object, wanted->front(), rendering);
    if (gif) return animation(object, *wanted, rendering.parameters, rendering.face);
    return several_frames(object, *wanted, rendering);
  }
  if (!gif || object.frames() == 1) return single_image(object, object.representative(), rendering);
  Frames all(object.frames());
  for (std::uint32_t i = 0; i < object.frames(); ++i) all[i] = i;
  return animation(object, all, rendering.parameters, rendering.face);
}

// Documents and video are passed on as they are stored; parameters do not apply.
Result<http::Response> stored_rendition(const http::Request& request, const InstanceLocation& location,
                                        const DicomwebFace& face) {
  const RenderedForm form = TRY(choose_rendered_form(request, {stored_media_type(location)}));
  RenderedTag tag(request);
  tag.add(location);
  const std::string etag = tag.finish(form.multipart);
  if (auto same = unchanged(request, etag)) return *same;
  auto response = one_part(TRY(stored_content(location, face)), form.media_type, form.multipart);
  finish_headers(response, etag, {}, {});
  return response;
}

struct Mode {
  bool thumbnail = false;
  bool frames = false;  // the path has a frame list
};

Result<Rendering> rendering_of(const http::Request& request, const DicomwebFace& face, const Mode& mode) {
  Rendering rendering{request, face, {}, {}};
  rendering.parameters =
      TRY(mode.thumbnail ? parse_thumbnail_request(request) : parse_render_request(request));
  return rendering;
}

Result<void> choose_form(Rendering& rendering) {
  rendering.form = TRY(choose_rendered_form(rendering.request, image_types()));
  return check_profile(rendering.parameters, rendering.form.media_type);
}

Result<http::Response> instance_or_frames(const http::Request& request, const DicomwebFace& face, Mode mode) {
  Rendering rendering = TRY(rendering_of(request, face, mode));
  std::optional<Frames> frames;
  if (mode.frames) frames = TRY(frame_list(request.param("frames")));
  if (mode.thumbnail && frames) frames->resize(1);
  const auto locations = TRY(located(request, face));
  const InstanceLocation& location = locations.front();
  if (!stored_media_type(location).empty() && !mode.frames && !mode.thumbnail)
    return stored_rendition(request, location, face);
  TRY_VOID(choose_form(rendering));
  RenderedTag tag(request);
  tag.add(location);
  tag.add(rendering.form.media_type);
  const bool parts = rendering.form.multipart || (frames && frames->size() > 1);
  const std::string etag = tag.finish(parts);
  if (auto same = unchanged(request, etag)) return *same;
  const auto object = TRY(RenderedObject::open(location, face));
  if (rendering.parameters.window && object->is_color())
    rendering.parameters.warnings.emplace_back(kWindowIgnored);
  auto response = TRY(one_instance(*object, frames, !mode.thumbnail, rendering));
  finish_headers(response, etag, rendering.parameters.warnings, face.service_root(request));
  return response;
}

// What became of the instances of a study or series that were rendered.
struct Tally {
  std::size_t failed = 0;
  std::optional<Error> first_failure;
  void note(Error error) {
    ++failed;
    log::warning("instance not rendered",
                 {{"code", error.face().name}, {"message", error.message}, {"detail", error.detail}});
    if (!first_failure) first_failure = std::move(error);
  }
};

// Blobs of other systems come in few requests.
void prefetch(const std::vector<InstanceLocation>& locations, const DicomwebFace& face) {
  std::vector<model::BlobRef> refs;
  for (const InstanceLocation& location : locations) refs.push_back(location.content);
  face.blobs().prefetch(refs);
}

// Nothing for an object without an image, and for documents and video, which are given one by one.
Result<std::optional<std::string>> rendered_instance(const InstanceLocation& location,
                                                     const Rendering& rendering) {
  if (!stored_media_type(location).empty()) return std::optional<std::string>();
  const auto object = RenderedObject::open(location, rendering.face);
  if (!object && object.error().code == ErrorCode::NotAcceptable) return std::optional<std::string>();
  if (!object) return object.error();
  return std::optional(TRY(rendered_bytes(**object, (*object)->representative(), rendering)));
}

Error no_image(const http::Request& request) {
  return fail(ErrorCode::NotAcceptable, "nothing here has an image that could be rendered", request.path);
}

// Section 10.4.3.2: 206 when some images are there and others cannot be rendered. Objects without an image
// have no part.
Result<http::Response> all_instances(const std::vector<InstanceLocation>& locations, Rendering& rendering) {
  PartsAnswer answer(rendering.face);
  Tally tally;
  std::string only;
  prefetch(locations, rendering.face);
  for (const InstanceLocation& location : locations) {
    auto bytes = rendered_instance(location, rendering);
    if (!bytes) {
      tally.note(std::move(bytes).error());
      continue;
    }
    if (!*bytes) continue;
    TRY_VOID(answer.add(rendering.form.media_type, **bytes));
    if (answer.count() == 1) only = std::move(**bytes);
    if (answer.size() > rendering.face.config().max_answer_bytes)
      return fail(ErrorCode::BodyTooLarge, "this is larger than one answer may be: ask series by series");
  }
  if (answer.count() == 0) return tally.first_failure ? *tally.first_failure : no_image(rendering.request);
  std::vector<http::Piece> pieces;
  const bool alone = answer.count() == 1 && !rendering.form.multipart;
  if (alone) pieces.emplace_back(std::move(only));
  auto response = alone ? one_part(std::move(pieces), rendering.form.media_type, false)
                        : TRY(answer.finish(rendering.form.media_type));
  if (tally.failed > 0) {
    response.status = 206;
    rendering.parameters.warnings.push_back(std::to_string(tally.failed) +
                                            " images could not be rendered: " + tally.first_failure->message);
  }
  return response;
}

// The middle instance, or the nearest to it that has an image.
Result<http::Response> representative_instance(const std::vector<InstanceLocation>& locations,
                                               const Rendering& rendering) {
  const auto middle = static_cast<std::ptrdiff_t>(locations.size() / 2);
  std::optional<Error> last;
  for (std::ptrdiff_t step = 0; step < static_cast<std::ptrdiff_t>(kThumbnailAttempts); ++step) {
    const std::ptrdiff_t at = step % 2 == 0 ? middle + step / 2 : middle - (step + 1) / 2;
    if (at < 0 || at >= static_cast<std::ptrdiff_t>(locations.size())) continue;
    const InstanceLocation& location = locations[static_cast<std::size_t>(at)];
    auto bytes = rendered_instance(location, rendering);
    if (!bytes) last = std::move(bytes).error();
    if (!bytes || !*bytes) continue;
    std::vector<http::Piece> pieces;
    pieces.emplace_back(std::move(**bytes));
    return one_part(std::move(pieces), rendering.form.media_type, rendering.form.multipart);
  }
  return last ? *last : no_image(rendering.request);
}

Result<http::Response> study_or_series(const http::Request& request, const DicomwebFace& face, Mode mode) {
  Rendering rendering = TRY(rendering_of(request, face, mode));
  TRY_VOID(choose_form(rendering));
  const auto locations = TRY(located(request, face));
  RenderedTag tag(request);
  for (const InstanceLocation& location : locations) tag.add(location);
  tag.add(rendering.form.media_type);
  const bool parts = rendering.form.multipart || (!mode.thumbnail && locations.size() > 1);
  const std::string etag = tag.finish(parts);
  if (auto same = unchanged(request, etag)) return *same;
  auto response = TRY(mode.thumbnail ? representative_instance(locations, rendering)
                                     : all_instances(locations, rendering));
  finish_headers(response, etag, rendering.parameters.warnings, face.service_root(request));
  return response;
}

std::vector<http::Parameter> query_parameters(const Mode& mode) {
  std::vector<http::Parameter> parameters = {{"accept", "media types instead of the Accept header"}};
  if (mode.thumbnail) {
    parameters.push_back({"viewport", "vw,vh: size of the result; at most 256 by 256 without it"});
    return parameters;
  }
  parameters.push_back({"viewport",
                        "vw,vh[,sx][,sy][,sw][,sh]: size of the result, region of the image; "
                        "negative sw or sh flips"});
  parameters.push_back({"window", "center,width,function: linear, linear-exact or sigmoid"});
  parameters.push_back({"quality", "1 to 100, of image/jpeg and image/jp2; 90 without it"});
  parameters.push_back({"annotation", "patient, technique, overlay: burned into the image"});
  parameters.push_back({"iccprofile", "no, yes, srgb, adobergb, rommrgb or displayp3"});
  return parameters;
}

void add_route(http::Router& router, const DicomwebFace& face, std::string_view resource, const Mode& mode,
               bool of_many) {
  const std::string path = std::string(resource) + (mode.thumbnail ? "/thumbnail" : "/rendered");
  std::vector<std::string> produces = image_types();
  if (!mode.thumbnail && !mode.frames) produces.insert(produces.end(), {"application/pdf", "video/mp4"});
  http::RouteInfo info = route_info("WADO-RS: " + path, std::move(produces), query_parameters(mode));
  info.heavy = of_many && !mode.thumbnail;
  http::Handler handler = [&face, mode, of_many](const http::Request& request) {
    return refused_as_not_acceptable(of_many ? study_or_series(request, face, mode)
                                             : instance_or_frames(request, face, mode));
  };
  router.add(http::Method::Get, face.config().root + path, std::move(info), std::move(handler));
}

}  // namespace

void add_rendered_routes(http::Router& router, const DicomwebFace& face) {
  const std::string instance(kResources[2]);
  for (const bool thumbnail : {false, true}) {
    add_route(router, face, kResources[0], {thumbnail, false}, true);
    add_route(router, face, kResources[1], {thumbnail, false}, true);
    add_route(router, face, instance, {thumbnail, false}, false);
    add_route(router, face, instance + "/frames/{frames}", {thumbnail, true}, false);
  }
}

}  // namespace gateway::dicomweb
