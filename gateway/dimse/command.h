// CommandSet: the command part of a DIMSE message (PS3.7 section 6.3): group 0000 in Implicit VR Little
// Endian.
//
// A plain value. Reading is strict about lengths and order of nothing else: unknown elements are kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/bytes.h"
#include "gateway/dimse/uids.h"

namespace gateway::dimse {

// Elements of group 0000 (PS3.7 annex E).
enum class Item : std::uint16_t {
  AffectedSopClass = 0x0002,
  RequestedSopClass = 0x0003,
  CommandField = 0x0100,
  MessageId = 0x0110,
  RespondedTo = 0x0120,
  MoveDestination = 0x0600,
  Priority = 0x0700,
  DataSetType = 0x0800,
  Status = 0x0900,
  ErrorComment = 0x0902,
  AffectedSopInstance = 0x1000,
  RequestedSopInstance = 0x1001,
  EventType = 0x1002,
  ActionType = 0x1008,
  Remaining = 0x1020,
  Completed = 0x1021,
  Failed = 0x1022,
  Warning = 0x1023,
  MoveOriginator = 0x1030,
  MoveOriginatorMessage = 0x1031,
};

class CommandSet {
 public:
  static constexpr std::size_t kMaxBytes = 64 << 10;
  // A request, and the response to one; `has_data`: a data set follows.
  static CommandSet request(Operation operation, std::uint16_t message_id, std::string_view sop_class,
                            bool has_data);
  static CommandSet response(const CommandSet& request, std::uint16_t status, bool has_data = false);

  // Error DicomMalformed: lengths that do not add up, elements that are not of group 0000, no Command Field.
  static Result<CommandSet> parse(ByteSpan bytes);
  std::string encode() const;

  CommandSet& set(Item item, std::uint16_t number);
  CommandSet& set(Item item, std::string_view text);
  std::optional<std::uint16_t> number(Item item) const;
  std::string text(Item item) const;  // without padding; empty when absent

  std::uint16_t field() const { return number(Item::CommandField).value_or(0); }
  bool is(Operation operation) const { return field() == static_cast<std::uint16_t>(operation); }
  bool is_response_to(Operation operation) const {
    return field() == (static_cast<std::uint16_t>(operation) | kResponse);
  }
  bool has_data() const { return number(Item::DataSetType).value_or(kNoData) != kNoData; }
  std::uint16_t status() const { return number(Item::Status).value_or(status::kProcessingFailure); }
  std::uint16_t message_id() const { return number(Item::MessageId).value_or(0); }

 private:
  static constexpr std::uint16_t kNoData = 0x0101;
  const std::string* find(Item item) const;
  std::vector<std::pair<std::uint16_t, std::string>> elements_;  // ascending
};

}  // namespace gateway::dimse
