#include "gateway/dicomweb/large_answer.h"

namespace gateway::dicomweb {
namespace {

constexpr std::size_t kInMemory = 512u << 10;

}  // namespace

Result<void> LargeAnswer::settle() {
  if (text_.size() < kInMemory) return {};
  return spill();
}

Result<void> LargeAnswer::spill() {
  if (!spool_) spool_ = TRY(SpoolFile::make(folder_));
  TRY_VOID(spool_->append(text_));
  text_.clear();
  return {};
}

Result<http::Response> LargeAnswer::finish(std::string_view content_type) {
  if (!spool_) return http::Response::text(200, content_type, std::move(text_));
  TRY_VOID(spill());
  http::Response response;
  response.headers.add("Content-Type", content_type);
  response.body.emplace_back(spool_->since(0));
  return response;
}

}  // namespace gateway::dicomweb
