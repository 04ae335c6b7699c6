#include "gateway/dicomweb/large_answer.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace gateway::dicomweb {
namespace {

constexpr std::size_t kInMemory = 2 << 20;

Error cannot_spill(const char* what) {
  return fail(ErrorCode::Overloaded, "there is no room for an answer of this size", {},
              std::string(what) + ": " + std::strerror(errno));
}

}  // namespace

Result<void> LargeAnswer::settle() {
  if (text_.size() < kInMemory) return {};
  return spill();
}

Result<void> LargeAnswer::spill() {
  if (!file_) {
    const int fd = ::open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0) return cannot_spill("open");
    file_ = std::make_shared<FileHandle>(fd);
  }
  for (std::size_t done = 0; done < text_.size();) {
    const ssize_t written = ::write(file_->fd(), text_.data() + done, text_.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return cannot_spill("write");
    done += static_cast<std::size_t>(written);
  }
  spilled_ += text_.size();
  text_.clear();
  return {};
}

Result<http::Response> LargeAnswer::finish(std::string_view content_type) {
  if (!file_) return http::Response::text(200, content_type, std::move(text_));
  TRY_VOID(spill());
  http::Response response;
  response.headers.add("Content-Type", content_type);
  response.body.emplace_back(http::FileRange{file_, 0, spilled_});
  return response;
}

}  // namespace gateway::dicomweb
