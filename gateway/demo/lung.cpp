#include <algorithm>
#include <cmath>

#include "gateway/demo/modules.h"
#include "gateway/demo/segmentation.h"

namespace gateway::demo {
namespace {

constexpr std::string_view kCtStorage = "1.2.840.10008.5.1.4.1.1.2";
constexpr std::string_view kPetStorage = "1.2.840.10008.5.1.4.1.1.128";
constexpr double kThickness = 5;
constexpr float kLowest = -117.5f;
constexpr double kHalfLife = 6586.2;  // of F-18, in seconds
constexpr int kUptakeMinutes = 60;

constexpr Device kCtDevices[] = {{"SIEMENS", "SOMATOM Definition AS+", "syngo CT VA48A"},
                                 {"Siemens Healthineers", "SOMATOM go.Top", "syngo CT VA30A"},
                                 {"GE MEDICAL SYSTEMS", "Revolution EVO", "ev_apps.20"},
                                 {"Philips", "Ingenuity CT", "4.1.6"},
                                 {"Canon Medical Systems", "Aquilion Prime SP", "V10.0SP0001"},
                                 {"TOSHIBA", "Aquilion PRIME", "V7.0ER006"}};
constexpr Device kPetDevices[] = {{"SIEMENS", "Biograph128_mCT", "VG60A"},
                                  {"GE MEDICAL SYSTEMS", "Discovery MI", "pet_coreload.72"},
                                  {"Philips Medical Systems", "Vereos PET/CT", "2.0.2"}};
// Where nodules are put: inside the lungs of every phantom.
constexpr Point kNodulePlaces[] = {{-86, -28, 34}, {-92, 26, 12}, {-78, 40, -22}, {-70, -34, 58},
                                   {88, 30, 22},   {84, -12, 44}, {92, 38, -14},  {74, 30, 58},
                                   {-96, 2, -8},   {-66, 46, 40}};

Thorax thorax_of(const StudyJob& job) {
  Dice dice(job.seed, job.subject.position + "/thorax");
  const double bulk = job.subject.weight_kg / (job.subject.height_m * job.subject.height_m);  // 21..32
  Thorax thorax;
  thorax.half_width = static_cast<float>(dice.between(146, 158) + (bulk - 21) * 1.6);
  thorax.half_depth = static_cast<float>(dice.between(100, 108) + (bulk - 21) * 1.2);
  thorax.fat = static_cast<float>(8 + (bulk - 21) * 1.3);
  thorax.contrast = job.study.contrast ? static_cast<float>(dice.between(0.55, 0.95)) : 0;
  thorax.heart_suv = static_cast<float>(dice.between(1.8, 7));
  thorax.breasts = job.subject.female;
  thorax.salt = static_cast<std::uint32_t>(dice.next());
  thorax.lesion.centre = dice.pick(kNodulePlaces);
  thorax.lesion.centre.z += static_cast<float>(dice.between(-6, 6));
  thorax.lesion.radius = static_cast<float>(dice.between(6, 17) * std::cbrt(job.study.growth));
  thorax.lesion.spread = static_cast<float>(dice.between(0.5, 4));
  thorax.lesion.suv = static_cast<float>(dice.between(4, 14));
  thorax.lesion.salt = thorax.salt + 101;
  return thorax;
}

float height(unsigned slice) {
  return kLowest + static_cast<float>(kThickness) * static_cast<float>(kCtSlices - slice);
}

// PS3.3 C.8.2.1: what all slices share.
void set_ct(Draft& data, const StudyJob& job, Dice& dice) {
  data.set("ImageType", "ORIGINAL\\PRIMARY\\AXIAL")
      .set("PatientPosition", "HFS")
      .set("KVP", job.study.pet ? "120" : "100")
      .set_number("XRayTubeCurrent", dice.whole(80, 240))
      .set_number("ExposureTime", 500)
      .set_number("Exposure", dice.whole(40, 120))
      .set("FilterType", "BODY FILTER")
      .set("ConvolutionKernel", dice.chance(0.5) ? "B31f" : "STANDARD")
      .set("ReconstructionDiameter", {380})
      .set("GantryDetectorTilt", {0})
      .set("TableHeight", {150})
      .set("RotationDirection", "CW")
      .set("AcquisitionNumber", {1})
      .set("RescaleIntercept", {-1024})
      .set("RescaleSlope", {1})
      .set("RescaleType", "HU")
      .set("WindowCenter", "-550\\40")
      .set("WindowWidth", "1600\\400")
      .set("WindowCenterWidthExplanation", "LUNG\\MEDIASTINUM");
  if (job.study.contrast) data.set("ContrastBolusAgent", "Iohexol 300").set("ContrastBolusRoute", "IV");
  set_code(data, "AnatomicRegionSequence", "51185008", "SCT", "Thorax");
  set_frame_of_reference(data, job);
}

std::vector<std::int16_t> draw_ct(const Thorax& thorax, const Grid& grid, std::uint32_t salt, float sigma) {
  std::vector<std::int16_t> pixels;
  pixels.reserve(std::size_t{grid.rows} * grid.columns);
  for (unsigned row = 0; row < grid.rows; ++row) {
    for (unsigned column = 0; column < grid.columns; ++column) {
      const float hu = thorax.at(grid.at(column, row), grid.spacing).hu + sigma * grain(column, row, salt);
      pixels.push_back(static_cast<std::int16_t>(std::lrintf(std::clamp(hu + 1024, 0.0f, 4095.0f))));
    }
  }
  return pixels;
}

Result<SegmentedSeries> put_ct(const StudyJob& job, const Thorax& thorax) {
  Dice dice(job.seed, job.study.uid + "/ct");
  const Device& device = job.study.pet ? dice.pick(kPetDevices) : dice.pick(kCtDevices);
  const SeriesPlan series{
      "CT",    2, job.study.pet ? "CT low dose 5.0" : "Thorax 5.0 venous", "Thorax routine", "CHEST",
      &device, 2};
  Draft common = series_modules(job, series);
  set_ct(common, job, dice);
  SegmentedSeries made{series_uid(job, series.number), std::string(kCtStorage), kThickness, {}, {}};
  const float sigma = job.study.pet ? 22.0f : 13.0f;
  for (unsigned slice = 1; slice <= kCtSlices; ++slice) {
    const Grid grid = Grid::around({0, 0, height(slice)}, 160, 160, 2.375f);
    Draft data = common;
    set_instance(data, job, series, kCtStorage, slice);
    set_plane(data, grid, kThickness);
    set_pixels(data, grid, 12, false, draw_ct(thorax, grid, thorax.salt + slice, sigma));
    TRY(put(job, series, slice, data));
    made.instances.push_back(instance_uid(job, series.number, slice));
    made.planes.push_back(grid);
  }
  return made;
}

// PS3.3 C.8.9.2: FDG, injected an hour before.
Draft radiopharmaceutical(const StudyJob& job, double dose) {
  Draft item;
  item.set("Radiopharmaceutical", "Fluorodeoxyglucose F^18^")
      .set("RadiopharmaceuticalRoute", "Intravenous route")
      .set("RadiopharmaceuticalStartTime", job.study.time)
      .set_number("RadionuclideTotalDose", dose)
      .set_number("RadionuclideHalfLife", kHalfLife)
      .set("RadionuclidePositronFraction", {0.9673});
  set_code(item, "RadionuclideCodeSequence", "77004003", "SCT", "^18^Fluorine");
  set_code(item, "RadiopharmaceuticalCodeSequence", "35321007", "SCT", "Fluorodeoxyglucose F^18^");
  return item;
}

// PS3.3 C.8.9.1 to C.8.9.4.
void set_pet(Draft& data, const StudyJob& job, double dose) {
  data.set("ImageType", "ORIGINAL\\PRIMARY")
      .set("Units", "BQML")
      .set("CountsSource", "EMISSION")
      .set("SeriesType", "WHOLE BODY\\IMAGE")
      .set_number("NumberOfSlices", kCtSlices)
      .set("CorrectedImage", "DECY\\ATTN\\SCAT\\DTIM\\RAN\\NORM")
      .set("DecayCorrection", "START")
      .set("RandomsCorrectionMethod", "DLYD")
      .set("AttenuationCorrectionMethod", "measured, CT")
      .set("ScatterCorrectionMethod", "Model-based")
      .set("ReconstructionMethod", "OSEM 3i21s")
      .set("ConvolutionKernel", "XYZ Gauss5.00")
      .set("CollimatorType", "NONE")
      .set("FrameReferenceTime", {60000})
      .set("ActualFrameDuration", {120000})
      .set("DecayFactor", {1.0063})
      .set("DoseCalibrationFactor", {1})
      .set("RescaleIntercept", {0})
      .set("AcquisitionNumber", {1})
      .set_items("RadiopharmaceuticalInformationSequence", {radiopharmaceutical(job, dose)});
  Draft recumbent = code("102538003", "SCT", "recumbent");
  set_code(recumbent, "PatientOrientationModifierCodeSequence", "40199007", "SCT", "supine");
  data.set_items("PatientOrientationCodeSequence", {recumbent});
  set_code(data, "PatientGantryRelationshipCodeSequence", "102540008", "SCT", "headfirst");
  set_code(data, "AnatomicRegionSequence", "51185008", "SCT", "Thorax");
  set_frame_of_reference(data, job);
}

// Activity in Bq/ml from uptake: SUV = activity * weight / dose decayed to the scan (PS3.3 C.8.9.1.1.3).
std::vector<float> draw_pet(const Thorax& thorax, const Grid& grid, std::uint32_t salt, float bq_per_suv) {
  std::vector<float> values;
  values.reserve(std::size_t{grid.rows} * grid.columns);
  for (unsigned row = 0; row < grid.rows; ++row) {
    for (unsigned column = 0; column < grid.columns; ++column) {
      const float suv = thorax.at(grid.at(column, row), 9).suv;
      // Counting noise grows with the root of the activity; neighbours are correlated as in a smoothed image.
      const float wave = noise(static_cast<float>(column) * 0.6f, static_cast<float>(row) * 0.6f, 0.5f, salt);
      values.push_back(std::max(0.0f, (suv + 0.16f * std::sqrt(suv + 0.02f) * wave) * bq_per_suv));
    }
  }
  return values;
}

Result<void> put_pet(const StudyJob& job, const Thorax& thorax) {
  Dice dice(job.seed, job.study.uid + "/ct");  // the same device as the CT
  const Device& device = dice.pick(kPetDevices);
  const SeriesPlan series{"PT", 3, "PET AC thorax", "FDG PET/CT", "CHEST", &device, kUptakeMinutes};
  const double dose = std::round(job.subject.weight_kg * dice.between(3.2, 4.2)) * 1e6;
  const double decayed = dose * std::exp2(-60.0 * kUptakeMinutes / kHalfLife);
  Draft common = series_modules(job, series);
  set_pet(common, job, dose);
  for (unsigned slice = 1; slice <= kCtSlices; ++slice) {
    const Grid grid = Grid::around({0, 0, height(slice)}, 96, 96, 4.0f);
    const auto values = draw_pet(thorax, grid, thorax.salt + 1000 + slice,
                                 static_cast<float>(decayed / (job.subject.weight_kg * 1000)));
    const float largest = std::max(1.0f, *std::max_element(values.begin(), values.end()));
    const float slope = std::ceil(largest / 32767.0f * 1000) / 1000;  // the slope differs from slice to slice
    std::vector<std::int16_t> pixels(values.size());
    std::transform(values.begin(), values.end(), pixels.begin(),
                   [&](float value) { return static_cast<std::int16_t>(std::lrintf(value / slope)); });
    Draft data = common;
    set_instance(data, job, series, kPetStorage, slice);
    set_plane(data, grid, kThickness);
    data.set_number("ImageIndex", slice).set_number("RescaleSlope", std::round(slope * 1000) / 1000);
    set_window(data, std::round(3 * decayed / (job.subject.weight_kg * 1000)),
               std::round(6 * decayed / (job.subject.weight_kg * 1000)));
    set_pixels(data, grid, 16, true, pixels);
    TRY(put(job, series, slice, data));
  }
  return {};
}

}  // namespace

Result<void> draw_lung_study(const StudyJob& job) {
  static constexpr Device kReader = {"EHDS Gateway Demonstration", "Phantom segmenter", "1"};
  const Thorax thorax = thorax_of(job);
  const SegmentedSeries ct = TRY(put_ct(job, thorax));
  if (job.study.pet) TRY(put_pet(job, thorax));
  const SeriesPlan series{"SEG", 100, "Lung nodule segmentation", "", "CHEST", &kReader, 75};
  const Segment nodule{"Lung nodule", "49755003", "Morphologically Abnormal Structure",
                       "27925004",    "Nodule",   {44000, 50500, 46000}};
  return put_segmentation(job, series, ct, {nodule},
                          [&](Point p) { return thorax.lesion.distance(p) < 0 ? 1u : 0u; });
}

}  // namespace gateway::demo
