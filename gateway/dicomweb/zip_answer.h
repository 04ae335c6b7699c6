// ZipAnswer: an archive of entries that are stored, not compressed (APPNOTE 6.3.10; PS3.18 section 8.7.3.2).
//
// Its length is known before any entry is read. When the turn of an entry comes it is read once for its
// CRC-32, which its header states, and then sent; nothing is held. Sizes and offsets of 4 GiB and more, and
// more than 65,534 entries, are written as Zip64. One object per request.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "gateway/http/message.h"

namespace gateway::dicomweb {

class ZipAnswer {
 public:
  // Gives the content of an entry; called twice, by any thread.
  using Make = std::function<Result<std::vector<http::Piece>>()>;

  ZipAnswer();
  // `name`: path within the archive, '/' between folders.
  void add(std::string name, std::uint64_t size, Make make);
  http::Response finish(std::string_view file_name) &&;

 private:
  struct Archive;
  std::shared_ptr<Archive> archive_;
};

// CRC-32 of all bytes of the pieces, lazy ones made on the way. Errors: of those; StoreFailed for a file that
// ends early.
Result<std::uint32_t> crc32_of(const std::vector<http::Piece>& pieces);

}  // namespace gateway::dicomweb
