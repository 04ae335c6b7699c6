#include "gateway/app/console.h"

#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "gateway/app/commands.h"
#include "gateway/base/clock.h"

namespace gateway::app {

int report(const Error& error) {
  std::fprintf(stderr, "ehds-gateway: %s\n", error.text().c_str());
  if (!error.detail.empty()) std::fprintf(stderr, "  %s\n", error.detail.c_str());
  switch (error.code) {
    case ErrorCode::ConfigInvalid:
    case ErrorCode::InvalidParameter:
    case ErrorCode::NotFound:
      return kUsage;
    default:
      return kFailed;
  }
}

Progress::Progress(std::string task) : task_(std::move(task)), terminal_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (drawn_ && terminal_) std::fputc('\n', stderr);
}

void Progress::show(std::uint64_t done, std::uint64_t total) {
  if (total == 0) return;
  const int tenth = static_cast<int>(done * 10 / total);
  const std::int64_t now = Clock::system().steady_us();
  constexpr std::int64_t kFrame = 100'000;
  if (terminal_ ? done != total && now - last_us_ < kFrame : tenth == last_tenth_) return;
  last_us_ = now;
  last_tenth_ = tenth;
  draw(done, total);
}

void Progress::draw(std::uint64_t done, std::uint64_t total) {
  constexpr std::uint64_t kWidth = 30;
  drawn_ = true;
  const std::string counts = human_count(done) + " of " + human_count(total);
  if (!terminal_) {
    std::fprintf(stderr, "%s: %s\n", task_.c_str(), counts.c_str());
    return;
  }
  const auto filled = static_cast<std::size_t>(done * kWidth / total);
  std::fprintf(stderr, "\r%s [%s%s] %s ", task_.c_str(), std::string(filled, '#').c_str(),
               std::string(kWidth - filled, '.').c_str(), counts.c_str());
  std::fflush(stderr);
}

Result<void> write_output(const std::string& text, const std::string& path) {
  if (path.empty()) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    return {};
  }
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.flush();
  if (!file) return fail(ErrorCode::Internal, "the output cannot be written", path);
  return {};
}

std::string human_bytes(std::uint64_t bytes) {
  static constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB", "PB"};
  double amount = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (amount >= 1000 && unit + 1 < std::size(kUnits)) {
    amount /= 1000;
    ++unit;
  }
  char text[32];
  std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", amount, kUnits[unit]);
  return text;
}

std::string human_count(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}

}  // namespace gateway::app
