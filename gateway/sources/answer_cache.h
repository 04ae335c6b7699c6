// AnswerCache: what sources answered a short time ago, so that the pages of one search are pages of one
// answer (C-FIND has neither offset nor a stable order).
//
// Bounded in rows and in time. Thread-safe; the clock must outlive it.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "gateway/base/clock.h"
#include "gateway/sources/live_search.h"

namespace gateway::sources {

class AnswerCache {
 public:
  AnswerCache(const Clock& clock, std::int64_t keep_ms, std::size_t most_rows)
      : clock_(clock), keep_us_(keep_ms * 1000), most_rows_(most_rows) {}
  // An answer with at least `wanted` rows, or a complete one; nullptr when there is none that is fresh.
  std::shared_ptr<const LiveAnswer> find(const std::string& question, std::uint64_t wanted);
  void put(const std::string& question, std::shared_ptr<const LiveAnswer> answer);

 private:
  struct Kept {
    std::string question;
    std::shared_ptr<const LiveAnswer> answer;
    std::int64_t until_us;
  };
  void drop(std::list<Kept>::iterator kept);

  const Clock& clock_;
  const std::int64_t keep_us_;
  const std::size_t most_rows_;
  std::mutex mutex_;
  std::list<Kept> order_;  // oldest first
  std::unordered_map<std::string, std::list<Kept>::iterator> kept_;
  std::size_t rows_ = 0;
};

}  // namespace gateway::sources
