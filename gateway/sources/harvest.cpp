#include "gateway/sources/harvest.h"

#include "gateway/base/ids.h"
#include "gateway/base/json_text.h"
#include "gateway/base/log.h"
#include "gateway/sources/answers.h"
#include "gateway/sources/json_array.h"
#include "gateway/sources/study_list.h"

namespace gateway::sources {
namespace {

using Phase = HarvestState::Phase;

constexpr std::int64_t kSaveEvery_us = 2'000'000;
constexpr std::uint64_t kSmallStudy = 256;  // instances of a study that is taken in one request
// Of an answer, what may differ though the study is the same: places and states, not content.
constexpr std::string_view kPassing[] = {"00080005", "00080054", "00080056", "00081190", "00083002"};

std::string fingerprint(const Value& answer) {
  Value kept = answer;
  std::erase_if(*kept.as_map(), [](const auto& member) {
    return std::find(std::begin(kPassing), std::end(kPassing), member.first) != std::end(kPassing);
  });
  return to_json(kept);
}

Result<std::vector<Value>> series_of(const Source& source, const std::string& study_uid) {
  model::RemoteQuery query;
  query.level = model::Level::Series;
  query.keys = {{0x0020000D, study_uid}, {0x0020000E, ""}, {0x00080060, ""}, {0x00201209, ""}};
  std::vector<Value> series;
  std::optional<Error> broken;
  TRY_VOID(source.remote->find(query, [&](const std::string& json) {
    auto answer = read_answer(json);
    if (!answer.ok())
      broken = answer.error();
    else
      series.push_back(std::move(*answer));
    return !broken;
  }));
  if (broken)
    return fail(ErrorCode::BadGateway, source.name() + " sent what cannot be read: " + broken->text());
  std::sort(series.begin(), series.end(), [](const Value& a, const Value& b) {
    return text_of(a, key::kSeriesUid) < text_of(b, key::kSeriesUid);
  });
  return series;
}

// Faults of our own end a run: they would be the same for the next study.
bool is_ours(const Error& error) {
  return error.code == ErrorCode::StoreFailed || error.code == ErrorCode::StoreBusy ||
         error.code == ErrorCode::Overloaded || error.code == ErrorCode::Internal;
}

}  // namespace

Harvest::Harvest(const Source& source, Taker& taker, model::HarvestStore& store, const Clock& clock)
    : source_(source), taker_(taker), store_(store), clock_(clock) {
  if (const auto kept = store.state(source.name()); kept.ok()) state_ = parse_state(*kept);
}

HarvestState Harvest::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

void Harvest::change(const std::function<void(HarvestState&)>& change) {
  const std::lock_guard lock(mutex_);
  change(state_);
  state_.updated_us = clock_.utc_us();
}

Result<void> Harvest::save() {
  saved_us_ = clock_.steady_us();
  return store_.set_state(source_.name(), to_text(state()));
}

Result<void> Harvest::run() {
  change([&](HarvestState& state) {
    const bool resumed =
        state.phase == Phase::Running || state.phase == Phase::Stopped || state.phase == Phase::Failed;
    HarvestState fresh;
    fresh.cursor = resumed ? state.cursor : "";
    fresh.runs = state.runs + 1;
    fresh.phase = Phase::Running;
    fresh.started_us = clock_.utc_us();
    state = fresh;
  });
  TRY(save());
  auto walked = walk();
  change([&](HarvestState& state) {
    state.finished_us = clock_.utc_us();
    state.phase = !walked.ok() ? Phase::Failed : stop_ ? Phase::Stopped : Phase::Done;
    if (!walked.ok()) state.last_error = walked.error().text();
    if (state.phase == Phase::Done) state.cursor.clear();
  });
  TRY(save());
  const HarvestState end = state();
  log::info("source_harvest", {{"source", source_.name()},
                               {"phase", name_of(end.phase)},
                               {"studies", end.studies_seen},
                               {"taken", end.studies_taken},
                               {"instances", end.instances_new},
                               {"error", end.last_error}});
  return walked;
}

Result<void> Harvest::walk() {
  StudyList list(source_, state().cursor, clock_.utc_us());
  while (!stop_) {
    const auto studies = TRY(list.next());
    if (!studies) return {};
    for (const Value& study : *studies) {
      if (stop_) return {};
      TRY(visit(study));
      if (clock_.steady_us() - saved_us_ >= kSaveEvery_us) TRY(save());
    }
    change([&](HarvestState& state) { state.cursor = list.cursor(); });
    TRY(save());
  }
  return {};
}

Result<void> Harvest::visit(const Value& study) {
  const std::string uid = text_of(study, key::kStudyUid);
  change([](HarvestState& state) { ++state.studies_seen; });
  auto visited = [&]() -> Result<void> {
    if (uid.empty()) return fail(ErrorCode::BadGateway, source_.name() + " names a study without UID");
    const std::string mark = TRY(mark_of(study, uid));
    const auto known = TRY(store_.mark(source_.name(), uid));
    if (!known || *known != mark) return take(study, uid, mark);
    change([](HarvestState& state) { ++state.studies_unchanged; });
    return {};
  }();
  if (visited.ok()) return {};
  change([&](HarvestState& state) {
    ++state.studies_failed;
    state.last_problem = visited.error().text();
  });
  const bool down = source_.remote->breaker().state != BreakerView::State::Closed;
  if (down || is_ours(visited.error())) return visited;
  return {};
}

// Counts are optional in C-FIND (PS3.4 C.6.2.1.2): without them the series of the study speak for it.
Result<std::string> Harvest::mark_of(const Value& study, const std::string& uid) const {
  std::string text = fingerprint(study);
  if (!count_of(study, key::kStudyInstances))
    for (const Value& series : TRY(series_of(source_, uid))) text += fingerprint(series);
  return sha256_hex(text);
}

Result<void> Harvest::take(const Value& study, const std::string& uid, const std::string& mark) {
  const TakeReport report = TRY(take_below(study, uid));
  count(report);
  if (stop_) return {};
  if (report.failed > 0)
    return fail(ErrorCode::BadGateway,
                source_.name() + " could not send " + std::to_string(report.failed) + " objects of a study");
  TRY(store_.set_mark(source_.name(), uid, mark));
  change([](HarvestState& state) { ++state.studies_taken; });
  return {};
}

// A large study comes series by series, so that none of the answers is too long.
Result<TakeReport> Harvest::take_below(const Value& study, const std::string& uid) {
  const auto instances = count_of(study, key::kStudyInstances);
  if (instances && *instances <= kSmallStudy) return taker_.take(source_, {uid, {}, {}});
  TakeReport all;
  for (const Value& series : TRY(series_of(source_, uid))) {
    if (stop_) break;
    const TakeReport one = TRY(taker_.take(source_, {uid, text_of(series, key::kSeriesUid), {}}));
    all.fresh += one.fresh;
    all.known += one.known;
    all.conflicts += one.conflicts;
    all.refused += one.refused;
    all.failed += one.failed;
    if (!one.problem.empty()) all.problem = one.problem;
  }
  return all;
}

void Harvest::count(const TakeReport& report) {
  change([&](HarvestState& state) {
    state.instances_new += report.fresh;
    state.instances_known += report.known;
    state.conflicts += report.conflicts;
    state.refused += report.refused;
    if (!report.problem.empty()) state.last_problem = report.problem;
  });
}

}  // namespace gateway::sources
