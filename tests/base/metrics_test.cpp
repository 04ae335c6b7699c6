#include "gateway/base/metrics.h"

#include <gtest/gtest.h>

namespace gateway {
namespace {

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST(Metrics, CountersAndGaugesShowTheirValues) {
  Metrics metrics;
  metrics.counter("requests_total", "Requests", {{"face", "fhir"}}).add();
  metrics.counter("requests_total", "Requests", {{"face", "fhir"}}).add(2);
  metrics.gauge("open_connections", "Connections").set(5);
  const std::string text = metrics.text();
  EXPECT_TRUE(has_line(text, "requests_total{face=\"fhir\"} 3")) << text;
  EXPECT_TRUE(has_line(text, "open_connections 5")) << text;
  EXPECT_TRUE(has_line(text, "# TYPE requests_total counter")) << text;
}

TEST(Metrics, SameNameAndLabelsAreOneHandle) {
  Metrics metrics;
  EXPECT_EQ(&metrics.gauge("g", "help"), &metrics.gauge("g", "help"));
  EXPECT_NE(&metrics.gauge("g", "help", {{"a", "1"}}), &metrics.gauge("g", "help", {{"a", "2"}}));
}

TEST(Metrics, HistogramsCountIntoBuckets) {
  Metrics metrics;
  Histogram& seconds = metrics.histogram("seconds", "Duration", {0.1, 1});
  seconds.observe(0.05);
  seconds.observe(0.5);
  seconds.observe(5);
  const std::string text = metrics.text();
  EXPECT_TRUE(has_line(text, "seconds_bucket{le=\"1\"} 2")) << text;
  EXPECT_TRUE(has_line(text, "seconds_bucket{le=\"+Inf\"} 3")) << text;
  EXPECT_TRUE(has_line(text, "seconds_count 3")) << text;
}

}  // namespace
}  // namespace gateway
