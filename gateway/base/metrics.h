// Counters, gauges and histograms for /metrics (Prometheus text format 0.0.4).
//
// Get a handle once, at wiring time; updating it is lock-free and thread-safe. prometheus-cpp does the work
// (metrics.cpp only). Labels never carry identifiers of people, studies or requests.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace gateway {

class Counter {
 public:
  virtual ~Counter() = default;
  virtual void add(double amount = 1) = 0;
};

class Gauge {
 public:
  virtual ~Gauge() = default;
  virtual void set(double value) = 0;
};

class Histogram {
 public:
  virtual ~Histogram() = default;
  virtual void observe(double value) = 0;
};

class Metrics {
 public:
  using Labels = std::map<std::string, std::string>;
  Metrics();
  ~Metrics();
  // The handle lives as long as this; the same name and labels give the same handle.
  Counter& counter(const std::string& name, const std::string& help, const Labels& labels = {});
  Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels = {});
  Histogram& histogram(const std::string& name, const std::string& help, const std::vector<double>& bounds,
                       const Labels& labels = {});
  std::string text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gateway
