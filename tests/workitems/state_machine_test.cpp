// The whole state machine as data: every state, operation and kind of Transaction UID against its status, by
// the pure table and through the service.
#include "gateway/workitems/state_machine.h"

#include <gtest/gtest.h>

#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "gateway/workitems/service.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_worklist.h"
#include "tests/support/workitem_data.h"

namespace gateway::workitems {
namespace {

// PS3.4 table CC.1.1-2 as PS3.18 sections 11.6 to 11.8 say it over HTTP. Columns: no Transaction UID, the
// right one, another one. (A scheduled item has none yet, so there both are the same.)
constexpr const char* kExpected = R"(
update    SCHEDULED    200 409 409
update    IN_PROGRESS  400 200 400
update    COMPLETED    400 400 400
update    CANCELED     400 400 400
start     SCHEDULED    400 200 200
start     IN_PROGRESS  400 409 409
start     COMPLETED    400 409 409
start     CANCELED     400 409 409
complete  SCHEDULED    400 409 409
complete  IN_PROGRESS  400 200 400
complete  COMPLETED    400 200 400
complete  CANCELED     400 409 400
cancel    SCHEDULED    400 409 409
cancel    IN_PROGRESS  400 200 400
cancel    COMPLETED    400 409 400
cancel    CANCELED     400 200 400
schedule  SCHEDULED    409 409 409
schedule  IN_PROGRESS  409 409 409
schedule  COMPLETED    409 409 409
schedule  CANCELED     409 409 409
request   SCHEDULED    202 202 202
request   IN_PROGRESS  202 202 202
request   COMPLETED    409 409 409
request   CANCELED     202 202 202
)";

constexpr const char* kRight = "1.2.3.100";
constexpr const char* kTransactions[] = {"", kRight, "1.2.3.200"};

struct Row {
  std::string operation, state;
  int status[3];
};

std::vector<Row> rows() {
  std::vector<Row> all;
  for (const auto line : split(kExpected, '\n')) {
    std::vector<std::string> words;
    for (const auto word : split(line, ' '))
      if (!word.empty()) words.emplace_back(word);
    if (words.size() == 5)
      all.push_back({words[0], words[1], {std::stoi(words[2]), std::stoi(words[3]), std::stoi(words[4])}});
  }
  return all;
}

class StateMachine : public ::testing::Test {
 protected:
  static Value json(const std::string& text) { return *codec::parse_json(text); }

  // An item in that state, taken with kRight where it was taken.
  void bring_to(const std::string& uid, const std::string& state) {
    ASSERT_EQ(service.create(uid, json(tests::new_workitem()))->status, 201);
    if (state == "SCHEDULED") return;
    ASSERT_EQ(service.change_state(uid, json(tests::state_change("IN PROGRESS", kRight)))->status, 200);
    ASSERT_EQ(service.update(uid, kRight, json(tests::performed()))->status, 200);
    if (state == "IN_PROGRESS") return;
    ASSERT_EQ(service.change_state(uid, json(tests::state_change(state, kRight)))->status, 200);
  }
  Result<Outcome> run(const std::string& operation, const std::string& uid, const std::string& transaction) {
    const auto change = [&](const char* state) {
      return service.change_state(uid, json(tests::state_change(state, transaction)));
    };
    if (operation == "update")
      return service.update(uid, transaction, json(R"({"00741204":{"vr":"LO","Value":["Other"]}})"));
    if (operation == "start") return change("IN PROGRESS");
    if (operation == "complete") return change("COMPLETED");
    if (operation == "cancel") return change("CANCELED");
    if (operation == "schedule") return change("SCHEDULED");
    return service.request_cancel(uid, Value::map());
  }

  testing::FakeWorklist store;
  testing::FakeClock clock;
  Notifications notifications;
  WorkitemService service{store, notifications, {}, clock};
};

TEST_F(StateMachine, EveryStateOperationAndTransactionHasItsStatus) {
  int number = 0;
  ASSERT_EQ(rows().size(), 24u);
  for (const Row& row : rows()) {
    for (int column = 0; column < 3; ++column) {
      const std::string uid = "1.2.3." + std::to_string(++number);
      bring_to(uid, row.state);
      const auto before = *store.find(uid);
      const auto outcome = run(row.operation, uid, kTransactions[column]);
      const std::string what = row.operation + " " + row.state + " " + kTransactions[column];
      ASSERT_TRUE(outcome.ok()) << what;
      EXPECT_EQ(outcome->status, row.status[column]) << what;
      if (outcome->status >= 400) {
        EXPECT_FALSE(outcome->warning.empty()) << what;
        EXPECT_EQ((*store.find(uid))->version, before->version) << what << ": a refusal changed the item";
      }
    }
  }
}

// Another process takes the item between our look and our claim: the claim is judged anew.
TEST_F(StateMachine, ALostRaceIsJudgedAnew) {
  bring_to("1.2.3", "SCHEDULED");
  store.rival = [](testing::FakeWorklist& other) {
    auto item = **other.find("1.2.3");
    item.state = WorkitemState::InProgress;
    item.transaction_uid = "1.2.3.200";
    ASSERT_TRUE(*other.replace(item));
  };
  EXPECT_EQ(service.change_state("1.2.3", json(tests::state_change("IN PROGRESS", kRight)))->status, 409);
  EXPECT_EQ((*store.find("1.2.3"))->transaction_uid, "1.2.3.200");
}

TEST(StateMachineTable, TheWordsAreThoseOfTheStandard) {
  const auto words = [](WorkitemState state, Operation operation, Transaction transaction) {
    return statement_of(judge(state, operation, transaction), operation).warning;
  };
  EXPECT_EQ(words(WorkitemState::InProgress, Operation::Complete, Transaction::Absent),
            "The Transaction UID is missing.");
  EXPECT_EQ(words(WorkitemState::InProgress, Operation::Complete, Transaction::Wrong),
            "The Transaction UID is incorrect.");
  EXPECT_EQ(words(WorkitemState::InProgress, Operation::Start, Transaction::Wrong),
            "The submitted request is inconsistent with the current state of the UPS Instance.");
  EXPECT_EQ(words(WorkitemState::Completed, Operation::Complete, Transaction::Right),
            "The UPS is already in the requested state of COMPLETED.");
  EXPECT_EQ(words(WorkitemState::Canceled, Operation::RequestCancel, Transaction::Absent),
            "The UPS is already in the requested state of CANCELED.");
  EXPECT_EQ(words(WorkitemState::Scheduled, Operation::Update, Transaction::Right),
            "The target URI did not reference a claimed Workitem.");
}

TEST(StateMachineTable, TheOtherSpellingOfCanceledIsUnderstood) {
  EXPECT_EQ(operation_to("CANCELLED"), Operation::Cancel);
  EXPECT_EQ(operation_to("in progress"), std::nullopt);
}

}  // namespace
}  // namespace gateway::workitems
