// What commands say to people, faults and progress on standard error, and where they put what they made.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/base/result.h"

namespace gateway::app {

// "ehds-gateway: message (where)"; returns the exit code that fits the error.
int report(const Error& error);

// A progress bar on a terminal, a line every tenth of the way elsewhere. One object per task; call from one
// thread.
class Progress {
 public:
  explicit Progress(std::string task);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void show(std::uint64_t done, std::uint64_t total);

 private:
  void draw(std::uint64_t done, std::uint64_t total);
  std::string task_;
  bool terminal_;
  bool drawn_ = false;
  int last_tenth_ = -1;
  std::int64_t last_us_ = 0;
};

// Writes what a command made into a file; an empty path is standard output.
Result<void> write_output(const std::string& text, const std::string& path);

// 1234567 as "1.2 MB".
std::string human_bytes(std::uint64_t bytes);
// 1234567 as "1,234,567".
std::string human_count(std::uint64_t count);

}  // namespace gateway::app
