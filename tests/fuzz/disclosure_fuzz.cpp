// Any bytes as a file of policies and as prose: answered or refused; no policy that is read tells a small
// count.
#include <cstdint>
#include <cstdlib>

#include "gateway/disclosure/count.h"
#include "gateway/disclosure/publish.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  gateway::disclosure::numbers_of_persons(text);
  const auto book = gateway::disclosure::PolicyBook::parse(text, "policy.toml");
  if (!book.ok()) return 0;
  for (const auto& policy : book->policies()) {
    const auto figure =
        gateway::disclosure::protect(policy.k - 1, {}, policy, {"secret", "dataset", 1, "query"});
    if (figure.value && *figure.value != 0 && !policy.exact()) std::abort();
    if (!gateway::disclosure::band_of(64, policy).ok()) std::abort();
  }
  return 0;
}
