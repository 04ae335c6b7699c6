#include "gateway/workitems/requirements.h"

#include <algorithm>
#include <array>

#include "gateway/workitems/attributes.h"

namespace gateway::workitems {
namespace {

using model::WorkitemState;

enum class Create : std::uint8_t {
  Valued,   // type 1
  Present,  // type 2
  Empty,    // may be present, without value
  Free,
};
enum class Change : std::uint8_t {
  Free,
  Valued,  // 3/1: with a value, when it is present
  Fixed,   // not allowed
};
enum class Final : std::uint8_t {
  Optional,
  Both,      // R
  Complete,  // P
  Cancel,    // X
};
enum class Items : std::uint8_t { None, Codes, Performers, Instances, Contents, Requests };

struct Row {
  std::uint32_t tag;
  Create create;
  Change change;
  Final final;
  Items items = Items::None;
};

// Table CC.2.5-3, the first level. What is not in it is optional and kept.
constexpr std::array kRows = {
    Row{0x00080005, Create::Free, Change::Free, Final::Optional},
    Row{tag::kSopClassUid, Create::Free, Change::Fixed, Final::Optional},
    Row{tag::kSopInstanceUid, Create::Free, Change::Fixed, Final::Optional},
    Row{0x00081080, Create::Present, Change::Fixed, Final::Optional},
    Row{0x00081084, Create::Present, Change::Fixed, Final::Optional, Items::Codes},
    Row{tag::kTransactionUid, Create::Empty, Change::Free, Final::Optional},
    Row{0x00100010, Create::Present, Change::Fixed, Final::Optional},
    Row{tag::kPatientId, Create::Free, Change::Fixed, Final::Optional},
    Row{0x00100021, Create::Present, Change::Fixed, Final::Optional},
    Row{0x00100024, Create::Present, Change::Fixed, Final::Optional},
    Row{0x00100030, Create::Present, Change::Fixed, Final::Optional},
    Row{0x00100040, Create::Present, Change::Fixed, Final::Optional},
    Row{0x00101002, Create::Present, Change::Free, Final::Optional},
    Row{0x0020000D, Create::Free, Change::Free, Final::Optional},
    Row{0x00380010, Create::Present, Change::Fixed, Final::Optional},
    Row{0x00380014, Create::Present, Change::Fixed, Final::Optional},
    Row{0x00400400, Create::Present, Change::Valued, Final::Optional},
    Row{0x00404005, Create::Valued, Change::Valued, Final::Both},
    Row{tag::kModified, Create::Free, Change::Free, Final::Both},
    Row{0x00404011, Create::Free, Change::Valued, Final::Optional},
    Row{0x00404018, Create::Present, Change::Valued, Final::Optional, Items::Codes},
    Row{0x00404021, Create::Present, Change::Free, Final::Optional, Items::Instances},
    Row{tag::kScheduledStationName, Create::Present, Change::Free, Final::Optional, Items::Codes},
    Row{0x00404026, Create::Present, Change::Free, Final::Optional, Items::Codes},
    Row{0x00404027, Create::Present, Change::Free, Final::Optional, Items::Codes},
    Row{tag::kScheduledPerformers, Create::Free, Change::Free, Final::Optional, Items::Performers},
    Row{tag::kInputReadiness, Create::Valued, Change::Valued, Final::Both},
    Row{0x0040A370, Create::Present, Change::Fixed, Final::Optional, Items::Requests},
    Row{tag::kState, Create::Valued, Change::Fixed, Final::Both},
    Row{tag::kProgress, Create::Empty, Change::Free, Final::Cancel},
    Row{tag::kPriority, Create::Valued, Change::Valued, Final::Both},
    Row{tag::kWorklistLabel, Create::Present, Change::Valued, Final::Optional},
    Row{0x00741204, Create::Valued, Change::Valued, Final::Optional},
    Row{0x00741210, Create::Present, Change::Free, Final::Optional, Items::Contents},
    Row{tag::kPerformed, Create::Empty, Change::Free, Final::Complete},
    Row{0x00741224, Create::Free, Change::Fixed, Final::Optional},
};
// Of type 2 and empty at its creation.
constexpr std::array kPresentAndEmpty = {tag::kProgress, tag::kPerformed};

// Inside of the performed procedure and the progress information.
constexpr std::array<std::uint32_t, 4> kCompleted = {0x00404028, 0x00404050, 0x00404019, 0x00404051};
constexpr std::array<std::uint32_t, 2> kCanceled = {tag::kCancellationTime, tag::kDiscontinuationReason};

void require(Problems& problems, const Value& item, std::uint32_t tag, const std::string& where) {
  if (!has_value(item, tag)) problems.push_back(where + name_of(tag) + " has no value");
}

// Table CC.2.5-2a
void check_code(Problems& problems, const Value& item, const std::string& where) {
  require(problems, item, tag::kCodeMeaning, where);
  const bool is_short = has_value(item, tag::kCodeValue);
  if (!is_short && !has_value(item, 0x00080119) && !has_value(item, 0x00080120))
    problems.push_back(where + name_of(tag::kCodeValue) + " has no value");
  if (is_short) require(problems, item, tag::kCodingScheme, where);
}

void check_items(Problems& problems, const Value& data, std::uint32_t tag, Items items) {
  if (items == Items::None) return;
  for (const Value& item : values(data, tag)) {
    const std::string where = name_of(tag) + ": ";
    switch (items) {
      case Items::Codes:
        check_code(problems, item, where);
        break;
      case Items::Performers:
        require(problems, item, tag::kHumanPerformerCode, where);
        require(problems, item, 0x00404037, where);
        require(problems, item, tag::kPerformerOrganization, where);
        break;
      case Items::Instances:  // table CC.2.5-2c
        require(problems, item, 0x0040E020, where);
        require(problems, item, 0x00081199, where);
        break;
      case Items::Contents:  // table CC.2.5-2b
        require(problems, item, 0x0040A040, where);
        require(problems, item, 0x0040A043, where);
        break;
      case Items::Requests:
        require(problems, item, 0x0020000D, where);
        break;
      case Items::None:
        break;
    }
  }
}

void check_readiness(Problems& problems, const Value& data) {
  const std::string state = text(data, tag::kInputReadiness);
  const bool known = state == "READY" || state == "UNAVAILABLE" || state == "INCOMPLETE";
  if (!state.empty() && !known)
    problems.push_back(name_of(tag::kInputReadiness) + " is none of INCOMPLETE, UNAVAILABLE, READY");
}

void check_priority(Problems& problems, const Value& data) {
  const std::string priority = text(data, tag::kPriority);
  const bool known = priority == "HIGH" || priority == "MEDIUM" || priority == "LOW";
  if (!priority.empty() && !known)
    problems.push_back(name_of(tag::kPriority) + " is none of HIGH, MEDIUM, LOW");
}

bool is_empty_required(std::uint32_t tag) {
  return std::find(kPresentAndEmpty.begin(), kPresentAndEmpty.end(), tag) != kPresentAndEmpty.end();
}

bool same(const Value& change, const Value& present, std::uint32_t tag) {
  const Value* now = element(present, tag);
  if (now && *now == *element(change, tag)) return true;
  return !has_value(change, tag) && !has_value(present, tag);
}

}  // namespace

Problems check_new(const Value& data) {
  Problems problems;
  for (const Row& row : kRows) {
    const bool present = element(data, row.tag) != nullptr;
    if (row.create == Create::Valued) require(problems, data, row.tag, {});
    if (!present && (row.create == Create::Present || is_empty_required(row.tag)))
      problems.push_back(name_of(row.tag) + " has to be present, be it without value");
    if (row.create == Create::Empty && has_value(data, row.tag))
      problems.push_back(name_of(row.tag) + " has to be empty");
    check_items(problems, data, row.tag, row.items);
  }
  const std::string state = text(data, tag::kState);
  if (!state.empty() && state != "SCHEDULED") problems.push_back(name_of(tag::kState) + " is not SCHEDULED");
  const std::string sop_class = text(data, tag::kSopClassUid);
  if (!sop_class.empty() && sop_class != kWorkitemClass)
    problems.push_back(name_of(tag::kSopClassUid) + " is not " + std::string(kWorkitemClass));
  check_readiness(problems, data);
  check_priority(problems, data);
  return problems;
}

bool supply_empty(Value& data) {
  bool changed = false;
  for (const Row& row : kRows) {
    const bool wanted = row.create == Create::Present || is_empty_required(row.tag);
    if (!wanted || element(data, row.tag)) continue;
    put(data, row.tag, {});
    changed = true;
  }
  return changed;
}

Problems check_change(const Value& change, const Value& present) {
  Problems problems;
  for (const Row& row : kRows) {
    if (!element(change, row.tag) || same(change, present, row.tag)) continue;
    if (row.change == Change::Fixed) problems.push_back(name_of(row.tag) + " cannot be changed");
    if (row.change == Change::Valued) require(problems, change, row.tag, {});
    check_items(problems, change, row.tag, row.items);
  }
  check_readiness(problems, change);
  check_priority(problems, change);
  return problems;
}

// PS3.4 CC.2.5.1.1. The output information (0040,4033) may be a sequence without items: of a step without
// results nothing else can be said.
Problems missing_for(WorkitemState final_state, const Value& data) {
  Problems problems;
  const bool completed = final_state == WorkitemState::Completed;
  for (const Row& row : kRows)
    if (row.final == Final::Both || row.final == (completed ? Final::Complete : Final::Cancel))
      require(problems, data, row.tag, {});
  const std::uint32_t sequence = completed ? tag::kPerformed : tag::kProgress;
  const Value* item = first_item(data, sequence);
  if (!item) return problems;
  const std::string where = name_of(sequence) + ": ";
  if (completed) {
    for (const std::uint32_t each : kCompleted) require(problems, *item, each, where);
  } else {
    for (const std::uint32_t each : kCanceled) require(problems, *item, each, where);
  }
  return problems;
}

bool is_returned(std::uint32_t tag) {
  if (tag == tag::kTransactionUid) return false;
  return std::any_of(kRows.begin(), kRows.end(), [tag](const Row& row) { return row.tag == tag; });
}

std::string joined(const Problems& problems) {
  std::string all;
  for (const std::string& problem : problems) all += (all.empty() ? "" : "; ") + problem;
  return all;
}

}  // namespace gateway::workitems
