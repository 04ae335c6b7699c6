// Observations of a report: measurements, evaluations, groups of them, dose (FHIR R4 Observation). Private to
// this folder. One thread.
#pragma once

#include <string>
#include <vector>

#include "mappers/fhir/report_actors.h"
#include "mappers/fhir/report_parts.h"

namespace mappers::fhir::report {

using gateway::model::ReportGroup;

// What holds for a statement because it holds for what it is part of.
struct Heritage {
  std::vector<std::string> performers, focus;
  std::vector<ReportSite> sites;
  std::string tracking_id, tracking_uid, device, observed;
};

class ObservationWriter {
 public:
  explicit ObservationWriter(Parts& parts) : parts_(parts) {}

  // "Observation/id" of what was put; empty when there are too many, or when nothing may be said.
  std::string put_item(const ReportItem& item, const Heritage& from);
  std::string put_group(const ReportGroup& group, const Heritage& from);
  // Accumulated dose and events of a dose report (ObservationRadiationDoseEuImaging).
  std::string put_dose(const Heritage& from);

 private:
  struct Facts;  // what the head of an Observation says
  std::string put_event(const ReportGroup& group, const Heritage& from);
  Heritage pass_on(const ReportGroup& group, const Heritage& from);
  void write_head(JsonObject& object, const Facts& facts, const Heritage& from);
  void add_identifiers(JsonObject& object, const Facts& facts);
  void add_code(JsonObject& object, const Facts& facts);
  void add_site(JsonObject& object, const std::vector<ReportSite>& sites, const std::string& tracking_id,
                const std::string& tracking_uid);
  void add_finding(JsonObject& object, const ReportGroup& group);
  void add_sources(JsonObject& object, const std::vector<ReportReference>& references);
  static void add_device(JsonObject& object, const std::string& device);

  Parts& parts_;
};

}  // namespace mappers::fhir::report
