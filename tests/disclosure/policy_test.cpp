#include "gateway/disclosure/policy.h"

#include <gtest/gtest.h>

namespace gateway::disclosure {
namespace {

constexpr std::string_view kSite = R"(
default = "strict"
[policy.partners]
based_on = "eucaim-default"
k = 5
step = 5
max_queries = 20
window_seconds = 3600
[policy.phantoms]
based_on = "open"
noise_epsilon = 0.5
[[rule]]
dataset = "phantoms"
policy = "phantoms"
[[rule]]
requester = "hospital-b"
policy = "partners"
)";

TEST(PolicyBook, WithoutAFileEverybodyGetsTheDefault) {
  const PolicyBook book;
  EXPECT_EQ(book.policy_for("any", kPublic).id, "eucaim-default");
  EXPECT_EQ(book.policy_for("any", "hospital-b").k, 10u);
}

TEST(PolicyBook, TheFirstRuleThatFitsDecides) {
  const auto book = PolicyBook::parse(kSite, "site.toml");
  ASSERT_TRUE(book.ok()) << book.error().text();
  EXPECT_EQ(book->policy_for("phantoms", "hospital-b").id, "phantoms");
  EXPECT_EQ(book->policy_for("prostate", "hospital-b").id, "partners");
  EXPECT_EQ(book->policy_for("prostate", kPublic).id, "strict");
  const Policy& partners = book->policy_for("prostate", "hospital-b");
  EXPECT_EQ(partners.k, 5u);
  EXPECT_EQ(partners.age_top, 90) << "from the policy it is based on";
  EXPECT_EQ(partners.max_queries, 20u);
  EXPECT_FALSE(book->policy_for("phantoms", kPublic).exact()) << "noise is not exact";
}

TEST(PolicyBook, FaultsAreNamedWithTheirLine) {
  const struct {
    const char* text;
    const char* where;
  } kCases[] = {
      {"default = 'none'", "p.toml:1"},
      {"[policy.a]\nk = 0", "p.toml:2"},
      {"[policy.a]\nkk = 3", "p.toml:2"},
      {"[policy.strict]\nk = 3", "p.toml:1"},
      {"[policy.a]\nbased_on = 'b'", "p.toml:2"},
      {"[policy.a]\nnoise_epsilon = 0.001", "p.toml:2"},
      {"[policy.a]\ntell_zero = 1", "p.toml:2"},
      {"[[rule]]\npolicy = 'a'", "p.toml:2"},
      {"[[rule]]\ndataset = 'a'", "p.toml:1"},
      {"[[rule]]\nproject = 'a'\npolicy = 'open'", "p.toml:2"},
      {"rule = 3", "p.toml:1"},
      {"policy = 3", "p.toml:1"},
  };
  for (const auto& one : kCases) {
    const auto book = PolicyBook::parse(one.text, "p.toml");
    ASSERT_FALSE(book.ok()) << one.text;
    EXPECT_EQ(book.error().code, ErrorCode::ConfigInvalid);
    EXPECT_EQ(book.error().where, one.where) << one.text << ": " << book.error().text();
  }
}

TEST(PolicyBook, KnowsWhetherASecretIsNeeded) {
  EXPECT_FALSE(PolicyBook().uses_noise());
  EXPECT_TRUE(PolicyBook::parse("default = 'strict'", "p.toml")->uses_noise());
  EXPECT_TRUE(PolicyBook::parse("[[rule]]\npolicy = 'strict'", "p.toml")->uses_noise());
  EXPECT_FALSE(PolicyBook::parse("[policy.a]\nnoise_epsilon = 1", "p.toml")->uses_noise());
}

TEST(PolicyBook, AHugeFileIsRefused) {
  EXPECT_FALSE(PolicyBook::parse(std::string(2u << 20, '#'), "p.toml").ok());
}

}  // namespace
}  // namespace gateway::disclosure
