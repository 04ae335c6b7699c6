#include "gateway/pixel/color_profile.h"

#include <array>
#include <memory>

#include <lcms2.h>

namespace gateway::pixel {
namespace {

using Profile = std::unique_ptr<void, decltype(&cmsCloseProfile)>;
using Curve = std::unique_ptr<cmsToneCurve, decltype(&cmsFreeToneCurve)>;

constexpr std::size_t kMaxProfile = 16 << 20;

// What makes up an RGB space: white point and primaries (CIE xy), and its tone curve.
struct Facts {
  cmsCIExyY white;
  cmsCIExyYTRIPLE primaries;
  int curve_type;  // 1: a power, 4: a power with a linear toe
  std::array<double, 5> curve;
};

constexpr cmsCIExyY kD65 = {0.3127, 0.3290, 1};
constexpr cmsCIExyY kD50 = {0.3457, 0.3585, 1};
constexpr std::array<double, 5> kSrgbCurve = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92,
                                              0.04045};  // IEC 61966-2-1

constexpr Facts facts_of(ColorSpace space) {
  switch (space) {
    case ColorSpace::AdobeRgb:  // Adobe RGB (1998) Color Image Encoding
      return {kD65, {{0.64, 0.33, 1}, {0.21, 0.71, 1}, {0.15, 0.06, 1}}, 1, {2.19921875}};
    case ColorSpace::RommRgb:  // ISO 22028-2
      return {kD50,
              {{0.7347, 0.2653, 1}, {0.1596, 0.8404, 1}, {0.0366, 0.0001, 1}},
              4,
              {1.8, 1, 0, 1.0 / 16, 16 * 0.001953125}};
    case ColorSpace::DisplayP3:
      return {kD65, {{0.680, 0.320, 1}, {0.265, 0.690, 1}, {0.150, 0.060, 1}}, 4, kSrgbCurve};
    case ColorSpace::Srgb:
      break;
  }
  return {kD65, {{0.64, 0.33, 1}, {0.30, 0.60, 1}, {0.15, 0.06, 1}}, 4, kSrgbCurve};
}

Profile no_profile() { return {nullptr, &cmsCloseProfile}; }

Profile build(ColorSpace space) {
  const Facts facts = facts_of(space);
  const Curve curve(cmsBuildParametricToneCurve(nullptr, facts.curve_type, facts.curve.data()),
                    &cmsFreeToneCurve);
  if (!curve) return no_profile();
  cmsToneCurve* const curves[3] = {curve.get(), curve.get(), curve.get()};
  return {cmsCreateRGBProfile(&facts.white, &facts.primaries, curves), &cmsCloseProfile};
}

std::string bytes_of(const Profile& profile) {
  cmsUInt32Number size = 0;
  if (!profile || !cmsSaveProfileToMem(profile.get(), nullptr, &size)) return {};
  std::string bytes(size, '\0');
  if (!cmsSaveProfileToMem(profile.get(), bytes.data(), &size)) return {};
  return bytes;
}

Profile opened(std::string_view bytes) {
  if (bytes.empty() || bytes.size() > kMaxProfile) return no_profile();
  Profile profile(cmsOpenProfileFromMem(bytes.data(), static_cast<cmsUInt32Number>(bytes.size())),
                  &cmsCloseProfile);
  if (profile && cmsGetColorSpace(profile.get()) != cmsSigRgbData) return no_profile();
  return profile;
}

}  // namespace

const std::string& icc_profile(ColorSpace space) {
  static const std::array<std::string, 4> profiles = {
      bytes_of(build(ColorSpace::Srgb)), bytes_of(build(ColorSpace::AdobeRgb)),
      bytes_of(build(ColorSpace::RommRgb)), bytes_of(build(ColorSpace::DisplayP3))};
  return profiles[static_cast<std::size_t>(space)];
}

const std::string& grey_icc_profile() {
  static const std::string profile = [] {
    const Curve curve(cmsBuildParametricToneCurve(nullptr, 4, kSrgbCurve.data()), &cmsFreeToneCurve);
    return bytes_of({cmsCreateGrayProfile(&kD50, curve.get()), &cmsCloseProfile});
  }();
  return profile;
}

bool is_rgb_profile(std::string_view profile) { return opened(profile) != nullptr; }

Result<void> convert_colors(Image& image, std::string_view source, ColorSpace target) {
  Profile from = opened(source);
  if (!from && target == ColorSpace::Srgb) return {};  // it is taken for sRGB
  if (!from) from = build(ColorSpace::Srgb);
  const Profile to = build(target);
  if (!from || !to) return fail(ErrorCode::Internal, "the colors could not be converted");
  const std::unique_ptr<void, decltype(&cmsDeleteTransform)> transform(
      cmsCreateTransform(from.get(), TYPE_RGB_8, to.get(), TYPE_RGB_8, INTENT_RELATIVE_COLORIMETRIC, 0),
      &cmsDeleteTransform);
  if (!transform) return fail(ErrorCode::Internal, "the colors could not be converted");
  for (std::uint32_t y = 0; y < image.height; ++y)
    cmsDoTransform(transform.get(), image.row(y), image.row(y), image.width);
  return {};
}

}  // namespace gateway::pixel
