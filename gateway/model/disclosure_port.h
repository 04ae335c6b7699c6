// What a site remembers of the questions it was asked, so that a restart gives nobody a new budget. Only
// digests of questions are kept, never an answer.
//
// Every member may be called from several threads at once. Errors: StoreBusy, StoreFailed.
#pragma once

#include <cstdint>
#include <string>

#include "gateway/base/result.h"

namespace gateway::model {

struct AskedQuestion {
  std::string requester, dataset;
  std::string digest;  // of the canonical question
};

class DisclosureLog {
 public:
  virtual ~DisclosureLog() = default;
  // Whether the requester asked this since `since_us`; and how many different questions on the dataset since
  // then. One step with writing it down: two at once cannot both take the last place. Durable when it
  // returns.
  struct Admission {
    bool admitted = false, asked_before = false;
    std::uint64_t questions = 0;  // different ones, with this one when it was admitted
  };
  // Writes the question down at `now_us` unless it is known or `most` are reached.
  virtual Result<Admission> admit(const AskedQuestion& question, std::int64_t since_us, std::int64_t now_us,
                                  std::uint64_t most) = 0;
};

}  // namespace gateway::model
