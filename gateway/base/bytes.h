// ByteSource: random read access to bytes that may be in memory, in a file, or in a part of either.
//
// Lets one reader serve a request body, a file of a provider and a part of a multipart message without
// copying. All members are const and may be called from several threads at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "gateway/base/result.h"

namespace gateway {

using ByteSpan = std::span<const std::byte>;

inline ByteSpan as_bytes(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }
inline std::string_view as_text(ByteSpan bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::uint64_t size() const = 0;
  // Fills `into` from `offset`; the count is short only at the end of the source. Error: Internal on an I/O
  // fault.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const = 0;
  // The whole content when it lies in memory anyway, else an empty span.
  virtual ByteSpan contiguous() const { return {}; }
};

// Views memory that the caller keeps alive.
class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(ByteSpan bytes) : bytes_(bytes) {}
  explicit MemorySource(std::string_view text) : bytes_(as_bytes(text)) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override;
  ByteSpan contiguous() const override { return bytes_; }

 private:
  ByteSpan bytes_;
};

// What tells whether a file is still the one that was seen before.
struct FileStatus {
  std::uint64_t size = 0;
  std::int64_t modified_us = 0;  // time of change of the content, cut to microseconds
  bool regular = false;          // neither folder, pipe nor device
};
// Follows symbolic links. Errors: as FileHandle::open.
Result<FileStatus> file_status(const std::string& path);

// An open file descriptor, closed with the last owner. Shared because a response may outlive the handler.
class FileHandle {
 public:
  // Errors: NotFound; StoreBusy when descriptors or memory are short; Internal. They name the path in the
  // detail only: a path of this machine is not for everybody.
  static Result<std::shared_ptr<const FileHandle>> open(const std::string& path);
  Result<FileStatus> status() const;
  explicit FileHandle(int fd) : fd_(fd) {}
  ~FileHandle();
  FileHandle(const FileHandle&) = delete;
  FileHandle& operator=(const FileHandle&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

class FileSource final : public ByteSource {
 public:
  static Result<FileSource> open(const std::string& path);
  FileSource(std::shared_ptr<const FileHandle> file, std::uint64_t size)
      : file_(std::move(file)), size_(size) {}
  std::uint64_t size() const override { return size_; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override;
  const std::shared_ptr<const FileHandle>& file() const { return file_; }

 private:
  std::shared_ptr<const FileHandle> file_;
  std::uint64_t size_;
};

// A window of another source, which the caller keeps alive.
class SliceSource final : public ByteSource {
 public:
  SliceSource(const ByteSource& whole, std::uint64_t offset, std::uint64_t length)
      : whole_(whole), offset_(offset), length_(length) {}
  std::uint64_t size() const override { return length_; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override;
  ByteSpan contiguous() const override;

 private:
  const ByteSource& whole_;
  std::uint64_t offset_;
  std::uint64_t length_;
};

// The whole of a small file as text. Error: NotFound, or BodyTooLarge above `limit` bytes.
Result<std::string> read_file(const std::string& path, std::uint64_t limit = 64u << 20);

}  // namespace gateway
