// The UIDs and numbers of the DIMSE services (PS3.7 annex E and C, PS3.4 annexes A, B, C and J). Facts only.
#pragma once

#include <cstdint>
#include <string_view>

namespace gateway::dimse {

namespace sop_class {
inline constexpr std::string_view kVerification = "1.2.840.10008.1.1";
inline constexpr std::string_view kStorageCommitment = "1.2.840.10008.1.20.1";
inline constexpr std::string_view kPatientRootFind = "1.2.840.10008.5.1.4.1.2.1.1";
inline constexpr std::string_view kPatientRootMove = "1.2.840.10008.5.1.4.1.2.1.2";
inline constexpr std::string_view kPatientRootGet = "1.2.840.10008.5.1.4.1.2.1.3";
inline constexpr std::string_view kStudyRootFind = "1.2.840.10008.5.1.4.1.2.2.1";
inline constexpr std::string_view kStudyRootMove = "1.2.840.10008.5.1.4.1.2.2.2";
inline constexpr std::string_view kStudyRootGet = "1.2.840.10008.5.1.4.1.2.2.3";
}  // namespace sop_class

// The well-known instance of the Storage Commitment Push Model (PS3.4 J.3.5).
inline constexpr std::string_view kCommitmentInstance = "1.2.840.10008.1.20.1.1";

// Command Field (0000,0100); a response has bit 15 set.
enum class Operation : std::uint16_t {
  Store = 0x0001,
  Get = 0x0010,
  Find = 0x0020,
  Move = 0x0021,
  Echo = 0x0030,
  EventReport = 0x0100,
  Action = 0x0130,
  Cancel = 0x0FFF,
};
inline constexpr std::uint16_t kResponse = 0x8000;

// Status (0000,0900).
namespace status {
inline constexpr std::uint16_t kSuccess = 0x0000;
inline constexpr std::uint16_t kProcessingFailure = 0x0110;
inline constexpr std::uint16_t kDuplicateInstance = 0x0111;
inline constexpr std::uint16_t kNoSuchInstance = 0x0112;
inline constexpr std::uint16_t kInvalidArgument = 0x0115;
inline constexpr std::uint16_t kClassNotSupported = 0x0122;
inline constexpr std::uint16_t kUnrecognisedOperation = 0x0211;
inline constexpr std::uint16_t kNoSuchAction = 0x0123;
inline constexpr std::uint16_t kOutOfResources = 0xA700;
inline constexpr std::uint16_t kCannotCount = 0xA701;
inline constexpr std::uint16_t kCannotSend = 0xA702;
inline constexpr std::uint16_t kUnknownDestination = 0xA801;
inline constexpr std::uint16_t kIdentifierMismatch = 0xA900;
inline constexpr std::uint16_t kSubOperationsFailed = 0xB000;
inline constexpr std::uint16_t kUnableToProcess = 0xC000;
inline constexpr std::uint16_t kCancelled = 0xFE00;
inline constexpr std::uint16_t kPending = 0xFF00;
inline constexpr std::uint16_t kPendingWithWarning = 0xFF01;
}  // namespace status

constexpr bool is_pending(std::uint16_t status) { return status == 0xFF00 || status == 0xFF01; }
constexpr bool is_warning(std::uint16_t status) {
  return status == 0x0001 || status >> 12 == 0xB || status == 0x0107 || status == 0x0116;
}

}  // namespace gateway::dimse
