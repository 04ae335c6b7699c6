// Draft, validated, published, withdrawn; versions; the yearly check.
#include "gateway/catalogue/check_calendar.h"
#include "gateway/catalogue/public_history.h"
#include "gateway/codec/json.h"
#include "tests/catalogue/fixture.h"

namespace gateway::catalogue {
namespace {

using model::DatasetAct;
using model::DatasetState;

const std::string kId = "breast-mammography";
constexpr std::int64_t kDay = 86'400'000'000;

class Flow : public CatalogueFixture {
 protected:
  DatasetState state() { return store.dataset(kId)->state; }
  std::vector<DatasetAct> acts() {
    std::vector<DatasetAct> acts;
    const auto history = service.history(kId);
    for (const auto& event : *history) acts.push_back(event.act);
    return acts;
  }
  Value json(const std::string& path) {
    auto parsed = codec::parse_json(body_of(get(path, "application/json")));
    EXPECT_TRUE(parsed.ok()) << path;
    return parsed ? *parsed : Value();
  }
};

TEST_F(Flow, ADraftIsValidatedThenPublishedThenWithdrawn) {
  ASSERT_TRUE(service.define(sample::kDefinition, "sample.toml", "anna"));
  EXPECT_EQ(state(), DatasetState::Draft);
  EXPECT_TRUE(service.validate(kId, "anna")->publishable());
  EXPECT_EQ(state(), DatasetState::Validated);
  ASSERT_TRUE(service.publish(kId, "bert"));
  EXPECT_EQ(state(), DatasetState::Published);
  ASSERT_TRUE(service.withdraw(kId, "bert", "consent was revoked"));
  EXPECT_EQ(state(), DatasetState::Withdrawn);
  EXPECT_EQ(acts(), (std::vector{DatasetAct::Defined, DatasetAct::Validated, DatasetAct::Validated,
                                 DatasetAct::Published, DatasetAct::Withdrawn}));
  const auto history = *service.history(kId);
  EXPECT_EQ(history[0].actor, "anna");
  EXPECT_EQ(history[4].actor, "bert");
  EXPECT_EQ(history[4].note, "consent was revoked");
}

TEST_F(Flow, AnInvalidRecordStaysUnseenAndTheHistorySaysWhy) {
  ASSERT_TRUE(service.define(sample::changed("[hdab]\nname = \"Example Health Data Access Body\"\nurl = "
                                             "\"https://hdab.example/contact\"\n",
                                             ""),
                             "sample.toml"));
  EXPECT_FALSE(service.publish(kId));
  EXPECT_EQ(state(), DatasetState::Draft);
  EXPECT_EQ(get("/catalogue/dataset/" + kId).status, 404);
  ASSERT_EQ(acts().back(), DatasetAct::Refused);
  EXPECT_NE(service.history(kId)->back().note.find("healthdcatap:hdab is missing"), std::string::npos);
}

TEST_F(Flow, ANewDefinitionOfWhatWasValidatedIsADraftAgain) {
  ASSERT_TRUE(service.define(sample::kDefinition, "sample.toml"));
  ASSERT_TRUE(service.validate(kId));
  ASSERT_TRUE(service.define(sample::changed("1.0.0", "1.1.0"), "sample.toml"));
  EXPECT_EQ(state(), DatasetState::Draft);
}

TEST_F(Flow, AWithdrawnDatasetIsGoneAndCanComeBack) {
  define_and_publish();
  ASSERT_TRUE(service.withdraw(kId));
  EXPECT_EQ(get("/catalogue/dataset/" + kId).status, 410);
  EXPECT_EQ(get("/catalogue/dataset/never-there").status, 404);
  ASSERT_TRUE(service.publish(kId));
  EXPECT_EQ(get("/catalogue/dataset/" + kId).status, 200);
}

TEST_F(Flow, DifferencesAreByPropertyAndIgnoreOrder) {
  ASSERT_TRUE(service.define(sample::kDefinition, "sample.toml"));
  std::string text = sample::changed("version = \"1.0.0\"", "version = \"2.0.0\"");
  const std::string order = "[\"mammography\", \"screening\"]";
  text.replace(text.find(order), order.size(), "[\"screening\", \"mammography\"]");
  const std::string frequency = "frequency = \"ANNUAL\"\n";
  text.replace(text.find(frequency), frequency.size(), "");
  ASSERT_TRUE(service.define(text, "sample.toml"));
  const auto changes = service.changes(kId, 1, 2);
  ASSERT_TRUE(changes);
  ASSERT_EQ(changes->size(), 2u);
  EXPECT_EQ((*changes)[0].key, "frequency");
  EXPECT_EQ((*changes)[0].property, "dct:accrualPeriodicity");
  EXPECT_EQ((*changes)[0].before, std::vector<std::string>{"ANNUAL"});
  EXPECT_TRUE((*changes)[0].after.empty());
  EXPECT_EQ((*changes)[1].key, "version");
  EXPECT_EQ(service.changes(kId, 1, 9).error().code, ErrorCode::NotFound);
}

TEST_F(Flow, ThePublicSeesPublishedVersionsAndNoDrafts) {
  ASSERT_TRUE(service.define(sample::changed("1.0.0", "0.1.0"), "sample.toml", "anna"));  // never seen
  define_and_publish();
  ASSERT_TRUE(service.define(sample::changed("1.0.0", "1.1.0"), "sample.toml", "anna"));
  const Value versions = json("/catalogue/dataset/" + kId + "/versions");
  EXPECT_EQ(versions.find("events")->as_list()->size(), 3u) << "defined 2, published, defined 3";
  EXPECT_EQ(body_of(get("/catalogue/dataset/" + kId + "/versions", "text/html")).find("anna"),
            std::string::npos);
  EXPECT_EQ(json("/catalogue/dataset/" + kId + "/diff?from=2&to=3").find("changes")->as_list()->size(), 1u);
  EXPECT_EQ(json("/catalogue/dataset/" + kId + "/diff").find("from")->as_int()[0], 2);
  EXPECT_EQ(get("/catalogue/dataset/" + kId + "/diff?from=1&to=2", "application/json").status, 404);
}

TEST_F(Flow, TheSelectionIsNoneOfThePublicsBusiness) {
  define_and_publish();
  const std::string other =
      sample::changed("[\"DEMO-BREAST\"]", "[\"SECRET-TRIAL\"]\nPatientID = \"P-4711\"");
  ASSERT_TRUE(service.define(other, "sample.toml"));
  EXPECT_EQ(service.changes(kId, 1, 2)->size(), 2u) << "the holder sees it";
  for (const char* type : {"application/json", "text/html"}) {
    const std::string body = body_of(get("/catalogue/dataset/" + kId + "/diff?from=1&to=2", type));
    for (const char* word : {"SECRET-TRIAL", "DEMO-BREAST", "P-4711", "PatientID", "selection"})
      EXPECT_EQ(body.find(word), std::string::npos) << type << ' ' << word;
  }
}

// Somebody else writes between the check and the writing of its result.
TEST_F(Flow, WhatWasNotCheckedIsNotPublished) {
  ASSERT_TRUE(service.define(sample::kDefinition, "sample.toml"));
  store.meanwhile = [&] { ASSERT_TRUE(store.define(kId, "id = \"worse\"")); };
  EXPECT_EQ(service.publish(kId).error().code, ErrorCode::Conflict);
  EXPECT_EQ(store.dataset(kId)->published_us, 0);
  ASSERT_TRUE(store.define(kId, sample::kDefinition));
  store.meanwhile = [&] { ASSERT_TRUE(store.publish(kId, true)); };
  const auto refused = service.define(sample::changed("1.0.0", "1.1.0"), "sample.toml");
  EXPECT_EQ(refused.error().code, ErrorCode::Conflict);
  EXPECT_EQ(store.dataset(kId)->definition, sample::kDefinition);
}

TEST_F(Flow, ADescriptionIsDueAYearAfterItWasLastChecked) {
  define_and_publish();
  const auto row = *store.dataset(kId);
  const std::int64_t due = year_later(store.now_us);
  EXPECT_EQ(iso8601(due).substr(0, 10), "2024-11-14");
  EXPECT_EQ(check_due(row, due - 1).overdue, false);
  EXPECT_EQ(check_due(row, due).overdue, true);
  store.now_us = due;
  ASSERT_TRUE(service.confirm(kId, "anna"));
  EXPECT_FALSE(check_due(*store.dataset(kId), due).overdue);
  EXPECT_EQ(check_due(*store.dataset(kId), due).due_us, year_later(due));
}

TEST_F(Flow, NothingIsDueForWhatIsNotPublished) {
  ASSERT_TRUE(service.define(sample::kDefinition, "sample.toml"));
  EXPECT_EQ(check_due(*store.dataset(kId), store.now_us + 1000 * kDay).due_us, 0);
  EXPECT_TRUE(check_calendar(*service.list(), store.now_us + 1000 * kDay).empty());
}

TEST_F(Flow, OverdueChecksAreReportedAndRemindedOncePerDay) {
  define_and_publish();
  CheckReminder reminder(service, clock);
  clock.set_utc_us(store.now_us + 300 * kDay);
  EXPECT_EQ(*reminder.remind(), 0);
  EXPECT_EQ(json("/catalogue/report").find("overdue")->as_int()[0], 0);
  clock.set_utc_us(store.now_us + 367 * kDay);
  EXPECT_EQ(*reminder.remind(), 1);
  clock.advance_us(kDay - 1);
  EXPECT_EQ(*reminder.remind(), -1);
  clock.advance_us(1);
  EXPECT_EQ(*reminder.remind(), 1);
  EXPECT_EQ(json("/catalogue/report").find("overdue")->as_int()[0], 1);
  EXPECT_NE(body_of(get("/catalogue/report", "text/html")).find("overdue</strong>"), std::string::npos);
}

TEST(YearLater, AYearIsACalendarYear) {
  EXPECT_EQ(iso8601(year_later(1'709'164'800'000'000)), "2025-02-28T00:00:00Z");  // of 29 February
  EXPECT_EQ(iso8601(year_later(1'709'251'200'000'000)), "2025-03-01T00:00:00Z");
}

}  // namespace
}  // namespace gateway::catalogue
