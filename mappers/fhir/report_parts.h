// What the resources of one report share: ids, references, moments, identifiers, and where they are put.
// Private to this folder. One thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "mappers/fhir/json_writer.h"
#include "mappers/fhir/report.h"

namespace mappers::fhir::report {

using gateway::model::Code;
using gateway::model::ReportAlgorithm;
using gateway::model::ReportDevice;
using gateway::model::ReportItem;
using gateway::model::ReportReference;
using gateway::model::ReportSite;
using gateway::model::StructuredReport;

// Elements that DICOM names and no other code system does (HL7 Europe Imaging).
inline constexpr std::string_view kElements =
    "http://hl7.eu/fhir/imaging/CodeSystem/codesystem-missing-dicom-terminology";

inline constexpr std::size_t kMostInherited = 16;  // references that all statements within another repeat

class Parts {
 public:
  Parts(const StructuredReport& report, const gateway::model::StudyRow& study, const RenderOptions& options,
        RenderedReport& out);

  const StructuredReport& report;
  const RenderOptions& options;

  // "sop-...-" and a suffix; digests where a path is too long.
  std::string id(std::string_view suffix = {}) const;
  // Puts a resource there and gives "Type/id". Empty, with a finding, when there are too many.
  std::string put(std::string_view type, std::string id, std::string json);
  bool is_full() const;
  // The same, but one that was put already is not put again; `make(std::string& out, id)`.
  template <class Make>
  std::string put_once(std::string_view type, std::string_view suffix, const std::string& key, Make make) {
    const std::string name = std::string(type) + "\n" + key;
    if (const auto known = made_.find(name); known != made_.end()) return known->second;
    const std::string made_id = id(std::string(suffix) + std::to_string(made_.size() + 1));
    std::string json;
    make(json, made_id);
    return made_[name] = put(type, made_id, std::move(json));
  }

  void add_subject(JsonObject& resource, std::string_view member = "subject") const;
  void add_order(JsonObject& resource) const;  // basedOn
  // ImagingStudy here, or by its UID; the own one for an empty UID.
  void append_study(std::string& out, const std::string& uid = {}) const;
  void add_study(JsonObject& resource, std::string_view member) const;      // the own one, as a list
  void add_moments(JsonObject& resource, std::string_view observed) const;  // effectiveDateTime, issued
  std::string observation_status() const;
  std::string moment_of(std::string_view dt) const;  // DT as dateTime; may be empty
  void note(std::string what, std::string where) {
    out_.findings.push_back({std::move(what), std::move(where)});
  }

  bool append_concept_of(std::string& out, const Code& code) const;
  void add_concept(JsonObject& object, std::string_view member, const Code& code) const;

 private:
  const gateway::model::StudyRow& study_;
  RenderedReport& out_;
  std::size_t bytes_ = 0;  // of all that was put
  std::string base_;
  std::map<std::string, std::string> made_;
};

// Identifiers of DICOM: `tag` is the code in kElements, `dcm` one of DCM or empty.
void append_uid(std::string& out, std::string_view tag, std::string_view name, std::string_view dcm,
                std::string_view uid);
void append_reference(std::string& out, std::string_view reference);
// "member":[{"reference":...}], left out when there is none.
void add_references(JsonObject& object, std::string_view member, const std::vector<std::string>& references);

}  // namespace mappers::fhir::report
