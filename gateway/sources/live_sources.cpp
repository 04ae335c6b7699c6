#include "gateway/sources/live_sources.h"

#include <algorithm>
#include <chrono>

namespace gateway::sources {
namespace {

constexpr std::int64_t kKeep_ms = 30'000;
constexpr std::size_t kMostRows = 100'000;
constexpr std::size_t kThreadsASource = 4;

std::vector<const Source*> live_ones(const Sources& sources) {
  std::vector<const Source*> live;
  for (const auto& source : sources.all())
    if (source->options.mode == SourceOptions::Mode::Live) live.push_back(source.get());
  return live;
}

}  // namespace

// One source and one query; shared by who waits and who asks, because either may be done first.
struct LiveSources::Question {
  const Source* source = nullptr;
  LiveQuery query;
  std::uint64_t wanted = 0;
  std::atomic<bool> stop = false;
  std::mutex mutex;
  std::condition_variable moved;
  std::optional<Result<LiveAnswer>> result;

  void run() {
    if (stop) return;  // its time has passed in the queue: nobody waits, and the source has enough to do
    auto answer = ask_source(*source, query, wanted, stop);
    {
      const std::lock_guard lock(mutex);
      result = std::move(answer);
    }
    moved.notify_all();
  }

  Result<LiveAnswer> wait_until(std::chrono::steady_clock::time_point end) {
    std::unique_lock lock(mutex);
    if (moved.wait_until(lock, end, [&] { return result.has_value(); })) return std::move(*result);
    stop = true;
    return fail(ErrorCode::GatewayTimeout, source->name() + " did not answer in time");
  }
};

LiveSources::LiveSources(const Sources& sources, TagOfPath tag_of_path, const Clock& clock)
    : sources_(live_ones(sources)),
      tag_of_path_(std::move(tag_of_path)),
      cache_(clock, kKeep_ms, kMostRows),
      crew_(sources_.size() * kThreadsASource) {}

LiveSources::~LiveSources() = default;

std::vector<LiveResult> LiveSources::ask(const model::Query& query, std::uint64_t wanted) {
  std::vector<LiveResult> results;
  std::vector<std::shared_ptr<Question>> questions;
  const auto start = std::chrono::steady_clock::now();
  for (const Source* source : sources_) {
    LiveResult& result = results.emplace_back();
    auto& question = questions.emplace_back();
    result.source = source;
    auto made = make_live_query(query, source->options.identity, tag_of_path_);
    if (!made.ok()) {
      result.error =
          fail(made.error().code, source->name() + ": " + made.error().message, made.error().where);
      continue;
    }
    if ((result.answer = cache_.find(source->name() + '\x1F' + made->identity, wanted))) continue;
    question = std::make_shared<Question>();
    question->source = source;
    question->query = std::move(*made);
    question->wanted = wanted;
    if (!crew_.add([question] { question->run(); }))
      result.error = fail(ErrorCode::Overloaded, "too many searches wait for " + source->name());
  }
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i].answer || results[i].error) continue;
    auto answer = questions[i]->wait_until(start + std::chrono::milliseconds(sources_[i]->options.wait_ms));
    if (!answer.ok()) {
      results[i].error = answer.error();
      continue;
    }
    results[i].answer = std::make_shared<const LiveAnswer>(std::move(*answer));
    cache_.put(sources_[i]->name() + '\x1F' + questions[i]->query.identity, results[i].answer);
  }
  return results;
}

std::optional<Error> all_failed(const std::vector<LiveResult>& results) {
  std::vector<const Error*> errors;
  for (const LiveResult& result : results) {
    if (result.answer) return std::nullopt;
    if (result.error && result.error->code != ErrorCode::NotSupported) errors.push_back(&*result.error);
  }
  if (errors.empty()) return std::nullopt;
  if (errors.size() == 1) return *errors.front();
  std::string why;
  bool all_late = true;
  for (const Error* error : errors) {
    why += (why.empty() ? "" : "; ") + error->message;
    all_late = all_late && error->code == ErrorCode::GatewayTimeout;
  }
  return fail(all_late ? ErrorCode::GatewayTimeout : ErrorCode::BadGateway, "no source answered: " + why);
}

}  // namespace gateway::sources
