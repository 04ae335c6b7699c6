// Disclosure policies: how exactly a site lets others know how many persons its datasets hold. Published
// descriptions and answers to searches go through the same policy, so that neither undoes the other.
//
// The policy is the site's file, chosen by dataset and requester; nothing that a message says chooses it. Who
// the requester is, the gateway has found out by itself (token, certificate); a description that anybody may
// read has the requester kPublic. Immutable after parse(); thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"

namespace gateway::disclosure {

inline constexpr std::string_view kPublic = "public";

struct Policy {
  std::string id = "eucaim-default";
  std::uint64_t k = 10;                  // fewer persons are not told
  std::uint64_t step = 10;               // counts are rounded to multiples of it, half up
  int age_band = 5;                      // years; 1: exact ages
  int age_top = 90;                      // from this age on there is one band; 0: none
  double noise_epsilon = 0;              // of Laplace noise with sensitivity 1; 0: none
  bool tell_zero = false;                // whether "nobody" may be told apart from "fewer than k"
  std::uint64_t max_queries = 1000;      // different ones of one requester on one dataset ...
  std::int64_t window_seconds = 86'400;  // ... in this time; 0: for ever
  bool exact() const { return k <= 1 && step <= 1 && age_band <= 1 && noise_epsilon <= 0; }
  bool operator==(const Policy&) const = default;
};

// Also what is there without any file: "open" (exact), "eucaim-default", "strict".
const std::vector<Policy>& built_in_policies();

// The policies of a site and which holds where.
//
//   default = "eucaim-default"
//   [policy.partners]
//   based_on = "eucaim-default"
//   k = 5
//   [[rule]]
//   dataset = "prostate-mr"        # an id, or "*"
//   requester = "hospital-b"       # a name, "public", or "*"
//   policy = "partners"
//
// The first rule that fits decides.
class PolicyBook {
 public:
  PolicyBook();  // the built-in policies, eucaim-default for everybody
  // Error: ConfigInvalid naming key and line; unknown keys are refused.
  static Result<PolicyBook> parse(std::string_view toml, std::string_view name);

  const Policy& policy_for(std::string_view dataset, std::string_view requester) const;
  const std::vector<Policy>& policies() const { return policies_; }
  // Whether noise is added anywhere: then the site needs a secret.
  bool uses_noise() const;

 private:
  friend class PolicyReader;
  struct Rule {
    std::string dataset = "*", requester = "*";
    std::size_t policy = 0;
  };
  std::vector<Policy> policies_;
  std::vector<Rule> rules_;
  std::size_t default_ = 0;
};

}  // namespace gateway::disclosure
