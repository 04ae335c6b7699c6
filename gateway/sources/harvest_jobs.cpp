#include "gateway/sources/harvest_jobs.h"

#include <algorithm>
#include <chrono>

#include "gateway/base/log.h"

namespace gateway::sources {
namespace {

constexpr std::int64_t kRetry_ms = 60'000;  // after a run that failed, at the latest
constexpr std::int64_t kNever_ms = 86'400'000;

// What is thrown, of memory say, ends the run and not the gateway.
Result<void> run_guarded(Harvest& harvest) {
  try {
    return harvest.run();
  } catch (const std::exception& fault) {
    return fail(ErrorCode::Internal, "the harvest broke off", {}, fault.what());
  }
}

}  // namespace

HarvestJobs::HarvestJobs(const Sources& sources, Taker& taker, model::HarvestStore& store, const Clock& clock)
    : clock_(clock) {
  for (const auto& source : sources.all()) {
    auto job = std::make_unique<Job>();
    job->harvest = std::make_unique<Harvest>(*source, taker, store, clock);
    jobs_.push_back(std::move(job));
  }
}

void HarvestJobs::stop() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    for (const auto& job : jobs_) job->harvest->stop();
  }
  moved_.notify_all();
}

HarvestJobs::~HarvestJobs() {
  stop();
  for (const auto& job : jobs_)
    if (job->thread.joinable()) job->thread.join();
}

void HarvestJobs::start() {
  for (const auto& job : jobs_) job->thread = std::thread([this, &job = *job] { work(job); });
}

// How long until the next run that nobody asks for; 0: it is due.
std::int64_t HarvestJobs::wait_ms(const Job& job) const {
  using Phase = HarvestState::Phase;
  const SourceOptions& options = job.harvest->source().options;
  const HarvestState state = job.harvest->state();
  if (options.mode != SourceOptions::Mode::Harvest || options.interval_s == 0) return kNever_ms;
  if (state.phase == Phase::Never || state.phase == Phase::Running) return 0;
  const std::int64_t interval = options.interval_s * 1000;
  const std::int64_t wanted = state.phase == Phase::Failed ? std::min(interval, kRetry_ms) : interval;
  return std::clamp<std::int64_t>(wanted - (clock_.utc_us() - state.finished_us) / 1000, 0, wanted);
}

void HarvestJobs::work(Job& job) {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    const auto wait = std::chrono::milliseconds(wait_ms(job));
    moved_.wait_for(lock, wait, [&] { return ending_ || job.requested; });
    if (ending_) return;
    if (!job.requested && wait_ms(job) > 0) continue;
    job.requested = false;
    job.running = true;
    job.harvest->forget_stop();
    lock.unlock();
    if (const auto run = run_guarded(*job.harvest); !run.ok())
      log::warning("source_harvest_failed",
                   {{"source", job.harvest->source().name()}, {"reason", run.error().text()}});
    lock.lock();
    job.running = false;
    // A store that takes no state would otherwise be asked without a pause.
    if (job.harvest->state().phase == HarvestState::Phase::Running)
      moved_.wait_for(lock, std::chrono::milliseconds(kRetry_ms), [&] { return ending_ || job.requested; });
  }
}

Result<HarvestJobs::Job*> HarvestJobs::find(std::string_view source) const {
  for (const auto& job : jobs_)
    if (job->harvest->source().name() == source) return job.get();
  return fail(ErrorCode::NotFound, "there is no source of this name");
}

Result<void> HarvestJobs::request(std::string_view source) {
  Job* job = TRY(find(source));
  {
    const std::lock_guard lock(mutex_);
    job->requested = !job->running;
  }
  moved_.notify_all();
  return {};
}

Result<void> HarvestJobs::cancel(std::string_view source) {
  Job* job = TRY(find(source));
  const std::lock_guard lock(mutex_);
  job->requested = false;
  if (job->running) job->harvest->stop();
  return {};
}

Result<HarvestState> HarvestJobs::state(std::string_view source) const {
  return TRY(find(source))->harvest->state();
}

}  // namespace gateway::sources
