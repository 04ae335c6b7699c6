#include "gateway/dicomweb/rendered_object.h"

#include <algorithm>

#include "gateway/dicomweb/annotate.h"
#include "gateway/dicomweb/large_answer.h"
#include "gateway/pixel/color_profile.h"
#include "gateway/pixel/image_writers.h"
#include "gateway/pixel/jp2_file.h"
#include "gateway/pixel/pixel_service.h"
#include "gateway/pixel/render.h"
#include "mappers/dicom/image_format.h"
#include "mappers/dicom/presentation.h"
#include "mappers/dicom/transfer_syntax.h"

namespace gateway::dicomweb {
namespace {

constexpr std::uint64_t kMaxFrameBytes = 512ull << 20;     // of one frame as it is stored
constexpr std::uint64_t kMaxAnimationPixels = 1ull << 29;  // of all frames of a GIF
constexpr std::string_view kJpeg2000 = "1.2.840.10008.1.2.4.91";
constexpr std::string_view kJpeg2000Lossless = "1.2.840.10008.1.2.4.90";

pixel::Viewport bounded(const pixel::Viewport& viewport, const pixel::Image& image, bool enlarge) {
  pixel::Viewport out = viewport;
  if (enlarge) return out;
  out.width = std::min(out.width, std::max(image.width, 1u));
  out.height = std::min(out.height, std::max(image.height, 1u));
  return out;
}

// Section 8.3.5.1.5. Without a profile of its own an image is taken for sRGB.
Result<void> apply_profile(IccChoice choice, const std::string& own, RenderedImage& out) {
  using pixel::ColorSpace;
  const bool color = out.image.channels == 3;
  const bool has_own = color && choice != IccChoice::No && pixel::is_rgb_profile(own);
  switch (choice) {
    case IccChoice::No:
      return {};
    case IccChoice::Unsaid:
      if (has_own) out.icc_profile = own;
      return {};
    case IccChoice::Yes:
      out.icc_profile = has_own ? own
                        : color ? pixel::icc_profile(ColorSpace::Srgb)
                                : pixel::grey_icc_profile();
      return {};
    default:
      break;
  }
  const ColorSpace target = choice == IccChoice::AdobeRgb    ? ColorSpace::AdobeRgb
                            : choice == IccChoice::RommRgb   ? ColorSpace::RommRgb
                            : choice == IccChoice::DisplayP3 ? ColorSpace::DisplayP3
                                                             : ColorSpace::Srgb;
  out.image = pixel::to_rgb(out.image);
  TRY_VOID(pixel::convert_colors(out.image, has_own ? own : std::string(), target));
  out.icc_profile = pixel::icc_profile(target);
  return {};
}

Result<std::string> write_jp2(const RenderedImage& rendered, int quality, const DicomwebFace& face) {
  model::Frame frame;
  frame.format.rows = rendered.image.height;
  frame.format.columns = rendered.image.width;
  frame.format.samples_per_pixel = static_cast<std::uint16_t>(rendered.image.channels);
  frame.format.photometric = rendered.image.channels == 3 ? "RGB" : "MONOCHROME2";
  frame.bytes = rendered.image.pixels;
  pixel::EncodeOptions options;
  options.quality = quality;
  const auto encoded =
      TRY(face.pixels().encode(quality == 100 ? kJpeg2000Lossless : kJpeg2000, frame, options));
  return pixel::jp2_file(encoded.bytes, rendered.image, rendered.icc_profile);
}

}  // namespace

RenderedObject::RenderedObject(const DicomwebFace& face, model::BlobView view)
    : face_(face), view_(std::move(view)), source_(view_) {}

Result<std::unique_ptr<RenderedObject>> RenderedObject::open(const model::InstanceLocation& location,
                                                             const DicomwebFace& face) {
  std::unique_ptr<RenderedObject> object(new RenderedObject(face, TRY(face.blobs().open(location.content))));
  TRY_VOID(object->read(location));
  return object;
}

Result<void> RenderedObject::read(const model::InstanceLocation& location) {
  file_ = TRY(mappers::dicom::read_file(source_));
  if (!file_.pixel_data)
    return fail(
        ErrorCode::NotAcceptable,
        "this object has no pixel data that could be rendered: retrieve it as application/dicom or its "
        "metadata as application/dicom+json",
        location.instance_uid);
  format_ = TRY(mappers::dicom::image_format(file_.data));
  if (location.frames.kind != model::BlobRef::Kind::None) {
    encoded_table_ = std::make_unique<BlobSource>(TRY(face_.blobs().open(location.frames)));
  } else {
    made_table_ = TRY(mappers::dicom::make_frame_table(file_, source_));
    encoded_table_ = std::make_unique<MemorySource>(std::string_view(made_table_));
  }
  table_ = TRY(mappers::dicom::FrameTable::open(*encoded_table_));
  return {};
}

std::uint32_t RenderedObject::representative() const {
  return mappers::dicom::representative_frame(file_.data, frames());
}

double RenderedObject::duration_ms(std::uint32_t frame) const {
  return mappers::dicom::frame_duration_ms(file_.data, frame);
}

bool RenderedObject::is_color() const { return !pixel::is_grey(format_); }

Result<model::Frame> RenderedObject::decoded(std::uint32_t frame) const {
  const mappers::dicom::FrameLocation location = TRY(table_->frame(frame));
  std::string bytes = TRY(mappers::dicom::read_frame(source_, location, kMaxFrameBytes));
  if (!location.encapsulated) return model::Frame{format_, std::move(bytes)};
  return face_.pixels().decode(mappers::dicom::web_transfer_syntax(file_), format_,
                               as_bytes(std::string_view(bytes)));
}

// The rendering pipeline of section 8.3.5.1: window, crop and scale, color space, annotation.
Result<RenderedImage> RenderedObject::render(std::uint32_t frame, const RenderRequest& request) const {
  const model::Presentation presentation = TRY(mappers::dicom::presentation_of(file_, source_, frame));
  const model::Frame pixels = TRY(decoded(frame));
  RenderedImage out;
  out.image = TRY(pixel::render(pixels, presentation, {request.window, request.overlay}));
  if (request.viewport)
    out.image = TRY(pixel::fit_viewport(out.image, bounded(*request.viewport, out.image, request.enlarge),
                                        presentation.pixel_aspect));
  TRY_VOID(apply_profile(request.icc, presentation.icc_profile, out));
  annotate(request, file_.data, frame, frames(), out.image);
  return out;
}

Result<std::string> write_image(const RenderedImage& rendered, std::string_view media_type, int quality,
                                const DicomwebFace& face) {
  if (media_type == "image/png") return pixel::write_png(rendered.image, rendered.icc_profile);
  if (media_type == "image/jp2") return write_jp2(rendered, quality, face);
  if (media_type != "image/gif") return pixel::write_jpeg(rendered.image, quality, rendered.icc_profile);
  std::string bytes;
  pixel::GifWriter writer(false);
  TRY_VOID(writer.add(rendered.image, 0, bytes));
  pixel::GifWriter::finish(bytes);
  return bytes;
}

Result<http::Response> animation(const RenderedObject& object, const std::vector<std::uint32_t>& frames,
                                 const RenderRequest& request, const DicomwebFace& face) {
  LargeAnswer answer(face.config().spool_folder);
  pixel::GifWriter writer(true);
  std::uint64_t pixels = 0;
  for (const std::uint32_t frame : frames) {
    const RenderedImage rendered = TRY(object.render(frame, request));
    pixels += std::uint64_t{rendered.image.width} * rendered.image.height;
    if (pixels > kMaxAnimationPixels)
      return fail(ErrorCode::BodyTooLarge,
                  "the animation is larger than one may be: ask for fewer frames or a smaller viewport");
    TRY_VOID(writer.add(rendered.image, object.duration_ms(frame), answer.text()));
    TRY_VOID(answer.settle());
  }
  pixel::GifWriter::finish(answer.text());
  return answer.finish("image/gif");
}

}  // namespace gateway::dicomweb
