#include "conformance/runner/run_case.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>

#include "conformance/runner/check.h"
#include "conformance/runner/fixture.h"
#include "conformance/runner/request_text.h"
#include "conformance/runner/wire.h"
#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"

namespace conformance {
namespace {

using gateway::ErrorCode;
using gateway::fail;
using gateway::Result;
using Outcome = CaseResult::Outcome;

constexpr std::int64_t kQuietMs = 250;  // how long a second response may take to show

// Words in `# needs:` that are off unless asked for.
bool is_optional(const std::string& need) { return need == "slow"; }

const std::string* missing_need(const Case& test, const RunOptions& options) {
  for (const std::string& need : test.needs) {
    const auto root = options.roots.find(need);
    const bool none = root != options.roots.end() && root->second == "none";
    if (none || options.without.contains(need) || (is_optional(need) && !options.with.contains(need)))
      return &need;
  }
  return nullptr;
}

// Why a case ends before its last step.
struct Stop {
  Outcome outcome = Outcome::Failed;
  std::string got;
};

class Session {
 public:
  Session(const Case& test, const RunOptions& options, std::size_t number)
      : test_(test), options_(options), variables_(options.roots) {
    variables_["host"] = options.endpoint.authority();
    variables_["base"] = (options.endpoint.tls ? "https://" : "http://") + options.endpoint.authority();
    variables_["crlf"] = "\r\n";
    variables_["run"] = options.run;
    variables_["uid"] = "2.25." + options.run + std::to_string(1000 + number);
    const auto slash = test.file.rfind('/');
    folder_ = slash == std::string::npos ? "." : test.file.substr(0, slash);
  }

  std::optional<Stop> run(const Step& step) {
    const auto done = std::visit([this](const auto& what) { return this->apply(what); }, step.what);
    if (done) return std::nullopt;
    const gateway::Error& error = done.error();
    // NotSupported is how a step says that the case does not apply here.
    return Stop{error.code == ErrorCode::NotSupported ? Outcome::Skipped : Outcome::Failed, error.text()};
  }

 private:
  Result<std::string> text(const std::string& pattern, Escapes escapes = Escapes::Replace) const {
    return expand(pattern, variables_, escapes);
  }

  static gateway::Error not_kept() {
    return fail(ErrorCode::Internal, "the server did not keep the connection open");
  }

  // The connection for the next request.
  Result<Wire*> connect(Connection wish) {
    const bool open = wire_ && wire_->usable() && wire_->read_rest(0) == Wire::Rest::Silent;
    if (wish == Connection::Same && !open) return not_kept();
    if (wish == Connection::Fresh || !open) {
      if (wire_) idle_.push_back(std::move(wire_));  // stays as it is until the case ends
      wire_ = TRY(Wire::open(options_.endpoint, test_.timeout_ms));
    }
    return wire_.get();
  }

  Result<void> apply(const SendStep& step) {
    RequestText request = TRY(request_text(step, variables_, folder_));
    Wire* wire = TRY(connect(step.connection));
    to_head_ = step.method == "HEAD";
    wire->write(request.head + request.body, test_.timeout_ms);
    if (step.fin || step.cut) wire->finish();
    reading_ = wire->read_answer(to_head_, true, test_.timeout_ms);
    // The end of a connection may arrive only after the request was written into it.
    if (step.connection == Connection::Same && reading_.end == Reading::End::Closed) return not_kept();
    return {};
  }

  Result<void> apply(const RawStep& step) {
    const std::string bytes = TRY(text(step.bytes));
    Wire* wire = wire_ && step.connection == Connection::Any ? wire_.get() : TRY(connect(step.connection));
    to_head_ = bytes.starts_with("HEAD ");
    wire->write(bytes, test_.timeout_ms);
    if (step.fin) wire->finish();
    if (!step.unread) reading_ = wire->read_answer(to_head_, false, test_.timeout_ms);
    return {};
  }

  Result<void> apply(const NextStep&) {
    if (!wire_) return fail(ErrorCode::Internal, "nothing was sent yet");
    reading_ = wire_->read_answer(false, false, test_.timeout_ms);
    return {};
  }

  Result<void> apply(const IdleStep& step) {
    for (std::size_t i = 0; i < step.count; ++i)
      idle_.push_back(TRY(Wire::open(options_.endpoint, test_.timeout_ms)));
    return {};
  }

  Result<void> apply(const ExpectStep& step) {
    using Subject = ExpectStep::Subject;
    if (step.subject == Subject::Closed || step.subject == Subject::NoSecondResponse) return check_rest(step);
    using Operator = ExpectStep::Operator;
    const bool pattern = step.op == Operator::Matches || step.op == Operator::MatchesNot;
    ExpectStep concrete = step;
    concrete.name = TRY(text(step.name));
    concrete.value =
        TRY(text(step.value, pattern || step.subject == Subject::Json ? Escapes::Keep : Escapes::Replace));
    if (const auto failure = check(concrete, reading_)) return fail(ErrorCode::Internal, *failure);
    return {};
  }

  Result<void> check_rest(const ExpectStep& step) {
    if (!wire_) return fail(ErrorCode::Internal, "nothing was sent yet");
    const bool to_close = step.subject == ExpectStep::Subject::Closed;
    const Wire::Rest rest = wire_->read_rest(to_close ? test_.timeout_ms : kQuietMs);
    if (rest == Wire::Rest::Bytes)
      return fail(ErrorCode::Internal, "more came: " + printable(wire_->pending()));
    if (to_close && rest == Wire::Rest::Silent) return fail(ErrorCode::Internal, "the connection stays open");
    return {};
  }

  Result<void> apply(const LetStep& step) {
    LetStep concrete = step;
    concrete.from = TRY(text(step.from));
    concrete.pattern = TRY(text(step.pattern, Escapes::Keep));
    auto value = extract(concrete, reading_);
    if (!value && step.skip) return fail(ErrorCode::NotSupported, "not applicable: " + value.error().text());
    if (!value) return value.error();
    variables_[step.name] = std::move(*value);
    return {};
  }

  Result<void> apply(const FixtureStep& step) {
    Arguments arguments;
    for (const auto& [key, value] : step.arguments) arguments.emplace_back(key, TRY(text(value)));
    variables_[step.name] = TRY(make_fixture(step.generator, arguments, folder_));
    return {};
  }

  const Case& test_;
  const RunOptions& options_;
  Variables variables_;
  std::string folder_;
  std::unique_ptr<Wire> wire_;
  std::vector<std::unique_ptr<Wire>> idle_;
  Reading reading_;
  bool to_head_ = false;
};

std::string run_digits() {
  const std::int64_t ms = gateway::Clock::system().utc_us() / 1000;
  return std::to_string(ms);
}

}  // namespace

CaseResult run_case(const Case& test, const RunOptions& options, std::size_t number) {
  CaseResult result;
  result.name = test.name;
  result.spec = test.spec;
  if (const std::string* need = missing_need(test, options)) {
    result.outcome = Outcome::Skipped;
    result.got = "needs " + *need;
    return result;
  }
  const std::int64_t start_us = gateway::Clock::system().steady_us();
  Session session(test, options, number);
  for (const Step& step : test.steps) {
    const auto stop = session.run(step);
    if (!stop) continue;
    result.outcome = stop->outcome;
    result.place = test.file + ":" + std::to_string(step.line);
    result.expected = step.source;
    result.got = stop->got;
    break;
  }
  result.elapsed_us = gateway::Clock::system().steady_us() - start_us;
  return result;
}

std::vector<CaseResult> run_cases(std::span<const Case> cases, RunOptions options,
                                  const std::function<void(const CaseResult&)>& done) {
  if (options.run.empty()) options.run = run_digits();
  std::vector<CaseResult> results(cases.size());
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  const auto work = [&] {
    for (std::size_t i = next++; i < cases.size(); i = next++) {
      results[i] = run_case(cases[i], options, i);
      const std::lock_guard lock(mutex);
      if (done) done(results[i]);
    }
  };
  std::vector<std::jthread> threads;
  for (unsigned i = 1; i < options.jobs && i < cases.size(); ++i) threads.emplace_back(work);
  work();
  threads.clear();
  return results;
}

}  // namespace conformance
