// Spool: bytes that arrive piece by piece, in memory while they are few, else in a file without a name that
// vanishes with its last reader.
//
// One thread; what finish() gives is const and shared.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "gateway/base/bytes.h"
#include "gateway/dimse/peer.h"

namespace gateway::dimse {

class Spool {
 public:
  explicit Spool(const DimseLimits& limits) : limits_(limits) {}
  // Errors: BodyTooLarge; StoreBusy when the disk is full but for what the store needs, or there is no folder
  // to write to.
  Result<void> append(ByteSpan piece);
  Result<std::shared_ptr<const ByteSource>> finish();

 private:
  Result<void> write_out();

  const DimseLimits& limits_;
  std::string memory_;
  std::shared_ptr<const FileHandle> file_;
  std::uint64_t written_ = 0;
  std::uint64_t room_known_for_ = 0;  // bytes up to which the disk was found to have room
};

}  // namespace gateway::dimse
