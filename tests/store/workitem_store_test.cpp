// The worklist in the store: versions decide races, locks hold final items, all is found again.
#include "gateway/store/workitem_store.h"

#include <thread>

#include "store_fixture.h"

namespace gateway::store {
namespace {

using model::Subscriber;
using model::Workitem;
using model::WorkitemState;

class WorkitemStoreTest : public StoreTest {
 protected:
  model::WorkitemStore& items() { return store_->workitems(); }
  static Workitem item(const std::string& uid, WorkitemState state = WorkitemState::Scheduled) {
    return {uid, state, "", "P-" + uid, "{}", 0, 0};
  }
  std::vector<std::string> scan(const model::WorkitemFilter& filter) {
    std::vector<std::string> uids;
    EXPECT_TRUE(items()
                    .scan(filter,
                          [&](const Workitem& each) {
                            uids.push_back(each.uid);
                            return true;
                          })
                    .ok());
    return uids;
  }
};

TEST_F(WorkitemStoreTest, ItemsAreFoundAsTheyWereStoredAlsoAfterReopening) {
  Workitem whole{"1.2", WorkitemState::Scheduled, "", "P'1", R"({"00100010":"ä"})", 0, 0};
  EXPECT_TRUE(*items().create(whole, {{"A", true}, {"B", false}}));
  EXPECT_FALSE(*items().create(whole, {}));
  reopen();
  const auto found = *items().find("1.2");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->data, whole.data);
  EXPECT_EQ(found->patient_id, whole.patient_id);
  EXPECT_EQ(found->version, 1);
  EXPECT_EQ(found->updated_us, clock_.utc_us());
  EXPECT_EQ(*items().subscribers("1.2"), (std::vector<Subscriber>{{"A", true}, {"B", false}}));
  EXPECT_FALSE(*items().find("1.3"));
}

TEST_F(WorkitemStoreTest, TheFirstChangeOfAVersionWins) {
  ASSERT_TRUE(*items().create(item("1.2"), {}));
  Workitem first = **items().find("1.2");
  Workitem second = first;
  first.state = WorkitemState::InProgress;
  first.transaction_uid = "1.9";
  EXPECT_TRUE(*items().replace(first));
  EXPECT_FALSE(*items().replace(second));
  EXPECT_EQ((*items().find("1.2"))->transaction_uid, "1.9");
  EXPECT_FALSE(*items().replace(item("1.7")));
}

TEST_F(WorkitemStoreTest, OfManyWhoReplaceAtOnceOneWins) {
  ASSERT_TRUE(*items().create(item("1.2"), {}));
  const Workitem seen = **items().find("1.2");
  std::atomic<int> won{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i)
      threads.emplace_back([&, i] {
        Workitem mine = seen;
        mine.transaction_uid = std::to_string(i);
        won += *items().replace(mine);
      });
  }
  EXPECT_EQ(won, 1);
}

TEST_F(WorkitemStoreTest, ScansGoOverManyPagesInOrderOfCreation) {
  for (int i = 0; i < 600; ++i)
    ASSERT_TRUE(*items().create(
        item("1." + std::to_string(i), i % 2 ? WorkitemState::InProgress : WorkitemState::Scheduled), {}));
  const auto all = scan({});
  ASSERT_EQ(all.size(), 600u);
  EXPECT_EQ(all.front(), "1.0");
  EXPECT_EQ(all.back(), "1.599");
  EXPECT_EQ(scan({{}, {WorkitemState::InProgress}, {}}).size(), 300u);
  EXPECT_EQ(scan({{"1.5", "1.6", "9"}, {}, {}}), (std::vector<std::string>{"1.5", "1.6"}));
  EXPECT_EQ(scan({{"1.5", "1.6"}, {WorkitemState::InProgress}, {"P-1.5"}}).size(), 1u);
  int seen = 0;
  EXPECT_TRUE(items().scan({}, [&](const Workitem&) { return ++seen < 3; }).ok());
  EXPECT_EQ(seen, 3);
}

TEST_F(WorkitemStoreTest, FinalItemsGoWhenNothingHoldsThem) {
  ASSERT_TRUE(*items().create(item("1.1", WorkitemState::Completed), {}));
  ASSERT_TRUE(*items().create(item("1.2", WorkitemState::Canceled), {{"A", true}}));
  ASSERT_TRUE(*items().create(item("1.3", WorkitemState::Canceled), {{"A", false}}));
  ASSERT_TRUE(*items().create(item("1.4", WorkitemState::InProgress), {}));
  EXPECT_EQ(*items().remove_finished(clock_.utc_us()), 0u);
  EXPECT_EQ(*items().remove_finished(clock_.utc_us() + 1), 2u);
  EXPECT_EQ((*items().find("1.1"))->state, WorkitemState::Removed);
  EXPECT_EQ((*items().find("1.1"))->data, "");
  EXPECT_EQ(scan({}), (std::vector<std::string>{"1.2", "1.4"}));
  EXPECT_FALSE(*items().create(item("1.1"), {}));
  EXPECT_TRUE(*items().unsubscribe("1.2", "A"));
  EXPECT_EQ(*items().remove_finished(clock_.utc_us() + 1), 1u);
}

TEST_F(WorkitemStoreTest, SubscriptionsAreKeptChangedAndEnded) {
  ASSERT_TRUE(*items().create(item("1.1"), {{"A", true}}));
  ASSERT_TRUE(*items().create(item("1.2"), {}));
  ASSERT_TRUE(items().subscribe({"1.1", "1.2", "1.9"}, {"A", false}, true).ok());
  EXPECT_EQ(*items().subscribers("1.1"), (std::vector<Subscriber>{{"A", true}}));
  EXPECT_EQ(*items().subscribers("1.2"), (std::vector<Subscriber>{{"A", false}}));
  ASSERT_TRUE(items().subscribe({"1.1"}, {"A", false}, false).ok());
  EXPECT_EQ(*items().subscribers("1.1"), (std::vector<Subscriber>{{"A", false}}));
  EXPECT_TRUE(*items().unsubscribe("1.1", "A"));
  EXPECT_FALSE(*items().unsubscribe("1.1", "A"));
  EXPECT_TRUE(*items().unsubscribe_all("A"));
  EXPECT_FALSE(*items().unsubscribe_all("A"));
}

TEST_F(WorkitemStoreTest, AnEntityHasOneGlobalSubscriptionOfEachKind) {
  ASSERT_TRUE(items().put_global({{"A", true}, false, ""}).ok());
  ASSERT_TRUE(items().put_global({{"A", false}, true, "PatientID=1"}).ok());
  ASSERT_TRUE(items().put_global({{"A", false}, true, "PatientID=2"}).ok());
  const auto all = *items().global_subscriptions();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[1].filter, "PatientID=2");
  EXPECT_TRUE(*items().remove_global("A", true));
  EXPECT_FALSE(*items().remove_global("A", true));
}

}  // namespace
}  // namespace gateway::store
