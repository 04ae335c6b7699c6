#include "mappers/dicom/sr_dose.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "mappers/dicom/sr_codes.h"

namespace mappers::dicom::sr {
namespace {

using gateway::model::ReportGroup;
using gateway::model::ReportItem;
using gateway::model::StructuredReport;
using Kind = ReportGroup::Kind;
using ValueKind = gateway::model::ReportValue::Kind;

template <class T>
void append(std::vector<T>& to, std::vector<T>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

// A part that no sibling has the name of is no thing of its own: CT Dose, Dose Check Details. The parameters
// of two X-ray sources stay apart.
void dissolve_parts(ReportGroup& group) {
  std::map<std::pair<std::string, std::string>, int> named;
  const auto count = [&](const ReportGroup& part) -> int& {
    return named[{part.name.scheme, part.name.value}];
  };
  for (const ReportGroup& part : group.groups) ++count(part);
  std::vector<bool> apart;
  for (const ReportGroup& part : group.groups)
    apart.push_back(count(part) > 1 || part.kind != Kind::Section || !part.uid.empty() ||
                    !part.tracking_uid.empty());
  std::vector<ReportGroup> kept;
  for (std::size_t i = 0; i < apart.size(); ++i) {
    ReportGroup& part = group.groups[i];
    dissolve_parts(part);
    if (apart[i]) {
      kept.push_back(std::move(part));
      continue;
    }
    append(group.items, part.items);
    append(group.properties, part.properties);
    append(group.sites, part.sites);
    append(group.references, part.references);
    append(kept, part.groups);
  }
  group.groups = std::move(kept);
}

// TID 10003 and 10013 (Irradiation Event UID, DateTime Started, Target Region), TID 10022
void settle_event(ReportGroup& event) {
  const auto taken = [&](const ReportItem& item) {
    const bool uid = kEventUid.names(item.name) || kAdministrationUid.names(item.name);
    if (uid && item.value.kind == ValueKind::Uid && event.uid.empty()) {
      event.uid = item.value.text;
      return true;
    }
    if (names_any(kEventStarts, item.name) && item.value.kind == ValueKind::DateTime &&
        event.observed.empty()) {
      event.observed = item.value.text;
      return true;
    }
    if (!kTargetRegion.names(item.name) || item.value.kind != ValueKind::Coded) return false;
    event.sites.push_back({item.value.code, {}, {}});
    if (!item.sites.empty()) event.sites.back().laterality = item.sites.front().laterality;
    return true;
  };
  std::erase_if(event.items, taken);
  std::erase_if(event.properties, taken);
}

}  // namespace

bool is_dose_report(const StructuredReport& report) {
  const auto has = [&](Kind kind) {
    return std::any_of(report.groups.begin(), report.groups.end(),
                       [&](const ReportGroup& group) { return group.kind == kind; });
  };
  return names_any(kDoseReports, report.title) || has(Kind::AccumulatedDose) || has(Kind::IrradiationEvent);
}

void settle_dose(StructuredReport& report) {
  report.kind = StructuredReport::Kind::Dose;
  for (ReportGroup& group : report.groups) {
    dissolve_parts(group);
    if (group.kind == Kind::IrradiationEvent) settle_event(group);
  }
}

}  // namespace mappers::dicom::sr
