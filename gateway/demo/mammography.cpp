#include <algorithm>
#include <cmath>

#include "gateway/demo/modules.h"

namespace gateway::demo {
namespace {

constexpr std::string_view kMammographyStorage = "1.2.840.10008.5.1.4.1.1.1.2";  // for presentation
constexpr float kSpacing = 0.25f;
constexpr unsigned kColumns = 512, kRows = 640;

constexpr Device kDevices[] = {{"SIEMENS", "Mammomat Inspiration", "VB60K"},
                               {"Siemens Healthineers", "MAMMOMAT Revelation", "VC20B"},
                               {"HOLOGIC, Inc.", "Selenia Dimensions", "AWS:1.8.4.0"},
                               {"GE MEDICAL SYSTEMS", "Senographe Pristina", "ADS_61.10.5"},
                               {"Philips Digital Mammography Sweden AB", "L50", "8.4.4"},
                               {"FUJIFILM Corporation", "FDR-3000AWS", "V9.2"}};

struct View {
  bool left, oblique;
  const char* description;
  const char* orientation;  // PS3.3 C.7.6.1.1.1: of rows and columns
};
constexpr View kViews[] = {{false, false, "R CC", "P\\L"},
                           {true, false, "L CC", "A\\R"},
                           {false, true, "R MLO", "P\\FL"},
                           {true, true, "L MLO", "A\\FR"}};

Breast breast_of(const StudyJob& job, const View& view) {
  Dice dice(job.seed, job.subject.position + "/breast");
  Breast breast;
  breast.depth = static_cast<float>(dice.between(70, 108));
  breast.half_height = static_cast<float>(dice.between(62, 76));
  breast.density = static_cast<float>(dice.between(0.08, 0.62));
  breast.oblique = view.oblique;
  const auto salt = static_cast<std::uint32_t>(dice.next());
  const bool left = dice.chance(0.5), calcified = dice.chance(0.45);
  const double u = dice.between(0.38, 0.62), v = dice.between(-0.32, 0.28), radius = dice.between(3.5, 8);
  breast.salt = salt + (view.left ? 1000 : 0) + (view.oblique ? 500 : 0);
  // A finding shows in both views of its side; the second round of screening found it.
  const bool visible =
      job.subject.lesion && job.study.number == job.subject.studies.size() && view.left == left;
  if (!visible) return breast;
  breast.mass_u = static_cast<float>(u) * breast.depth;
  breast.mass_v = static_cast<float>(v) * breast.half_height + (view.oblique ? 10.0f : 0.0f);
  breast.calcifications = calcified;
  breast.mass_radius = calcified && radius < 5.5 ? 0 : static_cast<float>(radius);
  return breast;
}

// PS3.3 C.8.11.1 to C.8.11.3: for presentation, linear, "white is dense".
void set_dx(Draft& data, const View& view) {
  data.set("ImageType", "DERIVED\\PRIMARY")
      .set("PresentationIntentType", "FOR PRESENTATION")
      .set("PatientOrientation", view.orientation)
      .set("ImageLaterality", view.left ? "L" : "R")
      .set("PixelIntensityRelationship", "LOG")
      .set("PixelIntensityRelationshipSign", {-1})
      .set("RescaleIntercept", {0})
      .set("RescaleSlope", {1})
      .set("RescaleType", "US")
      .set("PresentationLUTShape", "IDENTITY")
      .set("VOILUTFunction", "LINEAR")
      .set_items("AcquisitionContextSequence", {});
  set_window(data, 1750, 3500);
  set_code(data, "AnatomicRegionSequence", "76752008", "SCT", "Breast");
}

// PS3.3 C.8.11.4 and C.8.11.7: detector, positioner, exposure.
void set_mammography(Draft& data, const View& view, Dice& dice) {
  data.set("DetectorType", "DIRECT")
      .set("DetectorConfiguration", "AREA")
      .set("ImagerPixelSpacing", {kSpacing, kSpacing})
      .set("PixelSpacing", {kSpacing, kSpacing})
      .set("FieldOfViewShape", "RECTANGLE")
      .set("PositionerType", "MAMMOGRAPHIC")
      .set_number("PositionerPrimaryAngle", view.oblique ? (view.left ? -45 : 45) : 0)
      .set("OrganExposed", "BREAST")
      .set("BreastImplantPresent", "NO")
      .set("PartialView", "NO")
      .set("KVP", {static_cast<double>(dice.whole(26, 32))})
      .set_number("Exposure", dice.whole(50, 140))
      .set_number("ExposureTime", dice.whole(500, 1400))
      .set("AnodeTargetMaterial", "TUNGSTEN")
      .set("FilterMaterial", "RHODIUM")
      .set_number("BodyPartThickness", dice.whole(38, 72))
      .set_number("CompressionForce", dice.whole(70, 150))
      .set("OrganDose", {0.0125});
  Draft item = view.oblique ? code("399368009", "SCT", "medio-lateral oblique")
                            : code("399162004", "SCT", "cranio-caudal");
  item.set_items("ViewModifierCodeSequence", {});
  data.set_items("ViewCodeSequence", {item});
}

// The chest wall lies at the right edge of a right breast, at the left edge of a left one.
std::vector<std::int16_t> draw(const Breast& breast, bool left, std::uint32_t salt) {
  std::vector<std::int16_t> pixels;
  pixels.reserve(std::size_t{kRows} * kColumns);
  for (unsigned row = 0; row < kRows; ++row) {
    for (unsigned column = 0; column < kColumns; ++column) {
      const float u = kSpacing * (static_cast<float>(left ? column : kColumns - 1 - column) + 0.5f);
      const float v = kSpacing * (static_cast<float>(row) - 0.5f * kRows);
      const float density = breast.at(u, v);
      const float value = density <= 0 ? 0 : 3700 * density + 28 * grain(column, row, salt);
      pixels.push_back(static_cast<std::int16_t>(std::lrintf(std::clamp(value, 0.0f, 4095.0f))));
    }
  }
  return pixels;
}

}  // namespace

Result<void> draw_breast_study(const StudyJob& job) {
  Dice dice(job.seed, job.study.uid + "/mg");
  const Device& device = dice.pick(kDevices);
  unsigned number = 0;
  for (const View& view : kViews) {
    ++number;
    const SeriesPlan series{"MG",     number,  view.description,        "Screening",
                            "BREAST", &device, static_cast<int>(number)};
    const Breast breast = breast_of(job, view);
    const Grid grid{kColumns, kRows, kSpacing, {}, {}, {}};
    Draft data = series_modules(job, series);
    set_instance(data, job, series, kMammographyStorage, 1);
    set_dx(data, view);
    set_mammography(data, view, dice);
    set_pixels(data, grid, 12, false, draw(breast, view.left, breast.salt + 9));
    TRY(put(job, series, 1, data));
  }
  return {};
}

}  // namespace gateway::demo
