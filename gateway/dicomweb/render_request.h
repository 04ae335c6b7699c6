// The parameters of a request for something rendered (PS3.18 sections 8.3.5 and 8.7.4), parsed and checked.
// Pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/http/message.h"
#include "gateway/model/presentation.h"
#include "gateway/pixel/scale.h"

namespace gateway::dicomweb {

inline constexpr std::uint32_t kMaxViewport = 8192;   // pixels of a side; larger is not supported
inline constexpr std::uint32_t kThumbnailSide = 256;  // of a thumbnail without a viewport, at most
inline constexpr int kDefaultQuality = 90;

enum class IccChoice : std::uint8_t { Unsaid, No, Yes, Srgb, AdobeRgb, RommRgb, DisplayP3 };

struct RenderRequest {
  bool patient = false, technique = false, overlay = false;  // annotation=
  int quality = kDefaultQuality;
  std::optional<pixel::Viewport> viewport;
  bool enlarge = true;  // false: the viewport is a bound, smaller images stay as they are
  std::optional<model::Window> window;
  IccChoice icc = IccChoice::Unsaid;
  std::vector<std::string> warnings;  // texts of Warning: 299, without the code
};

// Errors: InvalidParameter naming the parameter. Parameters of other names are ignored (section 8.3.2).
Result<RenderRequest> parse_render_request(const http::Request& request);
// Only a viewport of two numbers (section 8.3.5.2); without one, a bound of kThumbnailSide.
Result<RenderRequest> parse_thumbnail_request(const http::Request& request);

// Shared with WADO-URI: "512,512,,,256,256" and one number from 1 to 100.
Result<pixel::Viewport> parse_viewport(std::string_view text, bool thumbnail);
Result<int> parse_quality(std::string_view name, std::string_view text);
// `where` names the parameter in errors.
Result<model::Window> make_window(std::string_view center, std::string_view width, std::string_view function,
                                  std::string_view where);
struct Annotations {
  bool patient = false, technique = false, overlay = false;
  std::string unsupported;  // keywords, comma-separated
};
Result<Annotations> parse_annotations(std::string_view text);

struct RenderedForm {
  std::string media_type;
  bool multipart = false;
};
// What the client likes best of `offers` (in our order of preference), alone or in multipart/related. The
// accept parameter wins over the header (section 8.3.3.1). Errors: InvalidParameter; NotAcceptable naming the
// offers and `why` there are no others.
Result<RenderedForm> choose_rendered_form(const http::Request& request,
                                          const std::vector<std::string>& offers, std::string_view why = {});

}  // namespace gateway::dicomweb
