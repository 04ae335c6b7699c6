#include "gateway/disclosure/budget.h"

#include "gateway/base/ids.h"

namespace gateway::disclosure {

Result<void> Budget::admit(std::string_view requester, std::string_view dataset, const Query& canonical,
                           const Policy& policy) {
  const model::AskedQuestion question{std::string(requester), std::string(dataset),
                                      sha256_hex(canonical_text(canonical))};
  const std::int64_t now = clock_.utc_us();
  const std::int64_t since = policy.window_seconds > 0 ? now - policy.window_seconds * 1'000'000 : 0;
  const auto admission = TRY(log_.admit(question, since, now, policy.max_queries));
  if (admission.admitted) return {};
  const std::string window =
      policy.window_seconds > 0 ? " in " + std::to_string(policy.window_seconds) + " seconds" : std::string();
  return fail(ErrorCode::TooManyRequests,
              "policy " + policy.id + " allows " + std::to_string(policy.max_queries) +
                  " different questions about a dataset" + window,
              std::string(dataset));
}

}  // namespace gateway::disclosure
