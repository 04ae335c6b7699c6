// The life of a work item as a table: which operation may be done in which state, with which Transaction UID
// (PS3.4 table CC.1.1-2), and what HTTP says about it (PS3.18 sections 11.6 to 11.8). Pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "gateway/model/workitem_port.h"

namespace gateway::workitems {

using model::WorkitemState;

enum class Operation : std::uint8_t { Update, Start, Complete, Cancel, Reschedule, RequestCancel };

// The Transaction UID of a request beside that of the item. An item that nobody has taken has none, and any
// is right.
enum class Transaction : std::uint8_t { Absent, Right, Wrong };

enum class Verdict : std::uint8_t {
  Proceed,
  Notify,              // the performer decides; it is told
  AlreadyCompleted,    // a warning, not a failure
  AlreadyCanceled,     // the same
  TransactionMissing,  // 400
  TransactionWrong,    // 400
  NotClaimed,          // 409: nobody has taken it
  Inconsistent,        // 409: not in this state
  Final,               // 400: a final item is never updated (section 11.6.2)
  CancelTooLate,       // 409: the item is completed
};

Verdict judge(WorkitemState state, Operation operation, Transaction transaction);

struct Statement {
  int status = 200;
  std::string_view warning;  // text of the Warning field; empty for none
};
Statement statement_of(Verdict verdict, Operation operation);

std::string_view name_of(WorkitemState state);  // "IN PROGRESS"
// The operation that asks for a state. "CANCELLED", as PS3.18 spells it in one place, counts.
std::optional<Operation> operation_to(std::string_view state);
std::optional<WorkitemState> parse_state(std::string_view text);

}  // namespace gateway::workitems
