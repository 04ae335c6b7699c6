// SpoolFile: a file without a name, for what is too large for memory and has to be made before it is sent.
//
// Written by one thread; what was written may be read as file ranges by others, which keep the file alive.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/http/message.h"

namespace gateway::dicomweb {

class SpoolFile {
 public:
  // Error: Overloaded when the folder takes no file.
  static Result<std::shared_ptr<SpoolFile>> make(const std::string& folder);
  // Error: Overloaded when the file cannot be written.
  Result<void> append(std::string_view bytes);
  std::uint64_t size() const { return size_; }
  const std::shared_ptr<FileHandle>& file() const { return file_; }
  // What was appended since the file had `start` bytes.
  http::FileRange since(std::uint64_t start) const { return {file_, start, size_ - start}; }

 private:
  explicit SpoolFile(std::shared_ptr<FileHandle> file) : file_(std::move(file)) {}
  std::shared_ptr<FileHandle> file_;
  std::uint64_t size_ = 0;
};

}  // namespace gateway::dicomweb
