// AnswerBody: the body of an answer as it arrives: memory first, beyond a limit a file without a name. One
// thread writes it; what take() gives is const and thread-safe. Inside of this folder only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/base/bytes.h"

namespace gateway::http {

class AnswerBody {
 public:
  AnswerBody(std::uint64_t in_memory, std::uint64_t at_most, const std::string& folder)
      : in_memory_(in_memory), at_most_(at_most), folder_(folder) {}
  // Errors: BodyTooLarge; Overloaded or Internal when no file can be written.
  Result<void> append(std::string_view bytes);
  std::shared_ptr<const ByteSource> take();

 private:
  Result<void> to_file(std::string_view bytes);

  const std::uint64_t in_memory_, at_most_;
  const std::string& folder_;
  std::string memory_;
  std::shared_ptr<const FileHandle> file_;
  std::uint64_t size_ = 0;
};

}  // namespace gateway::http
