// A blob store in memory that forgets on lose_power() what was not synced: shows whether code under test
// syncs before it promises. External blobs are not supported. Thread-safe.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <map>
#include <mutex>
#include <string>

#include "gateway/model/ports.h"

namespace gateway::testing {

class ForgetfulBlobs final : public model::BlobStore {
 public:
  Result<model::BlobRef> append(std::span<const ByteSpan> pieces) override {
    std::string content;
    for (const ByteSpan piece : pieces) content += as_text(piece);
    return keep(std::move(content));
  }

  Result<model::BlobRef> import(const ByteSource& source, Sha256Digest& digest) override {
    std::string content(source.size(), '\0');
    const std::size_t got = TRY(source.read_at(0, std::as_writable_bytes(std::span(content))));
    if (got != content.size()) return fail(ErrorCode::TruncatedBody, "the object ended while it was read");
    Sha256 hash;
    hash.update(as_bytes(content));
    digest = hash.finish();
    return keep(std::move(content));
  }

  Result<void> sync() override {
    const std::lock_guard lock(mutex_);
    ++syncs_;
    if (std::exchange(fail_next_sync_, false)) {
      unsynced_.clear();
      return fail(ErrorCode::StoreFailed, "a blob cannot be made durable");
    }
    durable_.merge(unsynced_);
    return {};
  }

  Result<model::BlobView> open(const model::BlobRef& ref) const override {
    const std::string content = TRY(read(ref));
    const auto file = std::make_shared<FileHandle>(::memfd_create("blob", MFD_CLOEXEC));
    if (file->fd() < 0 ||
        ::pwrite(file->fd(), content.data(), content.size(), 0) != static_cast<ssize_t>(content.size()))
      return fail(ErrorCode::Internal, "no memory file for a blob");
    return model::BlobView{file, 0, content.size()};
  }

  Result<std::string> read(const model::BlobRef& ref) const override {
    const std::lock_guard lock(mutex_);
    for (const auto* blobs : {&durable_, &unsynced_})
      if (const auto found = blobs->find(ref.name); found != blobs->end()) return found->second;
    return fail(ErrorCode::StoreFailed, "the store lost the content of an object", {}, ref.name);
  }

  void lose_power() {
    const std::lock_guard lock(mutex_);
    unsynced_.clear();
  }
  void fail_next_sync() {
    const std::lock_guard lock(mutex_);
    fail_next_sync_ = true;
  }
  std::size_t durable_count() const {
    const std::lock_guard lock(mutex_);
    return durable_.size();
  }
  int syncs() const {
    const std::lock_guard lock(mutex_);
    return syncs_;
  }

 private:
  model::BlobRef keep(std::string content) {
    const std::lock_guard lock(mutex_);
    model::BlobRef ref;
    ref.kind = model::BlobRef::Kind::Segment;
    ref.name = std::to_string(++count_);
    ref.length = content.size();
    unsynced_[ref.name] = std::move(content);
    return ref;
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::string> unsynced_, durable_;
  int count_ = 0, syncs_ = 0;
  bool fail_next_sync_ = false;
};

}  // namespace gateway::testing
