#include <algorithm>
#include <random>

#include "tests/store/store_fixture.h"

namespace gateway::store {
namespace {

using model::HistoryQuery;
using model::ResourceCondition;
using model::ResourceQuery;
using model::ResourceWrite;
using model::SearchValue;
using model::ValueTest;

ResourceWrite write_of(std::string type, std::string id, std::int64_t expected, std::string json,
                       std::vector<SearchValue> values = {}) {
  ResourceWrite write;
  write.type = std::move(type);
  write.id = std::move(id);
  write.expected = expected;
  write.updated_us = 1'000 * (expected + 1);
  write.method = expected ? "PUT" : "POST";
  write.deleted = json.empty();
  write.json = std::move(json);
  write.values = std::move(values);
  return write;
}

class ResourceStoreTest : public StoreTest {
 protected:
  model::ResourceStore& resources() { return store_->resources(); }

  std::int64_t must(const std::vector<ResourceWrite>& writes) {
    const auto state = resources().commit(writes);
    EXPECT_TRUE(state.ok()) << state.error().text() << state.error().detail;
    return state.ok() ? *state : 0;
  }
  std::vector<std::string> find(std::vector<ResourceCondition> conditions) {
    ResourceQuery query;
    query.conditions = std::move(conditions);
    const auto hits = resources().find(query);
    EXPECT_TRUE(hits.ok()) << hits.error().text() << hits.error().detail;
    std::vector<std::string> ids;
    if (hits.ok())
      for (const auto& hit : *hits) ids.push_back(hit.id);
    return ids;
  }
};

TEST_F(ResourceStoreTest, KeepsEveryVersionAndTellsOfDeletions) {
  must({write_of("Patient", "a", 0, "one")});
  must({write_of("Patient", "a", 1, "two")});
  must({write_of("Patient", "a", 2, "")});
  reopen();
  const auto current = resources().read("Patient", "a");
  ASSERT_TRUE(current.ok() && *current);
  EXPECT_TRUE((*current)->deleted);
  EXPECT_EQ((*current)->version, 3);
  const auto first = resources().vread("Patient", "a", 1);
  ASSERT_TRUE(first.ok() && *first);
  EXPECT_EQ((*first)->json, "one");
  const auto none = resources().read("Patient", "b");
  ASSERT_TRUE(none.ok());
  EXPECT_FALSE(none->has_value());
}

TEST_F(ResourceStoreTest, AVersionThatIsNotTheExpectedOneUndoesTheWholeCommit) {
  must({write_of("Patient", "a", 0, "one")});
  const auto state =
      resources().commit(std::vector{write_of("Patient", "b", 0, "b"), write_of("Patient", "a", 0, "x")});
  ASSERT_FALSE(state.ok());
  EXPECT_EQ(state.error().code, ErrorCode::Conflict);
  EXPECT_EQ(state.error().where, "Patient/a");
  EXPECT_FALSE(resources().read("Patient", "b").value().has_value());
}

TEST_F(ResourceStoreTest, CommitsOnlyIfNothingChangedSinceAState) {
  const auto before = resources().state();
  ASSERT_TRUE(before.ok());
  const std::int64_t after = must({write_of("Patient", "a", 0, "one")});
  EXPECT_GT(after, *before);
  const auto late = resources().commit(std::vector{write_of("Patient", "b", 0, "two")}, *before);
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().code, ErrorCode::Conflict);
  EXPECT_TRUE(resources().commit(std::vector{write_of("Patient", "b", 0, "two")}, after).ok());
}

TEST_F(ResourceStoreTest, WhatTheGatewayWritesByItselfIsNoChangeToDecideBy) {
  const std::int64_t before = must({write_of("Patient", "a", 0, "one")});
  ResourceWrite event = write_of("AuditEvent", "e", 0, "{}"), feed = write_of("Parameters", "f", 0, "{}");
  event.origin = model::kAuditOrigin;
  feed.origin = model::kSubscriptionsOrigin;
  EXPECT_EQ(must({event, feed}), before);
  EXPECT_EQ(resources().state().value(), before);
  EXPECT_GT(resources().history({})->state, before);
  EXPECT_EQ(resources().history({})->total, 3u);
  ResourceWrite derived = write_of("Patient", "b", 0, "two");
  derived.origin = "sop:1.2.3";
  const auto after = resources().commit(std::vector{derived}, before);
  ASSERT_TRUE(after.ok()) << after.error().text();
  EXPECT_GT(*after, before);
}

TEST_F(ResourceStoreTest, LoadsUpToANumberOfBytesButOneAtLeast) {
  must({write_of("Basic", "a", 0, std::string(60, 'a')), write_of("Basic", "b", 0, std::string(60, 'b')),
        write_of("Basic", "c", 0, std::string(60, 'c'))});
  must({write_of("Basic", "b", 1, "")});
  const std::vector<std::int64_t> rows = {1, 2, 3};
  const auto some = resources().load(rows, 100);
  ASSERT_TRUE(some.ok());
  EXPECT_EQ(some->resources.size(), 1u);
  EXPECT_EQ(some->examined, 2u) << "the deleted one counts";
  EXPECT_EQ(resources().load(rows, 0)->resources.size(), 1u);
  EXPECT_EQ(resources().load(rows, 120)->resources.size(), 2u);
  EXPECT_EQ(resources().load(rows, 120)->examined, 3u);
}

TEST_F(ResourceStoreTest, FindsAmongManyAlternatives) {
  must({write_of("Basic", "a", 0, "{}", {{"p", "", "t9999", 5, 5}}),
        write_of("Basic", "b", 0, "{}", {{"p", "", "\"t\\", 700, 700}})});
  ValueTest many;
  many.parameter = "p";
  many.how = ValueTest::Text::Equals;
  for (int i = 0; i < 10'000; ++i) many.texts.push_back("t" + std::to_string(i));
  const ResourceCondition listed{{many}, false};
  EXPECT_EQ(find({listed, listed, listed, listed, listed}), std::vector<std::string>{"a"});
  many.texts.push_back("\"t\\");
  EXPECT_EQ(find({{{many}, false}}).size(), 2u);
  ResourceCondition numbers;
  for (int i = 0; i < 1000; ++i) {
    ValueTest test;
    test.parameter = "p";
    test.low_least = test.high_most = i;
    numbers.any.push_back(test);
  }
  EXPECT_EQ(find({numbers}).size(), 2u);
  numbers.negated = true;
  EXPECT_TRUE(find({numbers}).empty());
  numbers.any.resize(600);
  EXPECT_EQ(find({numbers}), std::vector<std::string>{"b"});
  ResourceQuery query;
  query.conditions.assign(20, numbers);
  const auto refused = resources().count(query);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::InvalidParameter);
}

TEST_F(ResourceStoreTest, PagesHistoryOfAnInstanceATypeAndAll) {
  must({write_of("Patient", "a", 0, "1"), write_of("Patient", "b", 0, "2"), write_of("Device", "d", 0, "3")});
  must({write_of("Patient", "a", 1, "4")});
  HistoryQuery query;
  query.limit = 2;
  const auto all = resources().history(query);
  ASSERT_TRUE(all.ok());
  EXPECT_EQ(all->total, 4u);
  EXPECT_EQ(all->versions.at(0).json, "4");
  must({write_of("Patient", "a", 2, "5")});
  query.offset = 2;
  query.up_to = all->state;
  const auto rest = resources().history(query);
  ASSERT_TRUE(rest.ok());
  EXPECT_EQ(rest->versions.at(0).json, "2");
  EXPECT_EQ(rest->total, 4u);
  const auto total = [&](const char* type, const char* id, std::int64_t since, std::int64_t at) {
    return resources().history({type, id, since, at, 100, 0, 0})->total;
  };
  EXPECT_EQ(total("Patient", "a", 0, 0), 3u);
  EXPECT_EQ(total("Patient", "", 0, 0), 4u);
  EXPECT_EQ(total("", "", 2'000, 0), 2u);
  EXPECT_EQ(total("", "", 0, 2'500), 3u) << "the second version of a, and the first of the others";
}

TEST_F(ResourceStoreTest, FindsOneTypeAmongOthersWithTheSameValue) {
  const auto about = [](const char* type, const char* id) {
    return write_of(type, id, 0, "x", {{"patient", "Patient", {"p"}, {}, {}}});
  };
  must({about("AuditEvent", "1"), about("Observation", "o"), about("AuditEvent", "2"),
        about("Observation", "q"), about("AuditEvent", "3")});
  ResourceCondition patient;
  patient.any.emplace_back();
  patient.any[0].parameter = "patient";
  patient.any[0].how = model::ValueTest::Text::Equals;
  patient.any[0].texts = {"p"};
  for (const auto& [type, count] : {std::pair("Observation", 2u), {"AuditEvent", 3u}, {"ImagingStudy", 0u}}) {
    ResourceQuery query;
    query.types = {type};
    query.conditions = {patient};
    EXPECT_EQ(resources().count(query).value(), count) << type;
    query.conditions[0].negated = true;
    EXPECT_EQ(resources().count(query).value(), 0u) << type;
  }
}

TEST_F(ResourceStoreTest, APageOfHistoryIsBoundedInBytes) {
  for (int i = 0; i < 4; ++i) must({write_of("Patient", "a", i, std::string(100, 'x'))});
  HistoryQuery query;
  query.most_bytes = 250;
  const auto page = resources().history(query);
  EXPECT_EQ(page->versions.size(), 2u);
  EXPECT_EQ(page->total, 4u);
  query.most_bytes = 10;
  EXPECT_EQ(resources().history(query)->versions.size(), 1u) << "one at least";
}

TEST_F(ResourceStoreTest, WhatSubscriptionsKeepHasNoHistory) {
  for (int i = 0; i < 3; ++i) {
    ResourceWrite feed = write_of("Parameters", "f", i, std::to_string(i));
    feed.origin = model::kSubscriptionsOrigin;
    must({feed});
  }
  EXPECT_EQ(resources().history({})->total, 1u);
  EXPECT_EQ(resources().read("Parameters", "f")->value().json, "2");
  EXPECT_EQ(resources().vread("Parameters", "f", 2)->has_value(), false);
}

TEST_F(ResourceStoreTest, FindsByTheValuesOfTheCurrentVersionOnly) {
  must({write_of("Patient", "a", 0, "x", {{"name", "Old", "old", {}, {}}}),
        write_of("Patient", "b", 0, "x", {{"name", "Other", "other", {}, {}}})});
  must({write_of("Patient", "a", 1, "y", {{"name", "New", "new", {}, {}}})});
  const auto named = [&](std::string text) {
    ValueTest test;
    test.parameter = "name";
    test.how = ValueTest::Text::Begins;
    test.texts = {std::move(text)};
    return find({{{test}, false}});
  };
  EXPECT_EQ(named("n"), std::vector<std::string>{"a"});
  EXPECT_TRUE(named("old").empty());
  must({write_of("Patient", "a", 2, "")});
  EXPECT_TRUE(named("n").empty());
}

// Whatever the condition: the SQL finds what the test in memory finds.
TEST_F(ResourceStoreTest, SqlAndMemoryAgreeOnEveryCondition) {
  std::mt19937 random(7);
  const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  const auto word = [&] { return std::string(1, static_cast<char>('a' + pick(3))) + (pick(2) ? "%" : "_x"); };
  std::vector<ResourceWrite> writes;
  for (int i = 0; i < 60; ++i) {
    ResourceWrite write = write_of("Basic", "r" + std::to_string(i), 0, "{}");
    for (int v = pick(4); v > 0; --v) {
      const std::int64_t low = pick(10);
      write.values.push_back({pick(2) ? "p" : "q", pick(2) ? "s" : "", word(), low, low + pick(4), pick(2)});
      if (pick(5) == 0) write.values.back().low = write.values.back().high = std::nullopt;
    }
    writes.push_back(std::move(write));
  }
  must(writes);
  const auto random_test = [&] {
    ValueTest test;
    test.parameter = pick(2) ? "p" : "q";
    if (pick(3) == 0) test.system = pick(2) ? "s" : "";
    test.how = static_cast<ValueTest::Text>(pick(4));
    test.texts = {word().substr(0, static_cast<std::size_t>(1 + pick(2))), word()};
    if (pick(3) == 0) test.low_least = pick(10);
    if (pick(3) == 0) test.low_most = pick(10);
    if (pick(3) == 0) test.high_least = pick(10);
    if (pick(3) == 0) test.high_most = pick(10);
    return test;
  };
  for (int round = 0; round < 300; ++round) {
    ResourceCondition condition;
    for (int t = pick(3); t >= 0; --t) condition.any.push_back(random_test());
    if (pick(4) == 0) condition.any[0].parts = {random_test(), random_test()};
    condition.negated = pick(3) == 0;
    std::vector<std::string> expected;
    for (const ResourceWrite& write : writes)
      if (model::matches(condition, {write.type, write.id, write.updated_us}, write.values))
        expected.push_back(write.id);
    EXPECT_EQ(find({condition}), expected) << "round " << round;
  }
}

TEST_F(ResourceStoreTest, SortsByFirstValueAndPutsMissingOnesLast) {
  must({write_of("Basic", "none", 0, "{}"), write_of("Basic", "late", 0, "{}", {{"date", "", "", 30, 40}}),
        write_of("Basic", "early", 0, "{}", {{"date", "", "", 50, 60}, {"date", "", "", 10, 20}})});
  const auto sorted = [&](bool descending) {
    ResourceQuery query;
    query.sort = {{"date", false, descending}};
    std::string ids;
    const auto hits = resources().find(query);
    for (std::size_t i = 0; hits.ok() && i < hits->size(); ++i) ids += hits->at(i).id + " ";
    return ids;
  };
  EXPECT_EQ(sorted(false), "early late none ");
  EXPECT_EQ(sorted(true), "early late none ") << "by the latest end";
}

TEST(OrderOf, SortsAsNumbersDo) {
  const double numbers[] = {-1e300, -2.5, -1e-9, 0.0, 1e-9, 0.5, 99.5, 100, 1e300};
  for (std::size_t i = 1; i < std::size(numbers); ++i)
    EXPECT_LT(model::order_of(numbers[i - 1]), model::order_of(numbers[i]));
  EXPECT_EQ(model::order_of(-0.0), model::order_of(0.0));
}

}  // namespace
}  // namespace gateway::store
