#include "gateway/store/defects.h"

namespace gateway::store {
namespace {

using model::Defect;
using model::ObjectDefect;

constexpr std::uint32_t kPatientId = 0x00100020, kBirthDate = 0x00100030, kSex = 0x00100040,
                        kModality = 0x00080060, kRows = 0x00280010;

bool differ(const std::string& a, const std::string& b) { return !a.empty() && !b.empty() && a != b; }

}  // namespace

std::int64_t defect_kind(const ObjectDefect& defect) {
  return static_cast<std::int64_t>(defect.defect) << 32 | defect.tag;
}

ObjectDefect parse_defect_kind(std::int64_t kind) {
  return {static_cast<Defect>(kind >> 32), static_cast<std::uint32_t>(kind & 0xFFFFFFFF)};
}

std::string matrix_text(const model::ImagingObject& object) {
  const auto& instance = object.instance;
  if (!instance.rows || !instance.columns || *instance.rows <= 0 || *instance.columns <= 0) return {};
  return std::to_string(*instance.rows) + '\\' + std::to_string(*instance.columns) + '\\' +
         object.series.pixel_spacing;
}

std::vector<ObjectDefect> disagreements(const model::Subject& subject, const model::Series& series,
                                        std::string_view matrix, const model::ImagingObject& object) {
  std::vector<ObjectDefect> found;
  if (differ(subject.patient_id, object.subject.patient_id)) {
    found.push_back({Defect::PatientConflict, kPatientId});
  } else {
    if (differ(subject.sex, object.subject.sex)) found.push_back({Defect::SexConflict, kSex});
    if (differ(subject.birth_date, object.subject.birth_date))
      found.push_back({Defect::BirthDateConflict, kBirthDate});
  }
  if (differ(series.modality, object.series.modality)) found.push_back({Defect::ModalityConflict, kModality});
  const std::string own = matrix_text(object);
  if (!own.empty() && !matrix.empty() && own != matrix) found.push_back({Defect::GeometryConflict, kRows});
  return found;
}

}  // namespace gateway::store
