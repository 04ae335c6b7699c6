// The log: one JSON object a line on standard error, with request ids; and nothing else of the process in it.
//
//   log::info("instance stored", {{"request", id}, {"bytes", 5130}});
//   {"time":"2026-11-22T18:08:56.123Z","level":"info","event":"instance stored","request":"...","bytes":5130}
//
// Never log patient data: events name UIDs and counts. Thread-safe. spdlog does the writing (log.cpp only).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <variant>

namespace gateway::log {

enum class Level : std::uint8_t { Debug, Info, Warning, Error, Off };

struct Field {
  std::string_view name;
  std::variant<std::string_view, std::int64_t, double, bool> value;
  Field(std::string_view n, std::string_view v) : name(n), value(v) {}
  Field(std::string_view n, const char* v) : name(n), value(std::string_view(v)) {}
  Field(std::string_view n, bool v) : name(n), value(v) {}
  Field(std::string_view n, double v) : name(n), value(v) {}
  template <class Integer>
  requires std::is_integral_v<Integer> Field(std::string_view n, Integer v)
      : name(n), value(static_cast<std::int64_t>(v)) {}
};
using Fields = std::initializer_list<Field>;

void set_level(Level level);
bool enabled(Level level);
void write(Level level, std::string_view event, Fields fields);
void flush();

inline void debug(std::string_view event, Fields fields = {}) { write(Level::Debug, event, fields); }
inline void info(std::string_view event, Fields fields = {}) { write(Level::Info, event, fields); }
inline void warning(std::string_view event, Fields fields = {}) { write(Level::Warning, event, fields); }
inline void error(std::string_view event, Fields fields = {}) { write(Level::Error, event, fields); }

}  // namespace gateway::log
