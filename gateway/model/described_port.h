// Described studies: records of the image index that come from what another system says of a study (a FHIR
// ImagingStudy), without any of its DICOM objects having been seen.
//
// They are found, counted and retrieved like the others as far as the description goes. DICOM objects win:
// a study of which one object is indexed takes no description, and one that comes later takes its place.
// Plain data and a port; implementations are thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gateway/model/ports.h"

namespace gateway::model {

struct DescribedSeries {
  IndexEntry head;                    // subject, study and series; json.series and the metadata of these
  std::uint64_t instance_count = 0;   // as it is said, which may be more than are listed
  std::vector<IndexEntry> instances;  // those that are listed
};

struct DescribedStudy {
  std::string resource;  // who says so: "ImagingStudy/1". A resource describes one study
  std::string address;   // where its objects are retrieved by WADO-RS; empty: not said
  IndexEntry head;       // subject and study; json.study and the metadata of these
  std::vector<std::string> modalities;
  std::uint64_t series_count = 0, instance_count = 0;  // as it is said
  std::vector<DescribedSeries> series;
};

// What a resource describes from now on, in place of what it described before.
struct RecordChange {
  std::string resource;
  std::shared_ptr<const DescribedStudy> study;  // null: nothing
  bool later = false;  // nothing changes now: ResourceStore::undescribed() lists the resource from now on
};

// What is known of a study, to make entries of.
struct Description {
  std::string resource;
  StudyRow row;  // counts as they are said
  std::string address;
  std::vector<std::string> series_addresses;  // of each series; empty: that of the study
};

class StudyDescriber {
 public:
  virtual ~StudyDescriber() = default;
  // The entries, with all that they refer to in the blob store, durably. Errors: InvalidParameter for what
  // DICOM cannot hold; those of the blob store.
  virtual Result<std::shared_ptr<const DescribedStudy>> describe(const Description& description) = 0;
};

}  // namespace gateway::model
