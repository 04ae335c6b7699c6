#include "gateway/sources/guarded_source.h"

#include <utility>

namespace gateway::sources {
namespace {

// Who asks this gateway knows a source by its name in the configuration, whatever it calls itself.
Error named(Error error, const std::string& name) {
  const bool theirs = error.code == ErrorCode::BadGateway || error.code == ErrorCode::GatewayTimeout;
  if (theirs && error.message.find(name) == std::string::npos) error.message = name + ": " + error.message;
  return error;
}

thread_local const GuardedSource* calling = nullptr;  // what this thread is just asking

struct Calling {
  explicit Calling(const GuardedSource* source) : before(std::exchange(calling, source)) {}
  ~Calling() { calling = before; }
  Calling(const Calling&) = delete;
  Calling& operator=(const Calling&) = delete;
  const GuardedSource* const before;
};

}  // namespace

GuardedSource::GuardedSource(std::unique_ptr<model::RemoteSource> source, const BreakerOptions& options,
                             const Clock& clock, Metrics& metrics)
    : source_(std::move(source)),
      breaker_(source_->name(), options, clock),
      failed_(metrics.counter("gateway_source_failures_total",
                              "Requests to a source that it failed to answer",
                              {{"source", source_->name()}})),
      moved_(metrics.counter("gateway_source_bytes_total", "Bytes of the objects that a source sent",
                             {{"source", source_->name()}})),
      open_(metrics.gauge("gateway_source_breaker_open",
                          "1 while a source is not asked because it keeps failing",
                          {{"source", source_->name()}})) {}

// A call within another one belongs to it: the breaker has let that one through, perhaps as its trial.
template <class Call>
auto GuardedSource::guard(const Call& call) -> decltype(call()) {
  const bool nested = calling == this;
  if (!nested)
    if (auto entered = breaker_.enter(); !entered.ok()) return std::move(entered).error();
  const Calling mark(this);
  ++calls_;
  // What is thrown, of memory say, must not leave the breaker waiting for the end of this call.
  auto result = [&]() -> decltype(call()) {
    try {
      return call();
    } catch (const std::exception& fault) {
      return fail(ErrorCode::Internal, "the exchange with " + name() + " broke off", {}, fault.what());
    }
  }();
  if (!result.ok()) result = named(result.error(), name());
  if (!nested) breaker_.done(result.ok() ? nullptr : &result.error());
  const BreakerView view = breaker_.view();
  open_.set(view.state == BreakerView::State::Closed ? 0 : 1);
  if (!result.ok()) {
    ++failures_;
    failed_.add();
  }
  return result;
}

void GuardedSource::blame(const Error& error) {
  breaker_.blame(error);
  ++failures_;
  failed_.add();
}

Result<void> GuardedSource::check() {
  return guard([&] { return source_->check(); });
}

Result<model::RemoteQueryReport> GuardedSource::find(const model::RemoteQuery& query,
                                                     const std::function<bool(std::string json)>& use) {
  return guard([&] {
    return source_->find(query, [&](std::string json) {
      ++answers_;
      return use(std::move(json));
    });
  });
}

// An error of the one who takes the objects is not the source's fault.
Result<model::RemoteFetchReport> GuardedSource::fetch(const model::RemoteId& id, const TakeObject& take) {
  std::optional<Error> ours;
  auto fetched = guard([&]() -> Result<model::RemoteFetchReport> {
    auto report = source_->fetch(id, [&](std::shared_ptr<const ByteSource> object) {
      ++objects_;
      object_bytes_ += object->size();
      moved_.add(static_cast<double>(object->size()));
      auto taken = take(std::move(object));
      if (!taken.ok()) ours = taken.error();
      return taken;
    });
    if (ours) return model::RemoteFetchReport{};
    return report;
  });
  if (ours) return std::move(*ours);
  return fetched;
}

Result<model::RemoteFetchReport> GuardedSource::metadata(const model::RemoteId& id,
                                                         const std::function<bool(std::string json)>& use) {
  return guard([&] {
    return source_->metadata(id, [&](std::string json) {
      ++answers_;
      return use(std::move(json));
    });
  });
}

Result<std::vector<model::RemoteStoreOutcome>> GuardedSource::store(
    std::span<const std::shared_ptr<const ByteSource>> objects) {
  return guard([&] { return source_->store(objects); });
}

Traffic GuardedSource::traffic() const { return {calls_, failures_, answers_, objects_, object_bytes_}; }

}  // namespace gateway::sources
