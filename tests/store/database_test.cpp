#include "gateway/store/database.h"

#include <fstream>

#include "gateway/store/migrations.h"
#include "gateway/store/row_ids.h"
#include "gateway/store/selection.h"
#include "tests/store/store_fixture.h"

namespace gateway::store {
namespace {

class DatabaseTest : public ::testing::Test {
 protected:
  std::unique_ptr<Database> open(Database::Access access = Database::Access::Write) {
    auto opened = Database::open(path(), access, 1024, false);
    EXPECT_TRUE(opened.ok()) << opened.error().detail;
    return opened.ok() ? std::move(*opened) : nullptr;
  }
  std::string path() const { return folder_.path() + "/test.sqlite"; }
  gateway::testing::TempFolder folder_;
};

TEST_F(DatabaseTest, ParametersAreBoundByTheirNumberWhereverTheyStand) {
  auto database = open();
  auto statement = database->prepare("SELECT $3, $1, $2, $1");
  ASSERT_TRUE(statement.ok());
  const std::string copied = "copied";
  statement->bind(1, std::string_view("one")).bind(2, std::int64_t{2}).bind_copy(3, copied);
  ASSERT_TRUE(*statement->step());
  EXPECT_EQ(statement->text(0), "copied");
  EXPECT_EQ(statement->text(1), "one");
  EXPECT_EQ(statement->integer(2), 2);
  EXPECT_EQ(statement->text(3), "one");
}

TEST_F(DatabaseTest, AParameterThatIsNotThereIsAFaultOfTheStep) {
  auto database = open();
  auto statement = database->prepare("SELECT $1");
  ASSERT_TRUE(statement.ok());
  statement->bind(1, std::int64_t{1}).bind(7, std::int64_t{1});
  const auto step = statement->step();
  ASSERT_FALSE(step.ok());
  EXPECT_EQ(step.error().code, ErrorCode::StoreFailed);
}

TEST_F(DatabaseTest, TheSameTextMayBeOnLoanTwice) {
  auto database = open();
  auto outer = database->prepare("SELECT $1");
  auto inner = database->prepare("SELECT $1");
  ASSERT_TRUE(outer.ok() && inner.ok());
  outer->bind(1, std::int64_t{1});
  inner->bind(1, std::int64_t{2});
  ASSERT_TRUE(*outer->step());
  ASSERT_TRUE(*inner->step());
  EXPECT_EQ(outer->integer(0), 1);
  EXPECT_EQ(inner->integer(0), 2);
}

TEST_F(DatabaseTest, ManyStatementsEvictTheOldestOnesOnly) {
  auto database = open();
  auto kept = database->prepare("SELECT 'kept'");
  for (int i = 0; i < 300; ++i) {
    auto statement = database->prepare("SELECT " + std::to_string(i));
    ASSERT_TRUE(statement.ok() && *statement->step());
    EXPECT_EQ(statement->integer(0), i);
  }
  ASSERT_TRUE(*kept->step());
  EXPECT_EQ(kept->text(0), "kept");
}

TEST_F(DatabaseTest, AReturnedStatementForgetsItsValues) {
  auto database = open();
  {
    auto statement = database->prepare("SELECT $1");
    statement->bind(1, std::int64_t{1});
    ASSERT_TRUE(*statement->step());
  }
  auto again = database->prepare("SELECT $1");
  ASSERT_TRUE(*again->step());
  EXPECT_EQ(again->optional_integer(0), std::nullopt);
}

TEST_F(DatabaseTest, FaultySqlIsAnErrorWithTheDetailHidden) {
  const auto statement = open()->prepare("SELECT secret FROM nowhere");
  ASSERT_FALSE(statement.ok());
  EXPECT_EQ(statement.error().message.find("nowhere"), std::string::npos);
  EXPECT_NE(statement.error().detail.find("nowhere"), std::string::npos);
}

TEST_F(DatabaseTest, ReadersCannotWrite) {
  auto writer = open();
  ASSERT_TRUE(writer->execute("CREATE TABLE t (a)").ok());
  EXPECT_FALSE(open(Database::Access::Read)->execute("INSERT INTO t VALUES (1)").ok());
}

TEST_F(DatabaseTest, ATransactionThatIsNotCommittedLeavesNothing) {
  auto database = open();
  ASSERT_TRUE(database->execute("CREATE TABLE t (a)").ok());
  {
    auto transaction = Transaction::begin(*database, Database::Access::Write);
    ASSERT_TRUE(transaction.ok());
    ASSERT_TRUE(database->execute("INSERT INTO t VALUES (1)").ok());
  }
  auto count = database->prepare("SELECT count(*) FROM t");
  ASSERT_TRUE(*count->step());
  EXPECT_EQ(count->integer(0), 0);
}

TEST_F(DatabaseTest, AFolderThatCannotBeMadeIsStoreFailed) {
  std::ofstream(folder_.path() + "/file") << "no folder";
  const auto opened = Store::open({folder_.path() + "/file/parent", false});
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, ErrorCode::StoreFailed);
  EXPECT_EQ(opened.error().message.find(folder_.path()), std::string::npos) << "paths are private";
}

TEST_F(DatabaseTest, AFileThatIsNoDatabaseIsStoreFailed) {
  std::FILE* file = std::fopen(path().c_str(), "w");
  std::fputs(std::string(8192, 'x').c_str(), file);
  std::fclose(file);
  const auto opened = Database::open(path(), Database::Access::Write, 1024, false);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, ErrorCode::StoreFailed);
}

using MigrationTest = StoreTest;

TEST_F(MigrationTest, AStoreOfTheFirstSchemaIsBroughtUpToDateWithItsRows) {
  std::vector<IndexEntry> entries = {gateway::testing::make_entry({1, 1, 1, 1}),
                                     gateway::testing::make_entry({2, 2, 1, 1})};
  entries[0].json.series = R"({"00400275":{"vr":"SQ","Value":[{"00400009":{"vr":"SH","Value":["STEP1"]}}]}})";
  commit(entries);
  store_.reset();
  {
    const auto database =
        Database::open(folder_.path() + "/store/index.sqlite", Database::Access::Write, 1024, false);
    ASSERT_TRUE(database.ok());
    const auto undone = (*database)->execute(
        "DROP INDEX series_uid; CREATE INDEX series_uid ON series (uid); "
        "ALTER TABLE series DROP COLUMN study_uid; "
        "ALTER TABLE subject DROP COLUMN more; ALTER TABLE study DROP COLUMN more; "
        "ALTER TABLE series DROP COLUMN more; ALTER TABLE instance DROP COLUMN more; "
        "DROP TABLE described_study; DROP TABLE removed_id; DROP TABLE undescribed; "
        "DROP TABLE dataset_version; DROP TABLE dataset_event; ALTER TABLE dataset DROP COLUMN state; "
        "ALTER TABLE dataset DROP COLUMN checked_us; ALTER TABLE dataset DROP COLUMN first_published_us; "
        "ALTER TABLE dataset DROP COLUMN withdrawn_us; "
        "DROP INDEX instance_digest; DROP TABLE series_transfer_syntax; DROP TABLE series_defect; DROP TABLE "
        "asked_question; "
        "ALTER TABLE series DROP COLUMN digest; ALTER TABLE series DROP COLUMN matrix; "
        "ALTER TABLE study DROP COLUMN created_us; ALTER TABLE instance DROP COLUMN pixel_key; "
        "DROP TABLE resource; DROP TABLE resource_version; DROP TABLE resource_value; "
        "ALTER TABLE instance DROP COLUMN frame_table; DROP TABLE name_word; DROP TABLE search_key; "
        "DROP INDEX subject_birth_date; DROP INDEX study_time; DROP INDEX study_study_id; "
        "DROP INDEX study_description; DROP INDEX series_modality; DROP INDEX series_number; "
        "DROP INDEX series_description; DROP INDEX series_date; DROP INDEX series_body_part; "
        "DROP INDEX instance_sop_class; DROP INDEX instance_number; DROP TABLE workitem; DROP TABLE "
        "workitem_subscription; "
        "DROP TABLE IF EXISTS source_harvest; DROP TABLE IF EXISTS source_study; DROP TABLE IF EXISTS "
        "commitment; "
        "DROP TABLE IF EXISTS blob_log; DROP TABLE workitem_global_subscription; DELETE FROM schema_version "
        "WHERE version > 1");
    ASSERT_TRUE(undone.ok()) << undone.error().detail;
  }
  reopen();
  EXPECT_EQ(study_uids({{"subject.name", Match::Kind::Fuzzy, {"givven"}, "", ""}}).size(), 2u);
  EXPECT_EQ(search(Level::Series, {any_of("series.00400275.00400009", {"STEP1"})}).size(), 1u);
  const auto rows = search(Level::Series, {});
  ASSERT_EQ(rows.size(), 2u);
  for (const auto& row : rows) EXPECT_TRUE(row.series_uid.starts_with(row.study_uid + ".")) << row.study_uid;
  EXPECT_NE(rows[0].study_uid, rows[1].study_uid);
  const auto records = index().studies({Level::Study, {}}, model::Depth::Instances);
  ASSERT_TRUE(records.ok()) << records.error().text();
  EXPECT_EQ((*records)[0].series[0].instances[0], entries[0].object.instance);
}

TEST_F(DatabaseTest, MigrationIsDoneOnce) {
  auto database = open();
  ASSERT_TRUE(migrate(*database).ok());
  ASSERT_TRUE(migrate(*database).ok());
  auto versions = database->prepare("SELECT count(*), max(version) FROM schema_version");
  ASSERT_TRUE(*versions->step());
  EXPECT_EQ(versions->integer(0), newest_schema());
  EXPECT_EQ(versions->integer(1), newest_schema());
}

TEST_F(DatabaseTest, ANewerSchemaIsRefusedAndLeftAlone) {
  auto database = open();
  ASSERT_TRUE(migrate(*database).ok());
  ASSERT_TRUE(database->execute("INSERT INTO schema_version VALUES (99); UPDATE meta SET version = 7").ok());
  const auto refused = migrate(*database);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::StoreFailed);
  EXPECT_NE(refused.error().message.find("newer gateway (schema 99"), std::string::npos)
      << refused.error().message;
  auto version = database->prepare("SELECT version FROM meta");
  ASSERT_TRUE(*version->step());
  EXPECT_EQ(version->integer(0), 7);
}

// The cost of the requests with a bar must not grow with the table: their plans may not scan one, nor sort.
class PlanTest : public StoreTest {
 protected:
  std::string plan(Level level, const std::vector<Match>& matches, bool by_id = false) {
    auto selection = compile(level, matches, by_id);
    EXPECT_TRUE(selection.ok());
    auto database =
        Database::open(folder_.path() + "/store/index.sqlite", Database::Access::Read, 1024, false);
    auto explain = (*database)->prepare("EXPLAIN QUERY PLAN SELECT " + selection->id + " " + selection->from +
                                        " ORDER BY " + selection->order + " LIMIT 100");
    EXPECT_TRUE(explain.ok()) << explain.error().detail;
    std::string text;
    while (*explain->step()) text += explain->string(3) + "\n";
    return text;
  }
};

TEST_F(PlanTest, SelectiveQueriesNeverScanATable) {
  const std::vector<std::pair<Level, std::vector<Match>>> queries = {
      {Level::Study, {any_of("subject.patient_id", {"P1"})}},
      {Level::Study, {any_of("subject.patient_id", {"P1"}), range("study.date", "20200101", "20201231")}},
      {Level::Study, {any_of("study.uid", {"1.2"})}},
      {Level::Study, {any_of("study.uid", {"1.2", "1.3"}), any_of("subject.sex", {"F"})}},
      {Level::Study, {any_of("study.accession_number", {"A1"})}},
      {Level::Study, {range("study.date", "20200101", "20200131")}},
      {Level::Study, {wildcard("subject.name", "doe*")}},
      {Level::Study, {any_of("series.uid", {"1.2"})}},
      {Level::Study, {any_of("instance.uid", {"1.2"})}},
      {Level::Study, {any_of("subject.patient_id", {"P1"}), any_of("study.modalities", {"CT"})}},
      {Level::Series, {any_of("study.uid", {"1.2"})}},
      {Level::Series, {any_of("study.uid", {"1.2"}), any_of("series.uid", {"1.3"})}},
      {Level::Instance, {any_of("study.uid", {"1.2"}), any_of("series.uid", {"1.3"})}},
      {Level::Instance, {any_of("instance.uid", {"1.2"})}},
      {Level::Subject, {any_of("subject.key", {"1"})}},
      {Level::Study, {any_of("subject.birth_date", {"19600101"})}},
      {Level::Study, {any_of("study.00081032.00080100", {"C1"})}},
      {Level::Study, {any_of("study.description", {"Thorax"})}},
      {Level::Study, {any_of("study.study_id", {"1"})}},
      {Level::Study, {range("study.time", "2200", "220059.999999")}},
      {Level::Study, {{"subject.name", Match::Kind::Fuzzy, {"doe jane"}, "", ""}}},
      {Level::Series, {any_of("series.00400275.00400009", {"S1"})}},
      {Level::Series, {range("series.00400244", "20260101", "20260131")}},
      {Level::Series, {any_of("series.modality", {"CT"})}},
      {Level::Series, {any_of("series.number", {"7"})}},
      {Level::Series, {wildcard("series.description", "Axial*")}},
      {Level::Instance, {any_of("instance.sop_class_uid", {"1.2"})}},
      {Level::Instance, {any_of("instance.number", {"7"})}},
  };
  for (const auto& [level, matches] : queries)
    EXPECT_EQ(plan(level, matches).find("SCAN"), std::string::npos) << matches[0].field << "\n"
                                                                    << plan(level, matches);
}

TEST_F(PlanTest, LongListsComeInOrderWithoutSorting) {
  const std::vector<std::vector<Match>> queries = {
      {},
      {any_of("study.modalities", {"CT"})},
      {any_of("study.modalities", {"CT"}), any_of("subject.sex", {"F"})},
      {range("study.date", "20000101", "")},
      {any_of("subject.sex", {"F"})},
      {any_of("series.body_part", {"CHEST"})}};
  for (const auto& matches : queries)
    EXPECT_EQ(plan(Level::Study, matches).find("TEMP B-TREE"), std::string::npos)
        << plan(Level::Study, matches);
}

TEST_F(PlanTest, OneValueOfManyRowsComesInTheOrderOfTheIdsWithoutSorting) {
  const std::vector<std::pair<Level, Match>> queries = {
      {Level::Study, any_of("study.description", {"Thorax"})},
      {Level::Series, any_of("series.modality", {"CT"})},
      {Level::Instance, any_of("instance.sop_class_uid", {"1.2"})},
      {Level::Instance, any_of("instance.number", {"1"})}};
  for (const auto& [level, match] : queries) {
    const std::string text = plan(level, {match}, /*by_id=*/true);
    EXPECT_EQ(text.find("TEMP B-TREE"), std::string::npos) << text;
    EXPECT_NE(text.find("USING"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace gateway::store
