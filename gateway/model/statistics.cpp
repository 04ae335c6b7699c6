#include "gateway/model/statistics.h"

#include <algorithm>
#include <string_view>

#include "gateway/base/text.h"
#include "gateway/model/quality.h"

namespace gateway::model {
namespace {

constexpr std::string_view kStorage = "1.2.840.10008.5.1.4.1.1.";

// PS3.4 table B.5-1: .66.4 segmentation, .66.5 surface and .66.7 label map segmentation; .88.x structured
// reports; .481.3 RT structure set.
bool is_of(std::string_view sop_class, DerivedKind kind) {
  if (!sop_class.starts_with(kStorage)) return false;
  const std::string_view rest = sop_class.substr(kStorage.size());
  switch (kind) {
    case DerivedKind::Segmentation:
      return rest == "66.4" || rest == "66.5" || rest == "66.7";
    case DerivedKind::StructuredReport:
      return rest.starts_with("88.");
    case DerivedKind::RtStructureSet:
      return rest == "481.3";
  }
  return false;
}

std::uint64_t sum(const SelectionStatistics& statistics, DerivedKind kind,
                  std::uint64_t CountedValue::*figure) {
  std::uint64_t total = 0;
  for (const CountedValue& value : statistics.sop_classes)
    if (is_of(value.value, kind)) total += value.*figure;
  return total;
}

}  // namespace

std::uint64_t count_instances(const SelectionStatistics& statistics, DerivedKind kind) {
  return sum(statistics, kind, &CountedValue::instances);
}

std::uint64_t count_studies(const SelectionStatistics& statistics, DerivedKind kind) {
  return std::min(sum(statistics, kind, &CountedValue::studies), statistics.studies);
}

bool take_empty_mark(std::string& vr) {
  bool marked = false;
  for (char& letter : vr) {
    if (letter < 'a' || letter > 'z') continue;
    letter = static_cast<char>(letter - 'a' + 'A');
    marked = true;
  }
  return marked;
}

std::string with_empty_mark(std::string_view vr) { return gateway::lower(vr); }

std::string_view name_of(Defect defect) {
  switch (defect) {
    case Defect::DuplicateUid:
      return "duplicate-uid";
    case Defect::SexConflict:
      return "sex-conflict";
    case Defect::BirthDateConflict:
      return "birth-date-conflict";
    case Defect::PatientConflict:
      return "patient-conflict";
    case Defect::ModalityConflict:
      return "modality-conflict";
    case Defect::GeometryConflict:
      return "geometry-conflict";
    case Defect::BadValue:
      return "bad-value";
    case Defect::ReplacedObject:
      return "replaced-object";
  }
  return "unknown";
}

}  // namespace gateway::model
