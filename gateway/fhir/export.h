// Exports: bulk export (Bulk Data Access 2.0.0) as jobs: system, all patients, or the patients of a Group.
//
// One thread works jobs off, one after the other. A job has a folder: one ndjson file a type, and at its end
// manifest.json, so that what is complete survives a restart; a job that a restart interrupted says so.
// Bounded in jobs, bytes and time: folders are removed when they expire. Thread-safe; the face must outlive
// it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "gateway/fhir/face.h"

namespace gateway::fhir {

// What is asked for.
struct ExportRequest {
  std::string url;  // of the kick-off, as the manifest repeats it
  Place place;
  bool patients_only = false;        // Patient and Group: the types of the patient compartment
  std::optional<std::string> group;  // id
  std::vector<std::string> types;    // empty: all that ExportWriter::types() names
  std::vector<std::pair<std::string, QueryPairs>> filters;  // _typeFilter: of one type, joined by or
  std::string elements;                                     // _elements
  std::string since;                                        // _since, an instant
};

struct ExportState {
  enum class Kind : std::uint8_t { Waiting, Running, Done, Failed };
  Kind kind = Kind::Waiting;
  std::string progress;  // for people: "ImagingStudy: 1200 resources"
  std::string manifest;  // Done: JSON; Failed: the OperationOutcome
  std::int64_t expires_us = 0;
};

class Exports {
 public:
  static constexpr std::size_t kMaxJobs = 64;  // kept, finished ones among them
  static constexpr std::size_t kMaxWaiting = 8;

  // Error: StoreFailed when the folder cannot be made or read.
  static Result<std::unique_ptr<Exports>> open(const FhirFace& face, std::string folder);
  ~Exports() { stop(); }
  void start();
  void stop();

  // The id of the new job. Error: TooManyRequests.
  Result<std::string> begin(ExportRequest request);
  std::optional<ExportState> state(const std::string& job) const;
  // Ends the job if it runs and forgets it. False: there is none.
  bool remove(const std::string& job);
  // Path of a file of a finished job. Error: NotFound.
  Result<std::string> file(const std::string& job, const std::string& name) const;
  // Works off one job that waits, in this thread. False: none does.
  bool run_one();
  // Removes what has expired.
  void sweep();

 private:
  struct Job {
    ExportRequest request;
    ExportState state;
    std::shared_ptr<std::atomic<bool>> cancelled = std::make_shared<std::atomic<bool>>(false);
  };
  Exports(const FhirFace& face, std::string folder) : face_(face), folder_(std::move(folder)) {}
  Result<void> read_folder();
  void run();
  void finish(const std::string& id, const Result<std::string>& manifest);

  const FhirFace& face_;
  const std::string folder_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Job> jobs_;  // by id, which grows with time
  bool stopping_ = false;
  std::thread thread_;
};

void add_export_routes(http::Router& router, const FhirFace& face);

}  // namespace gateway::fhir
