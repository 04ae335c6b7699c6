#include "gateway/fhir/export.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "gateway/base/ids.h"
#include "gateway/base/log.h"
#include "gateway/fhir/export_writer.h"
#include "gateway/fhir/respond.h"

namespace gateway::fhir {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kSecond = 1'000'000;
constexpr const char* kManifest = "/manifest.json";
constexpr std::uint64_t kMaxManifest = 1 << 20;

// Written beside and renamed, so that a manifest is there whole or not at all.
Result<void> write_manifest(const std::string& folder, const std::string& manifest) {
  const std::string beside = folder + "/manifest.part";
  std::ofstream file(beside, std::ios::binary);
  file << manifest;
  file.close();
  std::error_code fault;
  if (file) fs::rename(beside, folder + kManifest, fault);
  if (!file || fault)
    return fail(ErrorCode::StoreFailed, "the manifest of the export cannot be written", {}, fault.message());
  return {};
}

// How long ago it was written, by the clock that files have; 0: unknown, or it lies in the future.
std::int64_t age_us(const fs::path& path) {
  std::error_code fault;
  const auto written = fs::last_write_time(path, fault);
  if (fault) return 0;
  const auto age = fs::file_time_type::clock::now() - written;
  return std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::microseconds>(age).count());
}

}  // namespace

Result<std::unique_ptr<Exports>> Exports::open(const FhirFace& face, std::string folder) {
  auto exports = std::unique_ptr<Exports>(new Exports(face, std::move(folder)));
  TRY_VOID(exports->read_folder());
  return exports;
}

// The jobs of before a restart: complete ones are here again, others say that they were interrupted.
Result<void> Exports::read_folder() {
  std::error_code fault;
  fs::create_directories(folder_, fault);
  if (fault) return fail(ErrorCode::StoreFailed, "the folder of exports cannot be made", {}, fault.message());
  for (const auto& entry : fs::directory_iterator(folder_, fault)) {
    if (!entry.is_directory()) continue;
    Job job;
    std::int64_t age = age_us(entry.path());
    if (auto manifest = read_file(entry.path().string() + kManifest, kMaxManifest)) {
      job.state.kind = ExportState::Kind::Done;
      job.state.manifest = std::move(*manifest);
      age = age_us(entry.path().string() + kManifest);
    } else {
      job.state.kind = ExportState::Kind::Failed;
      job.state.manifest =
          outcome_json(fail(ErrorCode::StoreBusy, "the export was interrupted by a restart: ask again"));
    }
    job.state.expires_us = face_.now_us() - age + face_.config().export_keep_s * kSecond;
    jobs_.emplace(entry.path().filename().string(), std::move(job));
  }
  return {};
}

void Exports::start() {
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
}

void Exports::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (auto& [id, job] : jobs_) job.cancelled->store(true);
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<std::string> Exports::begin(ExportRequest request) {
  sweep();
  const std::string id = make_uuid7(face_.now_us());
  const std::lock_guard lock(mutex_);
  const auto waiting = std::count_if(jobs_.begin(), jobs_.end(), [](const auto& job) {
    return job.second.state.kind == ExportState::Kind::Waiting;
  });
  if (jobs_.size() >= kMaxJobs || static_cast<std::size_t>(waiting) >= kMaxWaiting)
    return fail(ErrorCode::TooManyRequests, "too many exports are kept or wait: delete one, or try later");
  Job job;
  job.request = std::move(request);
  job.state.progress = "waiting";
  jobs_.emplace(id, std::move(job));
  changed_.notify_all();
  return id;
}

std::optional<ExportState> Exports::state(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end()) return std::nullopt;
  return found->second.state;
}

bool Exports::remove(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end()) return false;
  found->second.cancelled->store(true);
  jobs_.erase(found);
  std::error_code ignored;
  fs::remove_all(folder_ + "/" + id, ignored);
  return true;
}

Result<std::string> Exports::file(const std::string& id, const std::string& name) const {
  const auto known = state(id);
  const bool plain = name.ends_with(".ndjson") && name.find('/') == std::string::npos;
  const std::string path = folder_ + "/" + id + "/" + name;
  std::error_code fault;
  if (!known || known->kind != ExportState::Kind::Done || !plain || !fs::is_regular_file(path, fault))
    return fail(ErrorCode::NotFound, "there is no such file of an export");
  return path;
}

void Exports::finish(const std::string& id, const Result<std::string>& manifest) {
  const std::string folder = folder_ + "/" + id;
  Result<void> written;
  if (manifest) written = write_manifest(folder, *manifest);
  const std::lock_guard lock(mutex_);
  const auto found = jobs_.find(id);
  std::error_code ignored;
  if (found == jobs_.end()) {  // deleted meanwhile
    fs::remove_all(folder, ignored);
    return;
  }
  ExportState& state = found->second.state;
  state.expires_us = face_.now_us() + face_.config().export_keep_s * kSecond;
  state.kind = manifest && written ? ExportState::Kind::Done : ExportState::Kind::Failed;
  if (state.kind == ExportState::Kind::Done) {
    state.manifest = *manifest;
    return;
  }
  const Error& error = manifest ? written.error() : manifest.error();
  log::warning("export failed", {{"job", id}, {"reason", error.text()}, {"detail", error.detail}});
  state.manifest = outcome_json(error);
}

bool Exports::run_one() {
  std::string id;
  ExportRequest request;
  std::shared_ptr<std::atomic<bool>> cancelled;
  {
    const std::lock_guard lock(mutex_);
    const auto next = std::find_if(jobs_.begin(), jobs_.end(), [](const auto& job) {
      return job.second.state.kind == ExportState::Kind::Waiting;
    });
    if (next == jobs_.end() || stopping_) return false;
    id = next->first;
    request = next->second.request;
    cancelled = next->second.cancelled;
    next->second.state.kind = ExportState::Kind::Running;
  }
  const auto tell = [&](std::string progress) {
    const std::lock_guard lock(mutex_);
    if (const auto found = jobs_.find(id); found != jobs_.end())
      found->second.state.progress = std::move(progress);
    return !cancelled->load();
  };
  const std::string folder = folder_ + "/" + id;
  std::error_code fault;
  fs::create_directories(folder, fault);
  finish(id, ExportWriter(face_, request, id, folder, tell).run());
  return true;
}

void Exports::sweep() {
  const std::lock_guard lock(mutex_);
  std::error_code ignored;
  for (auto job = jobs_.begin(); job != jobs_.end();) {
    const std::int64_t expires = job->second.state.expires_us;
    const bool over = expires != 0 && expires <= face_.now_us();
    if (over) fs::remove_all(folder_ + "/" + job->first, ignored);
    job = over ? jobs_.erase(job) : std::next(job);
  }
}

void Exports::run() {
  while (true) {
    while (run_one()) {
    }
    sweep();
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(30), [&] {
      return stopping_ || std::any_of(jobs_.begin(), jobs_.end(), [](const auto& job) {
               return job.second.state.kind == ExportState::Kind::Waiting;
             });
    });
    if (stopping_) return;
  }
}

}  // namespace gateway::fhir
