#include "gateway/demo/modules.h"

#include <cmath>
#include <cstdio>

namespace gateway::demo {
namespace {

constexpr std::string_view kComment = "Synthetic phantom, no person. Made by the ehds-gateway demonstration.";

struct Procedure {
  const char* study;  // Study Description
  const char* value;  // SNOMED CT
  const char* meaning;
};

Procedure procedure(const StudyJob& job) {
  switch (job.subject.cohort) {
    case Cohort::Lung:
      if (job.study.pet) return {"PET/CT Thorax FDG", "443271005", "FDG PET/CT"};
      return {"CT Thorax with contrast", "75385009", "CT of thorax with contrast"};
    case Cohort::Prostate:
      return {"MR Prostate multiparametric", "719178004", "Multiparametric MRI of prostate"};
    case Cohort::Breast:
      break;
  }
  return {"Mammography screening bilateral", "24623002", "Screening mammography"};
}

std::string padded(unsigned number, int width) {
  std::string text = std::to_string(number);
  return std::string(width > static_cast<int>(text.size()) ? width - text.size() : 0, '0') + text;
}

// PS3.3 C.7.1.1.
void set_patient(Draft& data, const Subject& subject) {
  if (!subject.name.character_set.empty()) data.set("SpecificCharacterSet", subject.name.character_set);
  data.set("PatientName", subject.name.bytes)
      .set("PatientID", subject.patient_id)
      .set("IssuerOfPatientID", subject.site->issuer)
      .set("PatientBirthDate", subject.birth_date)
      .set("PatientSex", subject.sex)
      .set("PatientIdentityRemoved", "NO")
      .set("PatientComments", kComment);
}

// PS3.3 C.7.1.3 and C.7.2.3.
void set_trial(Draft& data, const StudyJob& job) {
  const CohortFacts& cohort = facts(job.subject.cohort);
  data.set("ClinicalTrialSponsorName", "EHDS Gateway Demonstration")
      .set("ClinicalTrialProtocolID", cohort.protocol)
      .set("ClinicalTrialProtocolName", cohort.protocol_name)
      .set("ClinicalTrialSiteID", job.subject.site->id)
      .set("ClinicalTrialSiteName", job.subject.site->name)
      .set("ClinicalTrialSubjectID", job.subject.subject_id)
      .set("ClinicalTrialTimePointID", job.study.number == 1 ? "BASELINE" : "FOLLOWUP-1");
}

// PS3.3 C.7.2.1 and C.7.2.2.
void set_study(Draft& data, const StudyJob& job) {
  const Procedure done = procedure(job);
  data.set("StudyInstanceUID", job.study.uid)
      .set("StudyDate", job.study.date)
      .set("StudyTime", job.study.time)
      .set("ReferringPhysicianName")
      .set("StudyID", job.study.study_id)
      .set("AccessionNumber", job.study.accession)
      .set("StudyDescription", done.study);
  if (!job.study.age.empty()) data.set("PatientAge", job.study.age);
  data.set("PatientSize", mappers::dicom::decimal_text(std::round(job.subject.height_m * 100) / 100));
  data.set("PatientWeight", mappers::dicom::decimal_text(std::round(job.subject.weight_kg)));
  set_code(data, "ProcedureCodeSequence", done.value, "SCT", done.meaning);
  if (*job.subject.site->timezone != '\0') data.set("TimezoneOffsetFromUTC", job.subject.site->timezone);
}

// PS3.3 C.7.5.1. The serial number follows from site and device.
void set_equipment(Draft& data, const StudyJob& job, const SeriesPlan& series) {
  const std::string where = std::string(job.subject.site->id) + "/" + series.device->model;
  data.set("Manufacturer", series.device->manufacturer)
      .set("ManufacturerModelName", series.device->model)
      .set("SoftwareVersions", series.device->software)
      .set("InstitutionName", job.subject.site->name)
      .set("StationName", std::string(job.subject.site->id) + "-" + series.modality)
      .set("DeviceSerialNumber", "DEMO" + std::to_string(Dice(0, where).next() % 90000 + 10000));
}

}  // namespace

Point Grid::at(unsigned column, unsigned row) const {
  const float a = spacing * static_cast<float>(column), d = spacing * static_cast<float>(row);
  return {corner.x + a * across.x + d * down.x, corner.y + a * across.y + d * down.y,
          corner.z + a * across.z + d * down.z};
}

Grid Grid::around(Point centre, unsigned columns, unsigned rows, float spacing, Point across, Point down) {
  const float a = 0.5f * spacing * static_cast<float>(columns - 1),
              d = 0.5f * spacing * static_cast<float>(rows - 1);
  const Point corner{centre.x - a * across.x - d * down.x, centre.y - a * across.y - d * down.y,
                     centre.z - a * across.z - d * down.z};
  return {columns, rows, spacing, corner, across, down};
}

Draft code(std::string_view value, std::string_view scheme, std::string_view meaning) {
  Draft item;
  item.set("CodeValue", value).set("CodingSchemeDesignator", scheme).set("CodeMeaning", meaning);
  return item;
}

void set_code(Draft& data, std::string_view keyword, std::string_view value, std::string_view scheme,
              std::string_view meaning) {
  data.set_items(keyword, {code(value, scheme, meaning)});
}

Draft series_modules(const StudyJob& job, const SeriesPlan& series) {
  Draft data;
  set_patient(data, job.subject);
  set_trial(data, job);
  set_study(data, job);
  set_equipment(data, job, series);
  const std::string time = later(job.study.time, 60 * series.minutes);
  data.set("Modality", series.modality)
      .set("SeriesInstanceUID", series_uid(job, series.number))
      .set_number("SeriesNumber", series.number)
      .set("SeriesDate", job.study.date)
      .set("SeriesTime", time)
      .set("SeriesDescription", series.description)
      .set("BodyPartExamined", series.body_part);
  if (!series.protocol.empty()) data.set("ProtocolName", series.protocol);
  return data;
}

void set_instance(Draft& data, const StudyJob& job, const SeriesPlan& series, std::string_view sop_class,
                  unsigned number) {
  const std::string time = later(job.study.time, 60 * series.minutes + static_cast<int>(number));
  data.set("SOPClassUID", sop_class)
      .set("SOPInstanceUID", instance_uid(job, series.number, number))
      .set("InstanceCreationDate", job.study.date)
      .set("InstanceCreationTime", time)
      .set_number("InstanceNumber", number)
      .set("ContentDate", job.study.date)
      .set("ContentTime", time)
      .set("AcquisitionDate", job.study.date)
      .set("AcquisitionTime", time)
      .set("ImageComments", kComment)
      .set("BurnedInAnnotation", "NO")
      .set("LossyImageCompression", "00");
}

void set_frame_of_reference(Draft& data, const StudyJob& job) {
  data.set("FrameOfReferenceUID",
           uid_of(job.seed, job.subject.position + "/" + std::to_string(job.study.number) + "/frame"))
      .set("PositionReferenceIndicator");
}

void set_plane(Draft& data, const Grid& grid, double thickness) {
  const auto& [columns, rows, spacing, corner, across, down] = grid;
  data.set("PixelSpacing", {spacing, spacing})
      .set("ImageOrientationPatient", {across.x, across.y, across.z, down.x, down.y, down.z})
      .set("ImagePositionPatient", {corner.x, corner.y, corner.z})
      .set("SliceThickness", {thickness})
      // The position along the normal of the plane.
      .set("SliceLocation", {corner.x * (across.y * down.z - across.z * down.y) +
                             corner.y * (across.z * down.x - across.x * down.z) +
                             corner.z * (across.x * down.y - across.y * down.x)});
}

void set_pixels(Draft& data, const Grid& grid, unsigned bits, bool is_signed,
                const std::vector<std::int16_t>& pixels) {
  std::string bytes(pixels.size() * 2, '\0');
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const auto value = static_cast<std::uint16_t>(pixels[i]);
    bytes[2 * i] = static_cast<char>(value & 0xFF);
    bytes[2 * i + 1] = static_cast<char>(value >> 8);
  }
  data.set("SamplesPerPixel", {1})
      .set("PhotometricInterpretation", "MONOCHROME2")
      .set_number("Rows", grid.rows)
      .set_number("Columns", grid.columns)
      .set("BitsAllocated", {16})
      .set_number("BitsStored", bits)
      .set_number("HighBit", bits - 1)
      .set_number("PixelRepresentation", is_signed ? 1 : 0)
      .set_bytes("PixelData", "OW", std::move(bytes));
}

void set_window(Draft& data, double centre, double width) {
  data.set_number("WindowCenter", centre).set_number("WindowWidth", width);
}

std::string series_uid(const StudyJob& job, unsigned series) {
  return uid_of(job.seed,
                job.subject.position + "/" + std::to_string(job.study.number) + "/" + std::to_string(series));
}

std::string instance_uid(const StudyJob& job, unsigned series, unsigned number) {
  return uid_of(job.seed, job.subject.position + "/" + std::to_string(job.study.number) + "/" +
                              std::to_string(series) + "/" + std::to_string(number));
}

Result<void> put(const StudyJob& job, const SeriesPlan& series, unsigned number, const Draft& data) {
  return job.put(job.subject.subject_id + "/study" + std::to_string(job.study.number) + "/" +
                     padded(series.number, 2) + "-" + series.modality + "/" + padded(number, 4) + ".dcm",
                 data);
}

Result<void> draw_study(const StudyJob& job) {
  switch (job.subject.cohort) {
    case Cohort::Lung:
      return draw_lung_study(job);
    case Cohort::Prostate:
      return draw_prostate_study(job);
    case Cohort::Breast:
      break;
  }
  return draw_breast_study(job);
}

}  // namespace gateway::demo
