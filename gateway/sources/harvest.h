// Harvest: takes what a source has into the index, study by study, and again what is new or has changed.
//
// Its state is durable: a run that was ended in the middle, by whatever, goes on where it was; a study that
// looks as it did when it was taken costs no request of its own. A study that fails is left for the next run;
// a source that fails ends the run. Run it from one thread; stop() and state() may come from any.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>

#include "gateway/base/clock.h"
#include "gateway/model/harvest_port.h"
#include "gateway/sources/harvest_state.h"
#include "gateway/sources/taker.h"

namespace gateway::sources {

class Harvest {
 public:
  // All must outlive it.
  Harvest(const Source& source, Taker& taker, model::HarvestStore& store, const Clock& clock);
  // One run, to its end or until stop(). Error: what ended it early; it is also in the state.
  Result<void> run();
  void stop() { stop_ = true; }
  void forget_stop() { stop_ = false; }
  HarvestState state() const;
  const Source& source() const { return source_; }

 private:
  Result<void> walk();
  Result<void> visit(const Value& study);
  Result<void> take(const Value& study, const std::string& uid, const std::string& mark);
  Result<TakeReport> take_below(const Value& study, const std::string& uid);
  Result<std::string> mark_of(const Value& study, const std::string& uid) const;
  void count(const TakeReport& report);
  void change(const std::function<void(HarvestState&)>& change);
  Result<void> save();

  const Source& source_;
  Taker& taker_;
  model::HarvestStore& store_;
  const Clock& clock_;
  std::atomic<bool> stop_ = false;
  std::int64_t saved_us_ = 0;
  mutable std::mutex mutex_;
  HarvestState state_;
};

}  // namespace gateway::sources
