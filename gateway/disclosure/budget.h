// How many different questions one requester may ask about one dataset: many counts together say more than
// each of them. The same question again, however it is put, costs nothing, since its answer is the same.
//
// Thread-safe. Refers to log and clock, which must outlive it.
#pragma once

#include <string>
#include <string_view>

#include "gateway/base/clock.h"
#include "gateway/disclosure/policy.h"
#include "gateway/disclosure/query.h"
#include "gateway/model/disclosure_port.h"

namespace gateway::disclosure {

class Budget {
 public:
  Budget(model::DisclosureLog& log, const Clock& clock) : log_(log), clock_(clock) {}
  // Before the answer is made. Errors: TooManyRequests naming the dataset and when it may be tried again,
  // those of the log: a question that cannot be written down is not answered.
  Result<void> admit(std::string_view requester, std::string_view dataset, const Query& canonical,
                     const Policy& policy);

 private:
  model::DisclosureLog& log_;
  const Clock& clock_;
};

}  // namespace gateway::disclosure
