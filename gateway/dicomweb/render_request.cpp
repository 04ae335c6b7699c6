#include "gateway/dicomweb/render_request.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "gateway/base/text.h"
#include "gateway/codec/media_type.h"
#include "gateway/http/negotiate.h"

namespace gateway::dicomweb {
namespace {

Error bad(std::string_view parameter, std::string message) {
  return fail(ErrorCode::InvalidParameter, std::move(message), std::string(parameter));
}

std::optional<double> decimal(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto value = parse_number<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

// vw and vh: how large the result may be.
Result<std::uint32_t> viewport_side(std::string_view text) {
  const auto side = parse_number<std::uint32_t>(text);
  if (!side || *side < 1 || *side > kMaxViewport)
    return bad("viewport",
               "its width and height are whole numbers from 1 to " + std::to_string(kMaxViewport));
  return *side;
}

// sx, sy, sw and sh may be left out between their commas.
Result<std::optional<double>> region_number(const std::vector<std::string_view>& parts, std::size_t index) {
  if (index >= parts.size() || parts[index].empty()) return std::optional<double>();
  const auto value = decimal(parts[index]);
  if (!value) return bad("viewport", "sx, sy, sw and sh are decimal numbers");
  return std::optional(*value);
}

Result<IccChoice> parse_icc(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, IccChoice>, 6> kNames = {
      {{"no", IccChoice::No},
       {"yes", IccChoice::Yes},
       {"srgb", IccChoice::Srgb},
       {"adobergb", IccChoice::AdobeRgb},
       {"rommrgb", IccChoice::RommRgb},
       {"displayp3", IccChoice::DisplayP3}}};
  for (const auto& [name, choice] : kNames)
    if (text == name) return choice;
  return bad("iccprofile", "is one of no, yes, srgb, adobergb, rommrgb, displayp3");
}

Result<void> apply_annotation(std::string_view text, RenderRequest& out) {
  const Annotations annotations = TRY(parse_annotations(text));
  out.patient = annotations.patient;
  out.technique = annotations.technique;
  out.overlay = annotations.overlay;
  if (!annotations.unsupported.empty())
    out.warnings.push_back("The following annotation values are not supported: " + annotations.unsupported);
  return {};
}

Result<model::Window> parse_window(std::string_view text) {
  const auto parts = split(text, ',');
  if (parts.size() != 3) return bad("window", "has three parts: center,width,function");
  return make_window(parts[0], parts[1], parts[2], "window");
}

// How much a client likes an offer in one of the forms.
struct Liking {
  int quality = 0, specificity = 0;
  bool operator>(const Liking& other) const {
    return quality != other.quality ? quality > other.quality : specificity > other.specificity;
  }
};

int closeness(std::string_view range, std::string_view offer) {
  if (range == offer) return 3;
  if (range == "*/*") return 1;
  return range.ends_with("/*") && offer.starts_with(range.substr(0, range.size() - 1)) ? 2 : 0;
}

// A range names the offer itself, or multipart/related whose type parameter names it.
int specificity(const http::MediaRange& range, bool multipart, std::string_view offer) {
  if (!multipart) return closeness(range.type, offer);
  if (range.type != "multipart/related" && range.type != "multipart/*") return 0;
  const std::string_view type = range.parameter("type");
  return type.empty() ? 1 : closeness(lower(type), offer);
}

Liking liking_of(const std::vector<http::MediaRange>& ranges, bool multipart, std::string_view offer) {
  Liking best;
  for (const auto& range : ranges) {
    const int close = specificity(range, multipart, offer);
    if (close == 0 || close < best.specificity) continue;
    const int quality = close > best.specificity ? range.quality : std::max(best.quality, range.quality);
    best = {quality, close};
  }
  return best;
}

std::string accepted_types(const http::Request& request) {
  std::string types;
  for (const auto& [name, value] : request.query)
    if (name == "accept") types += (types.empty() ? "" : ",") + value;
  return types.empty() ? request.headers.joined("Accept") : types;
}

}  // namespace

// Section 8.3.5.1.4.
Result<model::Window> make_window(std::string_view center, std::string_view width, std::string_view function,
                                  std::string_view where) {
  using Function = model::Window::Function;
  const auto middle = decimal(center), extent = decimal(width);
  if (!middle || !extent) return bad(where, "the center and the width of the window are decimal numbers");
  model::Window window{*middle, *extent, Function::Linear};
  if (function == "linear-exact")
    window.function = Function::LinearExact;
  else if (function == "sigmoid")
    window.function = Function::Sigmoid;
  else if (function != "linear")
    return bad(where, "the function of the window is linear, linear-exact or sigmoid");
  if (window.function == Function::Linear && window.width < 1)
    return bad(where, "the width of a linear window is 1 or more");
  if (window.width <= 0) return bad(where, "the width of the window is more than 0");
  return window;
}

// Section 8.3.5.1.2.
Result<int> parse_quality(std::string_view name, std::string_view text) {
  const auto quality = parse_number<int>(text);
  if (!quality || *quality < 1 || *quality > 100) return bad(name, "is a whole number from 1 to 100");
  return *quality;
}

// Section 8.3.5.1.3.
Result<pixel::Viewport> parse_viewport(std::string_view text, bool thumbnail) {
  const auto parts = split(text, ',');
  if (thumbnail && parts.size() != 2) return bad("viewport", "has two numbers here: vw,vh");
  if (parts.size() < 2 || parts.size() > 6)
    return bad("viewport", "has two to six numbers: vw,vh[,sx][,sy][,sw][,sh]");
  pixel::Viewport viewport;
  viewport.width = TRY(viewport_side(parts[0]));
  viewport.height = TRY(viewport_side(parts[1]));
  viewport.x = std::abs(TRY(region_number(parts, 2)).value_or(0));
  viewport.y = std::abs(TRY(region_number(parts, 3)).value_or(0));
  const auto width = TRY(region_number(parts, 4)), height = TRY(region_number(parts, 5));
  if ((width && *width == 0) || (height && *height == 0)) return bad("viewport", "sw and sh are not 0");
  if (width) viewport.region_width = std::abs(*width);
  if (height) viewport.region_height = std::abs(*height);
  viewport.flip_horizontal = width.value_or(0) < 0;
  viewport.flip_vertical = height.value_or(0) < 0;
  return viewport;
}

// Section 8.3.5.1.1. "overlay" is our own keyword: the overlay planes of the image.
Result<Annotations> parse_annotations(std::string_view text) {
  Annotations out;
  for (const std::string_view keyword : split(text, ',')) {
    if (!codec::is_token(keyword))
      return bad("annotation", "is a list of keywords: patient, technique, overlay");
    if (keyword == "patient")
      out.patient = true;
    else if (keyword == "technique")
      out.technique = true;
    else if (keyword == "overlay")
      out.overlay = true;
    else
      out.unsupported += (out.unsupported.empty() ? "" : ",") + std::string(keyword);
  }
  return out;
}

Result<RenderRequest> parse_render_request(const http::Request& request) {
  RenderRequest out;
  if (const auto* text = request.query_value("annotation")) TRY_VOID(apply_annotation(*text, out));
  if (const auto* text = request.query_value("quality")) out.quality = TRY(parse_quality("quality", *text));
  if (const auto* text = request.query_value("viewport")) out.viewport = TRY(parse_viewport(*text, false));
  if (const auto* text = request.query_value("window")) out.window = TRY(parse_window(*text));
  if (const auto* text = request.query_value("iccprofile")) out.icc = TRY(parse_icc(*text));
  return out;
}

Result<RenderRequest> parse_thumbnail_request(const http::Request& request) {
  RenderRequest out;
  if (const auto* text = request.query_value("viewport")) {
    out.viewport = TRY(parse_viewport(*text, true));
    return out;
  }
  out.viewport = pixel::Viewport{};
  out.viewport->width = out.viewport->height = kThumbnailSide;
  out.enlarge = false;
  return out;
}

Result<RenderedForm> choose_rendered_form(const http::Request& request,
                                          const std::vector<std::string>& offers, std::string_view why) {
  const std::string accepted = accepted_types(request);
  const auto ranges = TRY(http::parse_accept(accepted));
  RenderedForm chosen;
  Liking best;
  for (const bool multipart : {false, true}) {
    for (const std::string& offer : offers) {
      const Liking liking = liking_of(ranges, multipart, offer);
      if (liking.quality == 0 || !(liking > best)) continue;
      best = liking;
      chosen = {offer, multipart};
    }
  }
  if (best.quality > 0) return chosen;
  std::string names;
  for (const std::string& offer : offers) names += (names.empty() ? "" : ", ") + offer;
  std::string message = "this can be rendered as " + names + ", alone or in multipart/related";
  if (!why.empty()) message += "; " + std::string(why);
  return fail(ErrorCode::NotAcceptable, std::move(message), "Accept: " + accepted);
}

}  // namespace gateway::dicomweb
