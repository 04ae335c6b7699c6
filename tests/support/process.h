// Child processes of tests: the built programs, run to their end or in the background. Every child is ended
// by its own pid, at the latest with its handle.
#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/temp_folder.h"

namespace tests {

inline std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

struct Finished {
  int exit_code = -1;
  std::string out;
  std::string err;
};

// Runs a command to its end; `command` is shell words, so quote with quoted().
inline Finished run(const std::string& command) {
  const gateway::testing::TempFolder folder;
  const int status = std::system(
      (command + " >" + quoted(folder / "out") + " 2>" + quoted(folder / "err") + " </dev/null").c_str());
  const auto slurp = [&](const char* name) {
    std::stringstream text;
    text << std::ifstream(folder / name).rdbuf();
    return text.str();
  };
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, slurp("out"), slurp("err")};
}

// A program in the background; its standard output is read line by line.
class Background {
 public:
  explicit Background(const std::vector<std::string>& words, const std::string& error_file = "/dev/null") {
    std::array<int, 2> pipe{};
    if (::pipe(pipe.data()) != 0) std::abort();
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(pipe[1], STDOUT_FILENO);
      if (std::FILE* errors = std::freopen(error_file.c_str(), "w", stderr); !errors) ::_exit(126);
      ::close(pipe[0]);
      ::close(pipe[1]);
      std::vector<char*> arguments;
      for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
      arguments.push_back(nullptr);
      ::execv(arguments[0], arguments.data());
      ::_exit(127);
    }
    ::close(pipe[1]);
    out_ = ::fdopen(pipe[0], "r");
  }
  ~Background() {
    if (pid_ > 0) signal_and_wait(SIGKILL);
    std::fclose(out_);
  }
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  // The next line without its end; empty at the end of the output.
  std::string line() {
    std::string text;
    for (int c = std::fgetc(out_); c != EOF && c != '\n'; c = std::fgetc(out_)) text += static_cast<char>(c);
    return text;
  }
  // Sends a signal, waits for the end and returns the exit code, or minus the signal that ended it.
  int signal_and_wait(int signal) {
    ::kill(pid_, signal);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  std::FILE* out_ = nullptr;
};

}  // namespace tests
