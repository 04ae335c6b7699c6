// Reading and editing work items as trees of the DICOM JSON model (PS3.18 annex F). Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/base/value.h"

namespace gateway::workitems {

namespace tag {
inline constexpr std::uint32_t kCharacterSet = 0x00080005;
inline constexpr std::uint32_t kSopClassUid = 0x00080016;
inline constexpr std::uint32_t kSopInstanceUid = 0x00080018;
inline constexpr std::uint32_t kCodeValue = 0x00080100;
inline constexpr std::uint32_t kCodingScheme = 0x00080102;
inline constexpr std::uint32_t kCodeMeaning = 0x00080104;
inline constexpr std::uint32_t kTransactionUid = 0x00081195;
inline constexpr std::uint32_t kPatientId = 0x00100020;
inline constexpr std::uint32_t kModified = 0x00404010;
inline constexpr std::uint32_t kHumanPerformerCode = 0x00404009;
inline constexpr std::uint32_t kScheduledStationName = 0x00404025;
inline constexpr std::uint32_t kScheduledPerformers = 0x00404034;
inline constexpr std::uint32_t kPerformerOrganization = 0x00404036;
inline constexpr std::uint32_t kOutputInformation = 0x00404033;
inline constexpr std::uint32_t kInputReadiness = 0x00404041;
inline constexpr std::uint32_t kCancellationTime = 0x00404052;
inline constexpr std::uint32_t kState = 0x00741000;
inline constexpr std::uint32_t kProgress = 0x00741002;
inline constexpr std::uint32_t kCommunications = 0x00741008;
inline constexpr std::uint32_t kContactUri = 0x0074100A;
inline constexpr std::uint32_t kContactName = 0x0074100C;
inline constexpr std::uint32_t kDiscontinuationReason = 0x0074100E;
inline constexpr std::uint32_t kPriority = 0x00741200;
inline constexpr std::uint32_t kWorklistLabel = 0x00741202;
inline constexpr std::uint32_t kPerformed = 0x00741216;
inline constexpr std::uint32_t kRequestingAe = 0x00741236;
inline constexpr std::uint32_t kCancellationReason = 0x00741238;
}  // namespace tag

// UPS Push: the class of every work item (PS3.4 CC.2.5.1.3.1).
inline constexpr std::string_view kWorkitemClass = "1.2.840.10008.5.1.4.34.6.1";

// The element, or nullptr.
const Value* element(const Value& data, std::uint32_t tag);
// Its values; an empty list when it has none.
const Value::List& values(const Value& data, std::uint32_t tag);
// Whether one value is more than null, "" and {}.
bool has_value(const Value& data, std::uint32_t tag);
// The first value when it is text, else empty.
std::string text(const Value& data, std::uint32_t tag);
// The first item of a sequence, or nullptr.
const Value* first_item(const Value& data, std::uint32_t tag);

// The VR is that of the dictionary. put() keeps the order of tags.
void put(Value& data, std::uint32_t tag, Value::List list);
void put_text(Value& data, std::uint32_t tag, std::string_view value);
void put_element(Value& data, std::uint32_t tag, Value element);
bool erase(Value& data, std::uint32_t tag);
// The first item, to be edited; made when there is none.
Value& ensure_item(Value& data, std::uint32_t tag);
// Copies these elements where `from` has them.
void copy_present(Value& to, const Value& from, std::initializer_list<std::uint32_t> tags);

// Keys in upper case and ascending, in items too; without command and file meta groups and group lengths.
Value in_order(Value data);
// {"vr":"SQ","Value":[...]} of one code.
Value code_item(std::string_view value, std::string_view scheme, std::string_view meaning);
// "ProcedureStepState (0074,1000)"
std::string name_of(std::uint32_t tag);

}  // namespace gateway::workitems
