// AdoptedFiles: spool files of request bodies that become segments of the blob store, so that their content
// is not written twice.
//
// A file is taken over when its first range is kept: it gets a name under staging/, locked like all that lies
// there, and moves to segments/ when it is made durable. When nobody else has it open any more, what was not
// kept of it (refused parts, delimiters) is given back to the file system. Thread-safe.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/model/ports.h"
#include "gateway/store/disk.h"

namespace gateway::store {

class AdoptedFiles {
 public:
  AdoptedFiles(std::string folder, const Clock& clock, std::uint64_t at_least)
      : folder_(std::move(folder)), clock_(clock), at_least_(at_least) {}
  ~AdoptedFiles();

  // The segment that holds the range from now on; nothing when the file cannot be taken over: it is small,
  // has a name already, or lies on another file system.
  std::optional<std::string> keep(const model::BlobView& range);
  // The file of a segment that may still be under staging/, else null.
  std::shared_ptr<const FileHandle> find(const std::string& name) const;
  // Makes all that is under staging/ durable and moves it to its place. Not by two threads at once. Error:
  // StoreFailed; what failed stays where it is.
  Result<void> place(const Disk& disk);

 private:
  enum class State : std::uint8_t { Staged, Placing, Placed };
  struct File {
    std::string name;
    std::weak_ptr<const FileHandle> given;
    std::shared_ptr<const FileHandle> own;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> kept;  // offset and end
    State state = State::Staged;
  };
  std::shared_ptr<File> take(const std::shared_ptr<const FileHandle>& given);
  void settle();

  const std::string folder_;
  const Clock& clock_;
  const std::uint64_t at_least_;
  mutable std::mutex mutex_;
  std::list<std::shared_ptr<File>> files_;
};

}  // namespace gateway::store
