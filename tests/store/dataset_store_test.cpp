// Data sets of a real store: versions, history, snapshots, migration.
#include "gateway/model/dataset_port.h"

#include "gateway/store/dataset_store.h"
#include "gateway/store/migrations.h"
#include "tests/store/store_fixture.h"

namespace gateway::store {
namespace {

using model::DatasetAct;
using model::DatasetState;

class DatasetFlow : public StoreTest {
 protected:
  model::DatasetStore& datasets() { return store_->datasets(); }
  std::vector<std::string> ids_at(std::int64_t revision) {
    std::vector<std::string> ids;
    const auto listed = datasets().published_at(revision);
    EXPECT_TRUE(listed.ok());
    for (const auto& row : *listed) ids.push_back(row.id);
    return ids;
  }
};

TEST_F(DatasetFlow, KeepsEveryVersionAndWhoMadeIt) {
  ASSERT_TRUE(datasets().define("a", "one", "anna").ok());
  clock_.advance_us(5);
  ASSERT_TRUE(datasets().define("a", "two", "bert").ok());
  ASSERT_TRUE(datasets().define("a", "two", "carl").ok()) << "the same text is no version";
  EXPECT_EQ(datasets().version("a", 1)->definition, "one");
  EXPECT_EQ(datasets().version("a", 2)->actor, "bert");
  EXPECT_EQ(datasets().version("a", 2)->created_us, clock_.utc_us());
  EXPECT_EQ(datasets().version("a", 3).error().code, ErrorCode::NotFound);
  EXPECT_EQ(datasets().history("a")->size(), 2u);
}

TEST_F(DatasetFlow, ARowThatIsNotAsExpectedIsNotWritten) {
  ASSERT_TRUE(datasets().define("a", "one", "", {0, false}).ok());
  EXPECT_EQ(datasets().define("a", "two", "", {0, false}).error().code, ErrorCode::Conflict);
  EXPECT_EQ(datasets().publish("a", true, "", "", {2, std::nullopt}).error().code, ErrorCode::Conflict);
  ASSERT_TRUE(datasets().publish("a", true, "", "", {1, std::nullopt}).ok());
  EXPECT_EQ(datasets().define("a", "two", "", {1, false}).error().code, ErrorCode::Conflict);
  EXPECT_EQ(datasets().dataset("a")->definition, "one");
  EXPECT_TRUE(datasets().define("a", "two", "", {1, true}).ok());
}

TEST_F(DatasetFlow, StatesFollowWhatHappens) {
  ASSERT_TRUE(datasets().define("a", "one").ok());
  ASSERT_TRUE(datasets().record("a", 1, DatasetAct::Validated, "anna").ok());
  EXPECT_EQ(datasets().dataset("a")->state, DatasetState::Validated);
  ASSERT_TRUE(datasets().record("a", 1, DatasetAct::Refused, "", "why").ok());
  EXPECT_EQ(datasets().dataset("a")->state, DatasetState::Draft);
  ASSERT_TRUE(datasets().publish("a", true, "anna").ok());
  EXPECT_EQ(datasets().dataset("a")->checked_us, clock_.utc_us());
  const std::int64_t first = clock_.utc_us();
  clock_.advance_us(10);
  ASSERT_TRUE(datasets().publish("a", false, "bert", "consent").ok());
  EXPECT_EQ(datasets().dataset("a")->state, DatasetState::Withdrawn);
  EXPECT_EQ(datasets().dataset("a")->withdrawn_us, clock_.utc_us());
  EXPECT_EQ(datasets().dataset("a")->first_published_us, first);
  ASSERT_TRUE(datasets().publish("a", true).ok());
  EXPECT_EQ(datasets().dataset("a")->withdrawn_us, 0);
  EXPECT_EQ(datasets().dataset("a")->first_published_us, first);
  EXPECT_EQ(datasets().history("a")->at(1).note, "");
  EXPECT_EQ(datasets().history("a")->at(4).note, "consent");
}

TEST_F(DatasetFlow, WhatWasFoundAboutAnOldVersionIsRefused) {
  ASSERT_TRUE(datasets().define("a", "one").ok());
  ASSERT_TRUE(datasets().define("a", "two").ok());
  EXPECT_EQ(datasets().record("a", 1, DatasetAct::Validated).error().code, ErrorCode::Conflict);
  EXPECT_EQ(datasets().record("x", 1, DatasetAct::Checked).error().code, ErrorCode::NotFound);
  EXPECT_EQ(datasets().dataset("a")->state, DatasetState::Draft);
}

TEST_F(DatasetFlow, ASnapshotStaysWhatItWas) {
  EXPECT_EQ(*datasets().revision(), 0);
  for (const char* id : {"b", "a", "c"}) {
    ASSERT_TRUE(datasets().define(id, "x").ok());
    ASSERT_TRUE(datasets().publish(id, true).ok());
  }
  const std::int64_t then = *datasets().revision();
  ASSERT_TRUE(datasets().publish("b", false).ok());
  ASSERT_TRUE(datasets().define("d", "x").ok());
  ASSERT_TRUE(datasets().publish("d", true).ok());
  EXPECT_EQ(ids_at(then), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(ids_at(*datasets().revision()), (std::vector<std::string>{"a", "c", "d"}));
  reopen();
  EXPECT_EQ(ids_at(then), (std::vector<std::string>{"a", "b", "c"})) << "also after a restart";
}

TEST_F(DatasetFlow, AStoreOfAnEarlierSchemaKeepsItsDatasets) {
  const std::string path = folder_ / "old.sqlite";
  auto database = Database::open(path, Database::Access::Write, 64, false);
  ASSERT_TRUE(database.ok());
  constexpr int kBeforeTheFlow = 11;
  ASSERT_TRUE(migrate(**database, kBeforeTheFlow).ok());
  ASSERT_TRUE((*database)
                  ->execute("INSERT INTO dataset (id, definition, version, created_us, updated_us, "
                            "published_us) VALUES ('seen', 'x', 3, 10, 20, 30), ('draft', 'y', 1, 5, 5, 0);")
                  .ok());
  database->reset();
  auto connections = Connections::open(path, false);
  ASSERT_TRUE(connections.ok()) << connections.error().text();
  DatasetStore store(**connections, clock_);
  EXPECT_EQ(store.dataset("seen")->state, DatasetState::Published);
  EXPECT_EQ(store.dataset("seen")->checked_us, 30);
  EXPECT_EQ(store.dataset("draft")->state, DatasetState::Draft);
  EXPECT_EQ(store.version("seen", 3)->definition, "x");
  EXPECT_EQ(store.published_at(*store.revision())->size(), 1u);
}

}  // namespace
}  // namespace gateway::store
