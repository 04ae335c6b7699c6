// FolderWalk: all files below some paths, one at a time, in a fixed order (names sorted in each folder).
//
// Symbolic links are followed, loops are not. Memory grows with the largest folder and the depth only. What
// is no regular file, or cannot be read, comes out with its problem. One object per thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/result.h"

namespace gateway::ingest {

struct WalkEntry {
  std::string path;              // absolute
  std::optional<Error> problem;  // set: not a file that could be read
};

class FolderWalk {
 public:
  explicit FolderWalk(std::vector<std::string> paths);
  std::optional<WalkEntry> next();

 private:
  struct Name {
    std::string text;
    bool regular = false;  // known without asking the file system again
  };
  struct Folder {
    std::string path;
    dev_t device = 0;
    ino_t inode = 0;
    std::vector<Name> names;  // sorted backwards: the next one is last
  };
  std::optional<WalkEntry> visit(std::string path);
  std::optional<WalkEntry> enter(std::string path, dev_t device, ino_t inode);
  std::optional<WalkEntry> start(const std::string& path);

  std::vector<std::string> paths_;  // backwards
  std::vector<Folder> open_;        // from the outermost to the innermost
};

}  // namespace gateway::ingest
