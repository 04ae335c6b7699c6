#include <algorithm>
#include <cmath>

#include "gateway/demo/modules.h"
#include "gateway/demo/segmentation.h"

namespace gateway::demo {
namespace {

constexpr std::string_view kMrStorage = "1.2.840.10008.5.1.4.1.1.4";
constexpr double kT2Thickness = 3, kDwiThickness = 4;

constexpr Device kDevices[] = {
    {"SIEMENS", "Skyra", "syngo MR E11"},
    {"Siemens Healthineers", "MAGNETOM Vida", "syngo MR XA31"},
    {"Philips Medical Systems", "Achieva", "5.3.1"},
    {"Philips", "Ingenia", "5.7.1"},
    {"GE MEDICAL SYSTEMS", "DISCOVERY MR750w", "27\\LX\\MR Software release:DV25.1"},
    {"Canon Medical Systems", "Vantage Galan 3T", "V6.0SP1001"}};

Pelvis pelvis_of(const StudyJob& job) {
  Dice dice(job.seed, job.subject.position + "/pelvis");
  Pelvis pelvis;
  pelvis.hyperplasia = static_cast<float>(dice.between(0.1, 1));
  pelvis.prostate = 1.05f + 0.4f * pelvis.hyperplasia;
  pelvis.bladder = static_cast<float>(dice.between(0.75, 1.2));
  pelvis.salt = static_cast<std::uint32_t>(dice.next());
  const float side = dice.chance(0.5) ? 1.0f : -1.0f, s = pelvis.prostate;
  // Two of three tumours arise in the peripheral zone.
  pelvis.lesion.centre = dice.chance(0.67)
                             ? Point{side * 14 * s, 9.5f * s, static_cast<float>(dice.between(-10, 6))}
                             : Point{side * 8 * s, -7 * s, static_cast<float>(dice.between(-8, 8))};
  pelvis.lesion.radius = static_cast<float>(dice.between(4, 8));
  pelvis.lesion.spread = 0.8f;
  pelvis.lesion.salt = pelvis.salt + 101;
  return pelvis;
}

// One series: how the phantom becomes a signal, and with which sequence.
struct Sequence {
  SeriesPlan series;
  const char *image_type, *scanning, *variant, *options, *name;
  double tr, te, flip, echoes, b_value;  // b_value < 0: none
  double thickness;
  double centre, width;
  float noise;
  float (*signal)(const Pelvis::Sample& tissue, double b_value);
};

float t2_signal(const Pelvis::Sample& tissue, double) { return 900 * tissue.t2; }

float diffusion_signal(const Pelvis::Sample& tissue, double b_value) {
  return 700 * tissue.b0 * std::exp(static_cast<float>(-b_value * 1e-6) * tissue.adc);
}

float adc_signal(const Pelvis::Sample& tissue, double) { return tissue.b0 > 0.015f ? tissue.adc : 0; }

// PS3.3 C.8.3.1.
void set_mr(Draft& data, const StudyJob& job, const Sequence& sequence) {
  data.set("ImageType", sequence.image_type)
      .set("PatientPosition", "HFS")
      .set("ScanningSequence", sequence.scanning)
      .set("SequenceVariant", sequence.variant)
      .set("ScanOptions", sequence.options)
      .set("MRAcquisitionType", "2D")
      .set("SequenceName", sequence.name)
      .set_number("RepetitionTime", sequence.tr)
      .set_number("EchoTime", sequence.te)
      .set_number("EchoTrainLength", sequence.echoes)
      .set_number("FlipAngle", sequence.flip)
      .set("NumberOfAverages", {2})
      .set("ImagingFrequency", {123.25})
      .set("ImagedNucleus", "1H")
      .set("MagneticFieldStrength", {3})
      .set_number("SpacingBetweenSlices", sequence.thickness)
      .set("AcquisitionNumber", {1});
  set_window(data, sequence.centre, sequence.width);
  set_code(data, "AnatomicRegionSequence", "41216001", "SCT", "Prostate");
  set_frame_of_reference(data, job);
}

// Signal with the shading of the coil and noise that never is negative.
std::vector<std::int16_t> draw(const Pelvis& pelvis, const Grid& grid, const Sequence& sequence,
                               std::uint32_t salt) {
  const bool map = sequence.signal == adc_signal;
  std::vector<std::int16_t> pixels;
  pixels.reserve(std::size_t{grid.rows} * grid.columns);
  for (unsigned row = 0; row < grid.rows; ++row) {
    for (unsigned column = 0; column < grid.columns; ++column) {
      const Point p = grid.at(column, row);
      float value = sequence.signal(pelvis.at(p, grid.spacing), std::max(0.0, sequence.b_value));
      if (!map) value *= 1 + 0.18f * noise(p.x * 0.012f, p.y * 0.012f, p.z * 0.012f, pelvis.salt + 70);
      if (!map || value > 0) value += sequence.noise * grain(column, row, salt);
      pixels.push_back(static_cast<std::int16_t>(std::lrintf(std::clamp(std::fabs(value), 0.0f, 4095.0f))));
    }
  }
  return pixels;
}

Result<void> put_series(const StudyJob& job, const Pelvis& pelvis, const Sequence& sequence,
                        const std::vector<Grid>& planes, unsigned first = 1) {
  Draft common = series_modules(job, sequence.series);
  set_mr(common, job, sequence);
  for (unsigned i = 0; i < planes.size(); ++i) {
    Draft data = common;
    set_instance(data, job, sequence.series, kMrStorage, first + i);
    set_plane(data, planes[i], sequence.thickness);
    if (sequence.b_value >= 0) data.set_number("DiffusionBValue", sequence.b_value);
    const std::uint32_t salt = pelvis.salt + 1000 * sequence.series.number + first + i;
    set_pixels(data, planes[i], 12, false, draw(pelvis, planes[i], sequence, salt));
    TRY(put(job, sequence.series, first + i, data));
  }
  return {};
}

std::vector<Grid> axial(unsigned slices, double thickness, float spacing) {
  std::vector<Grid> planes;
  for (unsigned i = 0; i < slices; ++i) {
    const auto z = static_cast<float>((0.5 * (slices - 1) - i) * thickness + 4);
    planes.push_back(Grid::around({0, 4, z}, 128, 128, spacing));
  }
  return planes;
}

std::vector<Grid> sagittal() {
  std::vector<Grid> planes;
  for (unsigned i = 0; i < kSagittalSlices; ++i) {
    const auto x = static_cast<float>((i - 0.5 * (kSagittalSlices - 1)) * kT2Thickness);
    planes.push_back(Grid::around({x, 6, 6}, 128, 128, 1.4f, {0, 1, 0}, {0, 0, -1}));
  }
  return planes;
}

constexpr const char* kOriginal = "ORIGINAL\\PRIMARY\\M\\ND";

Result<void> put_diffusion(const StudyJob& job, const Pelvis& pelvis, const Device& device) {
  const auto planes = axial(kDwiSlices, kDwiThickness, 1.75f);
  SeriesPlan series{"MR", 4, "DWI tra b50 b1000", "Prostate mp", "PROSTATE", &device, 11};
  const char* options = "FS\\SP";
  Sequence low{series,  "ORIGINAL\\PRIMARY\\DIFFUSION\\NONE",
               "EP",    "SK\\SP",
               options, "ep_b50",
               4900,    66,
               90,      55,
               50,      kDwiThickness,
               330,     700,
               9,       diffusion_signal};
  TRY(put_series(job, pelvis, low, planes));
  Sequence high = low;
  high.name = "ep_b1000t";
  high.b_value = 1000;
  high.centre = 110;
  high.width = 240;
  TRY(put_series(job, pelvis, high, planes, kDwiSlices + 1));
  Sequence map = low;
  map.series.number = 5;
  map.series.description = "ADC map (10^-6 mm2/s)";
  map.series.minutes = 14;
  map.image_type = "DERIVED\\PRIMARY\\DIFFUSION\\ADC";
  map.name = "ep_b50_1000";
  map.b_value = -1;
  map.centre = 1300;
  map.width = 2200;
  map.noise = 45;
  map.signal = adc_signal;
  return put_series(job, pelvis, map, planes);
}

// Zones and tumour, drawn on the axial T2 series.
Result<void> put_zones(const StudyJob& job, const Pelvis& pelvis, const SeriesPlan& t2,
                       const std::vector<Grid>& planes) {
  static constexpr Device kReader = {"EHDS Gateway Demonstration", "Phantom segmenter", "1"};
  static const std::vector<Segment> kZones = {{"Peripheral zone",
                                               "123037004",
                                               "Anatomical Structure",
                                               "279706003",
                                               "Peripheral zone of the prostate",
                                               {47000, 28000, 50000}},
                                              {"Transition zone",
                                               "123037004",
                                               "Anatomical Structure",
                                               "399384005",
                                               "Transition zone of the prostate",
                                               {38000, 34000, 12000}},
                                              {"Lesion",
                                               "49755003",
                                               "Morphologically Abnormal Structure",
                                               "52988006",
                                               "Lesion",
                                               {44000, 50500, 46000}}};
  SegmentedSeries source{series_uid(job, t2.number), std::string(kMrStorage), kT2Thickness, {}, planes};
  for (unsigned i = 1; i <= planes.size(); ++i) source.instances.push_back(instance_uid(job, t2.number, i));
  const SeriesPlan series{"SEG", 100, "Prostate zones and lesion", "", "PROSTATE", &kReader, 40};
  return put_segmentation(job, series, source, kZones,
                          [&](Point p) { return static_cast<unsigned>(pelvis.zone(p)); });
}

}  // namespace

Result<void> draw_prostate_study(const StudyJob& job) {
  Dice dice(job.seed, job.study.uid + "/mr");
  const Pelvis pelvis = pelvis_of(job);
  const Device& device = dice.pick(kDevices);
  const SeriesPlan series{"MR", 2, "T2 TSE tra", "Prostate mp", "PROSTATE", &device, 3};
  const Sequence t2{series, kOriginal, "SE", "SK\\SP",     "",  "tse2d1_25", 4480, 101,
                    160,    25,        -1,   kT2Thickness, 400, 900,         14,   t2_signal};
  const auto planes = axial(kT2Slices, kT2Thickness, 1.25f);
  TRY(put_series(job, pelvis, t2, planes));
  Sequence side = t2;
  side.series.number = 3;
  side.series.description = "T2 TSE sag";
  side.series.minutes = 7;
  TRY(put_series(job, pelvis, side, sagittal()));
  TRY(put_diffusion(job, pelvis, device));
  return put_zones(job, pelvis, series, planes);
}

}  // namespace gateway::demo
