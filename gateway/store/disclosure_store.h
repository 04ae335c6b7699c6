// The questions that a site was asked (model/disclosure_port.h), in the same SQLite file as the index.
// Thread-safe. Owns nothing.
#pragma once

#include "gateway/model/disclosure_port.h"
#include "gateway/store/connections.h"

namespace gateway::store {

class DisclosureStore final : public model::DisclosureLog {
 public:
  explicit DisclosureStore(Connections& connections) : connections_(connections) {}
  Result<Admission> admit(const model::AskedQuestion& question, std::int64_t since_us, std::int64_t now_us,
                          std::uint64_t most) override;

 private:
  Connections& connections_;
};

}  // namespace gateway::store
