#include "gateway/workitems/state_machine.h"

#include <array>
#include <utility>

namespace gateway::workitems {
namespace {

using enum Verdict;
using Row = std::array<Verdict, 3>;  // by Transaction: absent, right, wrong
using Rows = std::array<Row, 4>;     // by state: scheduled, in progress, completed, canceled

constexpr Row kAny(Verdict verdict) { return {verdict, verdict, verdict}; }
constexpr Row kOwned(Verdict verdict) { return {TransactionMissing, verdict, TransactionWrong}; }

// PS3.4 table CC.1.1-2. Where it gives C301 to whoever comes second to claim an item, the item being taken is
// the plainer reason: 409, as for the one who sends the right UID twice.
constexpr Rows kUpdate = {Row{Proceed, NotClaimed, NotClaimed}, kOwned(Proceed), kAny(Final), kAny(Final)};
constexpr Rows kStart = {
    Row{TransactionMissing, Proceed, Proceed}, Row{TransactionMissing, Inconsistent, Inconsistent},
    Row{TransactionMissing, Inconsistent, Inconsistent}, Row{TransactionMissing, Inconsistent, Inconsistent}};
constexpr Rows kComplete = {Row{TransactionMissing, NotClaimed, NotClaimed}, kOwned(Proceed),
                            kOwned(AlreadyCompleted), kOwned(Inconsistent)};
constexpr Rows kCancel = {Row{TransactionMissing, NotClaimed, NotClaimed}, kOwned(Proceed),
                          kOwned(Inconsistent), kOwned(AlreadyCanceled)};
constexpr Rows kReschedule = {kAny(Inconsistent), kAny(Inconsistent), kAny(Inconsistent), kAny(Inconsistent)};
constexpr Rows kRequestCancel = {kAny(Proceed), kAny(Notify), kAny(CancelTooLate), kAny(AlreadyCanceled)};

constexpr std::array<const Rows*, 6> kTable = {&kUpdate, &kStart,      &kComplete,
                                               &kCancel, &kReschedule, &kRequestCancel};

constexpr std::string_view kInconsistent =
    "The submitted request is inconsistent with the current state of the UPS Instance.";

int success_of(Operation operation) { return operation == Operation::RequestCancel ? 202 : 200; }

constexpr std::array<std::string_view, 4> kNames = {"SCHEDULED", "IN PROGRESS", "COMPLETED", "CANCELED"};

}  // namespace

Verdict judge(WorkitemState state, Operation operation, Transaction transaction) {
  const Rows& rows = *kTable[static_cast<std::size_t>(operation)];
  return rows[static_cast<std::size_t>(state)][static_cast<std::size_t>(transaction)];
}

// The words are those of PS3.18 sections 11.6.3.2, 11.7.3.2 and 11.8.3.2.
Statement statement_of(Verdict verdict, Operation operation) {
  switch (verdict) {
    case Proceed:
    case Notify:
      return {success_of(operation), {}};
    case AlreadyCompleted:
      return {success_of(operation), "The UPS is already in the requested state of COMPLETED."};
    case AlreadyCanceled:
      return {success_of(operation), "The UPS is already in the requested state of CANCELED."};
    case TransactionMissing:
      return {400, "The Transaction UID is missing."};
    case TransactionWrong:
      return {400, "The Transaction UID is incorrect."};
    case NotClaimed:
      if (operation == Operation::Update)
        return {409, "The target URI did not reference a claimed Workitem."};
      return {409, kInconsistent};
    case Inconsistent:
      return {409, kInconsistent};
    case Final:
      return {400, kInconsistent};
    case CancelTooLate:
      return {409, "The UPS is already COMPLETED."};
  }
  return {409, kInconsistent};
}

std::string_view name_of(WorkitemState state) {
  return state == WorkitemState::Removed ? "" : kNames[static_cast<std::size_t>(state)];
}

std::optional<WorkitemState> parse_state(std::string_view text) {
  for (std::size_t i = 0; i < kNames.size(); ++i)
    if (kNames[i] == text) return static_cast<WorkitemState>(i);
  if (text == "CANCELLED") return WorkitemState::Canceled;
  return std::nullopt;
}

std::optional<Operation> operation_to(std::string_view state) {
  const auto wanted = parse_state(state);
  if (!wanted) return std::nullopt;
  switch (*wanted) {
    case WorkitemState::InProgress:
      return Operation::Start;
    case WorkitemState::Completed:
      return Operation::Complete;
    case WorkitemState::Canceled:
      return Operation::Cancel;
    default:
      return Operation::Reschedule;
  }
}

}  // namespace gateway::workitems
