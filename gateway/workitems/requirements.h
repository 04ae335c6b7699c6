// What a work item has to have, when, as rows of one table (PS3.4 table CC.2.5-3): at its creation, in a
// change, and before it may reach a final state. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "gateway/base/value.h"
#include "gateway/model/workitem_port.h"

namespace gateway::workitems {

// One line each, naming the attribute: "InputReadinessState (0040,4041) has no value". Empty: nothing is
// wrong.
using Problems = std::vector<std::string>;

// N-CREATE column.
Problems check_new(const Value& data);
// Adds what is missing of type 2, without value; true when it did anything.
bool supply_empty(Value& data);
// N-SET column. What a change repeats without changing it is no fault.
Problems check_change(const Value& change, const Value& present);
// Final State column.
Problems missing_for(model::WorkitemState final_state, const Value& data);
// Return Key column: whether a search answers with it unasked.
bool is_returned(std::uint32_t tag);

// One sentence of all.
std::string joined(const Problems& problems);

}  // namespace gateway::workitems
