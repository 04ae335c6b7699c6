#include "gateway/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <cstdio>
#include <string>

#include "gateway/base/clock.h"
#include "gateway/base/json_text.h"

namespace gateway::log {
namespace {

std::atomic<Level> threshold{Level::Info};

spdlog::logger& sink() {
  static const auto logger = [] {
    auto made = std::make_shared<spdlog::logger>("log", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->set_level(spdlog::level::trace);
    return made;
  }();
  return *logger;
}

struct AppendValue {
  std::string& out;
  void operator()(std::string_view text) const { append_json_string(out, text); }
  void operator()(std::int64_t number) const { out += std::to_string(number); }
  void operator()(bool flag) const { out += flag ? "true" : "false"; }
  void operator()(double number) const {
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", number);
    out += text;
  }
};

constexpr std::string_view kNames[] = {"debug", "info", "warning", "error"};

}  // namespace

void set_level(Level level) { threshold = level; }

bool enabled(Level level) { return level >= threshold.load(std::memory_order_relaxed); }

void write(Level level, std::string_view event, Fields fields) {
  if (!enabled(level)) return;
  std::string line = "{\"time\":\"" + iso8601(Clock::system().utc_us(), true) + "\",\"level\":\"";
  line += kNames[static_cast<std::size_t>(level)];
  line += "\",\"event\":";
  append_json_string(line, event);
  for (const Field& field : fields) {
    line += ',';
    append_json_string(line, field.name);
    line += ':';
    std::visit(AppendValue{line}, field.value);
  }
  line += '}';
  sink().log(spdlog::level::info, line);
}

void flush() { sink().flush(); }

}  // namespace gateway::log
