#include "gateway/base/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <list>
#include <mutex>

namespace gateway {
namespace {

struct CounterHandle final : Counter {
  explicit CounterHandle(prometheus::Counter& c) : inner(c) {}
  void add(double amount) override { inner.Increment(amount); }
  prometheus::Counter& inner;
};

struct GaugeHandle final : Gauge {
  explicit GaugeHandle(prometheus::Gauge& g) : inner(g) {}
  void set(double value) override { inner.Set(value); }
  prometheus::Gauge& inner;
};

struct HistogramHandle final : Histogram {
  explicit HistogramHandle(prometheus::Histogram& h) : inner(h) {}
  void observe(double value) override { inner.Observe(value); }
  prometheus::Histogram& inner;
};

// Finds the handle of `inner` or makes one.
template <class Handle, class Inner>
Handle& handle_of(std::list<Handle>& handles, Inner& inner) {
  for (Handle& handle : handles)
    if (&handle.inner == &inner) return handle;
  return handles.emplace_back(inner);
}

}  // namespace

struct Metrics::State {
  prometheus::Registry registry{prometheus::Registry::InsertBehavior::Merge};
  std::mutex mutex;
  std::list<CounterHandle> counters;
  std::list<GaugeHandle> gauges;
  std::list<HistogramHandle> histograms;
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

Counter& Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) {
  auto& inner = prometheus::BuildCounter().Name(name).Help(help).Register(state_->registry).Add(labels);
  const std::lock_guard lock(state_->mutex);
  return handle_of(state_->counters, inner);
}

Gauge& Metrics::gauge(const std::string& name, const std::string& help, const Labels& labels) {
  auto& inner = prometheus::BuildGauge().Name(name).Help(help).Register(state_->registry).Add(labels);
  const std::lock_guard lock(state_->mutex);
  return handle_of(state_->gauges, inner);
}

Histogram& Metrics::histogram(const std::string& name, const std::string& help,
                              const std::vector<double>& bounds, const Labels& labels) {
  auto& inner =
      prometheus::BuildHistogram().Name(name).Help(help).Register(state_->registry).Add(labels, bounds);
  const std::lock_guard lock(state_->mutex);
  return handle_of(state_->histograms, inner);
}

std::string Metrics::text() const {
  return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace gateway
