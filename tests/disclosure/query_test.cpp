#include "gateway/disclosure/query.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "gateway/disclosure/budget.h"
#include "tests/support/fake_clock.h"

namespace gateway::disclosure {
namespace {

using Kind = Query::Kind;

Query is(std::string key, std::vector<std::string> values) {
  return {Kind::Condition, {}, std::move(key), "=", std::move(values)};
}
Query group(Kind kind, std::vector<Query> children) { return {kind, std::move(children), {}, {}, {}}; }
std::string text(const Query& query) {
  const auto made = canonical(query);
  return made.ok() ? canonical_text(*made) : "error: " + made.error().message;
}

TEST(CanonicalQuery, OneQuestionHasOneText) {
  const Query prostate = is("body-part", {"prostate"}), male = is("sex", {"male"});
  const std::string expected = text(group(Kind::And, {prostate, male}));
  EXPECT_EQ(text(group(Kind::And, {male, prostate})), expected);
  EXPECT_EQ(text(group(Kind::And, {male, prostate, male})), expected);
  EXPECT_EQ(text(group(Kind::And, {male, group(Kind::Or, {}), prostate})), expected);
  EXPECT_EQ(text(group(Kind::Or, {group(Kind::And, {male, group(Kind::And, {prostate})})})), expected);
  EXPECT_EQ(text(group(Kind::Not, {group(Kind::Not, {group(Kind::And, {prostate, male})})})), expected);
  EXPECT_NE(text(group(Kind::Or, {male, prostate})), expected);
  EXPECT_NE(text(group(Kind::And, {male, group(Kind::Not, {prostate})})), expected);
}

TEST(CanonicalQuery, SeveralValuesAreAnyOfThem) {
  EXPECT_EQ(text(is("modality", {"MR", "CT"})),
            text(group(Kind::Or, {is("modality", {"CT"}), is("modality", {"MR", "CT"})})));
  EXPECT_EQ(text(is("modality", {"MR", "MR"})), text(is("modality", {"MR"})));
}

TEST(CanonicalQuery, NoChoiceOfTextsMakesTwoQueriesOne) {
  EXPECT_NE(text(is("a", {"b;=1:c"})), text(group(Kind::And, {is("a", {"b"}), is("c", {""})})));
  EXPECT_NE(text(is("ab", {"c"})), text(is("a", {"bc"})));
}

TEST(CanonicalQuery, AParityKeepsItsDoubles) {
  const Query a = is("a", {"1"});
  EXPECT_NE(text(group(Kind::Xor, {a, a})), text(group(Kind::Xor, {a})));
}

TEST(CanonicalQuery, DeepAndLargeQueriesAreRefused) {
  Query deep = is("a", {"1"});
  for (int i = 0; i < 100; ++i) deep = group(Kind::Not, {deep});
  EXPECT_FALSE(canonical(deep).ok());
  EXPECT_FALSE(canonical(group(Kind::And, std::vector<Query>(5000, is("a", {"1"})))).ok());
  EXPECT_FALSE(canonical(is("a", std::vector<std::string>(5000, "1"))).ok());
  EXPECT_FALSE(canonical(group(Kind::Not, {})).ok());
}

Query random_query(std::mt19937& random, int depth) {
  if (depth == 0 || random() % 3 == 0)
    return is(std::string(1, static_cast<char>('a' + random() % 3)), {std::to_string(random() % 3)});
  const Kind kind = std::array{Kind::And, Kind::Or, Kind::Xor, Kind::Not}[random() % 4];
  std::vector<Query> children;
  const std::size_t count = kind == Kind::Not ? 1 : random() % 4;
  for (std::size_t i = 0; i < count; ++i) children.push_back(random_query(random, depth - 1));
  return group(kind, std::move(children));
}

void shuffle(std::mt19937& random, Query& query) {
  std::shuffle(query.children.begin(), query.children.end(), random);
  for (Query& child : query.children) shuffle(random, child);
  if (query.kind == Kind::And && random() % 2) query.children.push_back(group(Kind::And, {}));
}

TEST(CanonicalQueryProperty, OrderAndNeutralGroupsChangeNothing) {
  std::mt19937 random(7);
  for (int run = 0; run < 3000; ++run) {
    const Query query = random_query(random, 4);
    Query other = query;
    shuffle(random, other);
    const auto made = canonical(query);
    ASSERT_TRUE(made.ok());
    EXPECT_EQ(text(other), canonical_text(*made));
    EXPECT_EQ(text(*made), canonical_text(*made)) << "canonical of canonical";
  }
}

TEST(RelatedQueries, AreThoseWithPartsLeftOutBeginningWithEverybody) {
  const auto query = canonical(group(Kind::And, {is("a", {"1"}), is("b", {"1"}), is("c", {"1"})}));
  const auto others = related(*query);
  ASSERT_EQ(others.size(), 7u);
  EXPECT_EQ(others[0], Query{});
  EXPECT_EQ(related(is("a", {"1"})).size(), 1u);
  std::vector<Query> many;
  for (int i = 0; i < 200; ++i) many.push_back(is("k" + std::to_string(i), {"1"}));
  EXPECT_EQ(related(*canonical(group(Kind::And, many))).size(), 64u);
}

class FakeLog final : public model::DisclosureLog {
 public:
  Result<Admission> admit(const model::AskedQuestion& question, std::int64_t since_us, std::int64_t now_us,
                          std::uint64_t most) override {
    auto& asked = asked_[question.requester + '/' + question.dataset];
    std::erase_if(asked, [&](const auto& one) { return one.second < since_us; });
    Admission admission;
    admission.asked_before = asked.contains(question.digest);
    admission.admitted = admission.asked_before || asked.size() < most;
    if (admission.admitted) asked.emplace(question.digest, now_us);
    admission.questions = asked.size();
    return admission;
  }

 private:
  std::map<std::string, std::map<std::string, std::int64_t>> asked_;
};

TEST(BudgetTest, DifferentQuestionsCostTheSameOneDoesNot) {
  FakeLog log;
  testing::FakeClock clock;
  Budget budget(log, clock);
  Policy policy;
  policy.max_queries = 2;
  policy.window_seconds = 60;
  const auto admit = [&](const Query& query, const char* who = "a", const char* dataset = "d") {
    return budget.admit(who, dataset, *canonical(query), policy).ok();
  };
  EXPECT_TRUE(admit(is("a", {"1"})));
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(admit(group(Kind::And, {is("a", {"1"}), group(Kind::Or, {})})));
  EXPECT_TRUE(admit(is("a", {"2"})));
  EXPECT_FALSE(admit(is("a", {"3"})));
  EXPECT_TRUE(admit(is("a", {"1"}))) << "known questions stay free";
  EXPECT_TRUE(admit(is("a", {"3"}), "b"));
  EXPECT_TRUE(admit(is("a", {"3"}), "a", "e"));
  const auto refused = budget.admit("a", "d", *canonical(is("a", {"3"})), policy);
  EXPECT_EQ(refused.error().code, ErrorCode::TooManyRequests);
  EXPECT_EQ(refused.error().where, "d");
  clock.advance_us(61'000'000);
  EXPECT_TRUE(admit(is("a", {"3"})));
}

}  // namespace
}  // namespace gateway::disclosure
