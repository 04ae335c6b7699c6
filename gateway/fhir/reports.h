// Reports: what documents among the images say, as resources of the store (mappers/fhir/report.h).
//
// One thread looks at the studies that changed and have documents, key objects, segmentations or structure
// sets, reads each such object once and keeps what it says with the origin "sop:<SOP Instance UID>":
// clients search and read it like all resources and cannot change it. A Provenance lists what was made of an
// object; what an object says no more is deleted with the next look. The place in the index is kept, so that
// a restart goes on where it was; a new release of the mapping begins again. The same object gives the same
// resources: nothing is written for what is there already. Objects in other systems are read from their
// metadata, none is fetched. What cannot be read now is tried again, later each time; what was made of it
// stays meanwhile. Thread-safe; face and blobs must outlive it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "gateway/fhir/face.h"
#include "gateway/model/report.h"

namespace gateway::fhir {

class Reports {
 public:
  Reports(const FhirFace& face, const model::BlobStore& blobs) : face_(face), blobs_(blobs) {}
  ~Reports() { stop(); }
  Reports(const Reports&) = delete;
  Reports& operator=(const Reports&) = delete;

  void start();
  void stop();
  // Images came in: do not wait for the next look.
  void wake();

  // One look at all that changed. Errors: those of index, blobs and store; the next look begins there again.
  Result<void> step();

 private:
  struct Cursor {
    std::int64_t studies_us = 0;  // of the studies that were looked at
    std::int64_t kept_us = 0;     // the same, as it is kept
    std::int64_t kept_at_us = 0;  // when
    std::int64_t version = -1;    // of what is kept; -1: not read yet
  };

  void run();
  bool is_stopping();
  Result<void> load_cursor();
  Result<void> keep_cursor();
  Result<void> look_at(const model::StudyRow& study);
  // Both give when the object is to be looked at again; 0: it is done.
  std::int64_t look_at(const model::StudyRow& study, const model::InstanceLocation& where);
  std::int64_t postpone(const model::InstanceLocation& where, const Error& error, bool is_written);
  Result<void> look_again();
  bool holds_cursor() const;
  Result<void> project(const model::StudyRow& study, const model::InstanceLocation& where,
                       const Result<model::StructuredReport>& report);

  const FhirFace& face_;
  const model::BlobStore& blobs_;
  std::mutex step_;
  Cursor cursor_;
  std::int64_t index_version_ = -1;
  std::unordered_map<std::int64_t, std::int64_t> studies_;  // id to version: looked at near the cursor
  std::unordered_map<std::string, std::string> done_;  // SOP Instance UID to where it lay, in which version
  struct Failure {
    int count = 0;
    bool is_written = false;    // it is the store that refused what the object says
    std::int64_t again_us = 0;  // when it is due
  };
  std::unordered_map<std::string, Failure> failures_;      // by SOP Instance UID
  std::unordered_map<std::string, std::int64_t> waiting_;  // studies with such objects, and when they are due

  std::mutex wait_;
  std::condition_variable changed_;
  bool stopping_ = false, woken_ = false;
  std::thread thread_;
};

// The writes that make the stored resources of an object those of `report`: none when they are so already.
// Errors: those of the store; Unprocessable when a client has a resource with such an id.
Result<std::vector<model::ResourceWrite>> report_writes(const FhirFace& face,
                                                        const model::StructuredReport& report,
                                                        const model::StudyRow& study);
// The same for an object that says nothing (any more).
Result<std::vector<model::ResourceWrite>> report_removal(const FhirFace& face,
                                                         std::string_view sop_instance_uid);

}  // namespace gateway::fhir
