// Where the body of a request goes as it arrives: memory first, beyond a limit of its own or of all bodies
// together an unlinked file. Nothing is allocated from an announced length, only from bytes that came. A
// BodyStore belongs to one connection; a SpoolConfig is shared and const.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "gateway/base/bytes.h"
#include "gateway/base/nameless_file.h"
#include "gateway/base/result.h"
#include "gateway/http/byte_budget.h"

namespace gateway::http {

struct SpoolConfig {
  std::string folder;
  std::uint64_t in_memory = 0;         // bytes of one body
  std::shared_ptr<ByteBudget> memory;  // all bodies in memory
  std::shared_ptr<ByteBudget> disk;    // all spool files
  std::function<DiskRoom(int)> room = disk_room;
};

class BodyStore {
 public:
  explicit BodyStore(const SpoolConfig& config) : config_(config), lease_(config.memory) {}
  // Errors: Overloaded when the disk or its budget is used up; Internal when the folder takes no file.
  Result<void> append(std::string_view bytes);
  // All that was appended. Call once, at the end.
  std::shared_ptr<const ByteSource> finish();

 private:
  struct Spool;
  bool fits_memory(std::size_t more);
  Result<void> begin_file();
  Result<void> to_file(std::string_view bytes);
  void begin_write_back();

  const SpoolConfig& config_;
  std::string memory_;
  ByteLease lease_;  // covers memory_
  std::shared_ptr<Spool> spool_;
};

}  // namespace gateway::http
