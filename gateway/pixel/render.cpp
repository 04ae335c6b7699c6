#include "gateway/pixel/render.h"

#include "gateway/pixel/overlay.h"
#include "gateway/pixel/render_color.h"
#include "gateway/pixel/render_grey.h"

namespace gateway::pixel {
namespace {

constexpr std::uint64_t kMaxPixels = 1ull << 28;

bool known_cell(const model::ImageFormat& format) {
  using Sample = model::ImageFormat::Sample;
  const unsigned bits = format.bits_allocated;
  if (format.sample == Sample::Float) return bits == 32;
  if (format.sample == Sample::Double) return bits == 64;
  return bits == 1 || bits == 8 || bits == 16 || bits == 32 || bits == 64;
}

Result<void> check(const model::Frame& frame) {
  const model::ImageFormat& format = frame.format;
  const std::uint64_t pixels = std::uint64_t{format.rows} * format.columns;
  if (pixels == 0)
    return fail(ErrorCode::DicomMalformed, "the image has no rows or no columns", "(0028,0010)");
  if (pixels > kMaxPixels)
    return fail(ErrorCode::DicomLimit, "the image has more pixels than one rendered image may have",
                "(0028,0010)");
  if (!known_cell(format))
    return fail(ErrorCode::NotSupported,
                "images of " + std::to_string(format.bits_allocated) + " bits allocated are not rendered",
                "(0028,0100)");
  return {};
}

}  // namespace

Image to_rgb(const Image& image) {
  if (image.channels == 3) return image;
  Image out = make_image(image.width, image.height, 3);
  const auto* in = image.row(0);
  auto* to = out.row(0);
  for (std::size_t i = 0; i < image.pixels.size(); ++i, to += 3) to[0] = to[1] = to[2] = in[i];
  return out;
}

bool is_grey(const model::ImageFormat& format) {
  return format.photometric == "MONOCHROME1" || format.photometric == "MONOCHROME2" ||
         (format.photometric.empty() && format.samples_per_pixel == 1);
}

Result<Image> render(const model::Frame& frame, const model::Presentation& presentation,
                     const RenderOptions& options) {
  TRY_VOID(check(frame));
  const model::ImageFormat& format = frame.format;
  const bool one_sample = is_grey(format) || format.photometric == "PALETTE COLOR";
  if (one_sample && format.samples_per_pixel != 1)
    return fail(ErrorCode::DicomMalformed, "the samples per pixel contradict the photometric interpretation",
                "(0028,0002)");
  if (one_sample && frame.bytes.size() < format.frame_bytes())
    return fail(ErrorCode::DicomMalformed, "the frame is shorter than its rows and columns ask for",
                "(7FE0,0010)");
  Image image = TRY(is_grey(format) ? render_grey(frame, presentation, options.window)
                    : one_sample    ? render_palette(frame, presentation)
                                    : render_color(frame));
  if (options.overlays) burn_overlays(frame, presentation, image);
  return image;
}

}  // namespace gateway::pixel
