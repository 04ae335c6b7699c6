#include "gateway/disclosure/count.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <sstream>

#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "gateway/disclosure/hmac.h"

namespace gateway::disclosure {
namespace {

const std::string kCorpus = SOURCE_DIR "/../shared/corpus/eucaim/privacy/";

Policy policy_of(std::string_view id) {
  for (const Policy& policy : built_in_policies())
    if (policy.id == id) return policy;
  return {};
}

Value read_json(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  auto value = codec::parse_json(text.str());
  return value.ok() ? *value : Value();
}

constexpr NoiseKey kKey{"secret", "dataset", 1, "query"};

std::optional<std::uint64_t> told(std::uint64_t count, const Policy& policy,
                                  std::vector<Related> related = {}) {
  return protect(count, related, policy, kKey).value;
}

TEST(Hmac, IsThatOfRfc4231) {
  EXPECT_EQ(hex(as_text(hmac_sha256("Jefe", "what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(as_text(hmac_sha256(std::string(131, '\xaa'),
                                    "Test Using Larger Than Block-Size Key - Hash Key First"))),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Rounded, AgreesWithTheVectorsOfTheCorpus) {
  if (!std::filesystem::exists(kCorpus)) GTEST_SKIP() << "the corpus is not there";
  const Value file = read_json(kCorpus + "proposed-policy.json");
  const Value* vectors = file.find("vectors");
  ASSERT_NE(vectors, nullptr);
  int cases = 0;
  for (const auto& [id, rows] : *vectors->as_map()) {
    const Policy policy = policy_of(id);
    ASSERT_EQ(policy.id, id);
    for (const Value& row : *rows.as_list()) {
      const auto& pair = *row.as_list();
      const auto expected =
          pair[1].is_null() ? std::nullopt : std::optional(static_cast<std::uint64_t>(*pair[1].as_int()));
      EXPECT_EQ(rounded(static_cast<std::uint64_t>(*pair[0].as_int()), policy), expected)
          << id << ' ' << *pair[0].as_int();
      ++cases;
    }
  }
  EXPECT_EQ(cases, 51);
}

TEST(AgeBands, AgreeWithTheVectorsOfTheCorpus) {
  const Policy policy = policy_of("eucaim-default");
  EXPECT_EQ(*band_of(46, policy), (AgeRange{45, 49}));
  EXPECT_EQ(*band_of(86, policy), (AgeRange{85, 89}));
  EXPECT_EQ(*band_of(90, policy), (AgeRange{90, std::nullopt}));
  EXPECT_EQ(*band_of(96, policy), (AgeRange{90, std::nullopt}));
  EXPECT_EQ(*band_of(0, policy), (AgeRange{0, 4}));
  EXPECT_EQ(band_of(965, policy).error().code, ErrorCode::InvalidParameter);
  EXPECT_FALSE(band_of(-1, policy).ok());
  EXPECT_EQ(*band_of(83, policy_of("strict")), (AgeRange{80, 84}))
      << "the last band ends where the top begins";
}

TEST(AgeBands, QuestionsAreWidenedToThem) {
  const Policy policy = policy_of("eucaim-default");
  for (int age = 90; age < 100; ++age)
    EXPECT_EQ(*widened(age, age, policy), (AgeRange{90, std::nullopt}))
        << "walking by single ages gives nothing";
  EXPECT_EQ(*widened(51, 58, policy), (AgeRange{50, 59}));
  EXPECT_EQ(*widened(std::nullopt, 17, policy), (AgeRange{0, 19}));
  EXPECT_EQ(*widened(18, std::nullopt, policy), (AgeRange{15, std::nullopt}));
  EXPECT_FALSE(widened(60, 50, policy).ok());
}

TEST(Protect, NobodyAndAFewLookTheSame) {
  const Policy policy = policy_of("eucaim-default");
  EXPECT_EQ(protect(0, {}, policy, kKey), protect(3, {}, policy, kKey));
  EXPECT_EQ(protect(9, {}, policy, kKey).below, 10u);
  Policy telling = policy;
  telling.tell_zero = true;
  EXPECT_EQ(told(0, telling), 0u);
  EXPECT_EQ(told(3, telling), std::nullopt);
}

TEST(Protect, WhatDiffersByAFewIsToldAsTheSame) {
  const Policy policy = policy_of("eucaim-default");
  const std::vector<Related> related = {{1000, "all"}, {41, "prostate"}};
  EXPECT_EQ(told(41, policy), told(40, policy, related));
  const std::vector<Related> at_the_edge = {{1000, "all"}, {45, "prostate"}};
  EXPECT_EQ(told(45, policy), 50u);
  EXPECT_EQ(told(44, policy, at_the_edge), 50u) << "44 alone would be 40";
  EXPECT_EQ(told(44, policy), 40u);
}

TEST(Protect, AnOpenPolicyTellsAll) {
  const Policy open = policy_of("open");
  for (std::uint64_t count : {0u, 1u, 7u, 1149u}) EXPECT_EQ(told(count, open), count);
}

TEST(Protect, NoiseDependsOnTheQuestionAndNothingElse) {
  const Policy strict = policy_of("strict");
  const auto first = protect(500, {}, strict, kKey);
  for (int again = 0; again < 1000; ++again) EXPECT_EQ(protect(500, {}, strict, kKey), first);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 200; ++i) {
    const std::string what = "query " + std::to_string(i);
    seen.insert(*protect(505, {}, strict, {"secret", "dataset", 1, what}).value);
  }
  EXPECT_GT(seen.size(), 1u);
  // Somebody who guesses the secret wrongly cannot take the noise away.
  int same = 0;
  for (int i = 0; i < 200; ++i) {
    const std::string what = "query " + std::to_string(i);
    same += protect(505, {}, strict, {"secret", "d", 1, what}) ==
            protect(505, {}, strict, {"other", "d", 1, what});
  }
  EXPECT_LT(same, 190);
}

// The noise of a thousand questions has the mean and the spread that epsilon says: 2 / epsilon^2 = 25.5.
TEST(Protect, NoiseIsLaplace) {
  Policy policy = policy_of("strict");
  policy.step = 1;
  double sum = 0, squares = 0;
  constexpr int kRuns = 4000;
  for (int i = 0; i < kRuns; ++i) {
    const std::string what = std::to_string(i);
    const auto value = *protect(1000, {}, policy, {"secret", "dataset", 1, what}).value;
    const double noise = static_cast<double>(value) - 1000;
    sum += noise;
    squares += noise * noise;
  }
  EXPECT_NEAR(sum / kRuns, 0, 0.5);
  EXPECT_NEAR(squares / kRuns, 25.5, 4);
}

// Whatever the counts and the policy: no told number below k, and none that tells two related counts less
// than k apart from each other.
TEST(ProtectProperty, NothingBelowKAndNoSmallDifference) {
  std::mt19937_64 random(20261123);
  for (int run = 0; run < 20000; ++run) {
    Policy policy;
    policy.k = 1 + random() % 30;
    policy.step = 1 + random() % 20;
    policy.noise_epsilon = random() % 2 ? 0.28 : 0;
    if (policy.exact()) continue;
    const std::uint64_t whole = random() % 200;
    const std::uint64_t count = whole - random() % (whole + 1);
    const Related all{whole, "all"};
    const NoiseKey key{"s", "d", 1, "part"};
    const auto part = protect(count, {&all, 1}, policy, key);
    const auto total = protect(whole, {}, policy, {"s", "d", 1, "all"});
    if (part.value) {
      EXPECT_GE(*part.value, policy.k);
      EXPECT_GE(count, policy.k);
      EXPECT_EQ(*part.value % policy.step, 0u);
      if (whole - count < policy.k) {
        EXPECT_EQ(part, total);
      }
    } else {
      EXPECT_LT(count, policy.k);
    }
  }
}

TEST(Values, SayWhatWasDone) {
  const Policy policy = policy_of("eucaim-default");
  EXPECT_EQ(*figure_value({150, 10}).as_int(), 150);
  const Value hidden = figure_value({std::nullopt, 10});
  EXPECT_TRUE(*hidden.find("suppressed")->as_bool());
  EXPECT_EQ(*hidden.find("below")->as_int(), 10);
  const Value block = privacy_value(policy);
  EXPECT_EQ(block.text("policy"), "eucaim-default");
  EXPECT_EQ(*block.find("k")->as_int(), 10);
  EXPECT_FALSE(*block.find("noise")->as_bool());
}

}  // namespace
}  // namespace gateway::disclosure
