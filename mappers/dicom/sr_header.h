// What a document says beside its content tree: who and what made it, its state, what it refers to (PS3.3
// sections C.17.1, C.17.2 and C.17.3). Private to this folder. Pure; thread-safe.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/model/report.h"
#include "mappers/dicom/dataset.h"

namespace mappers::dicom::sr {

using gateway::model::StructuredReport;

const std::vector<DataSet>& items_of(const DataSet& data, std::uint32_t tag);
std::string text(const DataSet& data, std::uint32_t tag);

// Which study and series an object belongs to: of the evidence (0040,A375), (0040,A385), and of the series
// (0008,1115) and other studies (0008,1200) that images refer to.
class Evidence {
 public:
  struct Place {
    std::string study_uid, series_uid;
  };
  explicit Evidence(const DataSet& data);
  const Place* find(std::string_view sop_instance_uid) const;  // nullptr: not named
  const std::vector<std::string>& studies() const { return studies_; }

 private:
  void add_series(const DataSet& series, const std::string& study_uid);
  void add_studies(const DataSet& data, std::uint32_t sequence);

  std::unordered_map<std::string, Place> places_;
  std::vector<std::string> studies_;
  std::set<std::string> seen_;  // the same
};

// Identity, dates, state, equipment, accession number, verifying observers, coding schemes. UIDs that are
// absent stay empty.
void read_header(const DataSet& data, StructuredReport& report);

}  // namespace mappers::dicom::sr
