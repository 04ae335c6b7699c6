#include "gateway/ingest/folder_walk.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

namespace gateway::ingest {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kMaxDepth = 256;

WalkEntry problem(std::string path, ErrorCode code, std::string why, std::string detail = {}) {
  return {std::move(path), fail(code, std::move(why), {}, std::move(detail))};
}

}  // namespace

FolderWalk::FolderWalk(std::vector<std::string> paths) : paths_(std::move(paths)) {
  std::reverse(paths_.begin(), paths_.end());
}

std::optional<WalkEntry> FolderWalk::next() {
  while (!open_.empty() || !paths_.empty()) {
    std::optional<WalkEntry> entry;
    if (open_.empty()) {
      const std::string path = std::move(paths_.back());
      paths_.pop_back();
      entry = start(path);
    } else if (Folder& folder = open_.back(); folder.names.empty()) {
      open_.pop_back();
    } else {
      const Name name = std::move(folder.names.back());
      folder.names.pop_back();
      std::string path = folder.path + "/" + name.text;
      entry = name.regular ? WalkEntry{std::move(path), {}} : visit(std::move(path));
    }
    if (entry) return entry;
  }
  return std::nullopt;
}

std::optional<WalkEntry> FolderWalk::start(const std::string& path) {
  std::error_code fault;
  const fs::path real = fs::canonical(path, fault);
  if (fault) return problem(path, ErrorCode::NotFound, "there is no such file or folder", fault.message());
  return visit(real.string());
}

// Nothing for a folder, whose files come next.
std::optional<WalkEntry> FolderWalk::visit(std::string path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0)
    return problem(std::move(path), ErrorCode::NotFound, "a symbolic link to nowhere, or not readable");
  if (S_ISREG(status.st_mode)) return WalkEntry{std::move(path), {}};
  if (S_ISDIR(status.st_mode)) return enter(std::move(path), status.st_dev, status.st_ino);
  return problem(std::move(path), ErrorCode::NotDicom, "not a regular file");
}

std::optional<WalkEntry> FolderWalk::enter(std::string path, dev_t device, ino_t inode) {
  const bool loop = std::any_of(open_.begin(), open_.end(), [&](const Folder& folder) {
    return folder.device == device && folder.inode == inode;
  });
  if (loop) return problem(std::move(path), ErrorCode::NotDicom, "a symbolic link back to a folder above it");
  if (open_.size() == kMaxDepth)
    return problem(std::move(path), ErrorCode::NotSupported, "folders nested too deeply");

  Folder folder{std::move(path), device, inode, {}};
  std::error_code fault;
  for (fs::directory_iterator at(folder.path, fault), end; !fault && at != end; at.increment(fault)) {
    std::error_code ignored;
    const bool regular = !at->is_symlink(ignored) && at->is_regular_file(ignored);
    folder.names.push_back({at->path().filename().string(), regular});
  }
  if (fault)
    return problem(folder.path, ErrorCode::Forbidden, "the folder cannot be listed", fault.message());
  std::sort(folder.names.begin(), folder.names.end(),
            [](const Name& a, const Name& b) { return a.text > b.text; });
  open_.push_back(std::move(folder));
  return std::nullopt;
}

}  // namespace gateway::ingest
