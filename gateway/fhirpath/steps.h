// Steps: what an evaluation may still cost, shared by all that works for it.
//
// Internal to gateway/fhirpath. An expression may come from a client, so all work is taken from here before
// it is done, and what was computed after the steps ran out is no answer. Not thread-safe.
#pragma once

#include <cstddef>

namespace gateway::fhirpath {

class Steps {
 public:
  explicit Steps(std::size_t limit) : left_(limit) {}
  // False once more was asked for than was left, from then on always.
  bool take(std::size_t count = 1) {
    exhausted_ = exhausted_ || count > left_;
    if (!exhausted_) left_ -= count;
    return !exhausted_;
  }

 private:
  std::size_t left_;
  bool exhausted_ = false;
};

}  // namespace gateway::fhirpath
