// An answer that is put together piece by piece and may become large: what exceeds a few MiB goes to a file
// without a name, so that memory grows neither with the answer nor with the number of clients that read it
// slowly. One object per request.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/dicomweb/spool_file.h"
#include "gateway/http/message.h"

namespace gateway::dicomweb {

class LargeAnswer {
 public:
  // `folder` is where the file is made when it comes to that.
  explicit LargeAnswer(std::string folder) : folder_(std::move(folder)) {}

  // Append here; then call settle(), which moves the text to the file once it is large.
  std::string& text() { return text_; }
  Result<void> settle();
  std::uint64_t size() const { return (spool_ ? spool_->size() : 0) + text_.size(); }
  // The whole as an answer of 200. Error: Overloaded when the file cannot be written.
  Result<http::Response> finish(std::string_view content_type);

 private:
  Result<void> spill();

  std::string folder_;
  std::string text_;
  std::shared_ptr<SpoolFile> spool_;
};

}  // namespace gateway::dicomweb
