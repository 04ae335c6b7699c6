// Multipart bodies, from memory and through the window: the same parts, all within the source and in order.
#include <cstdlib>

#include "gateway/codec/media_type.h"
#include "gateway/codec/multipart.h"

namespace {

using namespace gateway;

void check(bool holds) {
  if (!holds) std::abort();
}

class CopyingSource final : public ByteSource {
 public:
  explicit CopyingSource(std::string_view text) : memory_(text) {}
  std::uint64_t size() const override { return memory_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    return memory_.read_at(offset, into);
  }

 private:
  MemorySource memory_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto line = text.find('\n');
  if (line == std::string_view::npos) return 0;
  const auto media = codec::parse_media_type(text.substr(0, line));
  const std::string boundary(media ? media->parameter("boundary") : "b");
  const std::string_view body = text.substr(line + 1);
  codec::MultipartLimits limits;
  limits.part_header = 64;
  const auto parts = codec::parse_multipart(MemorySource(body), boundary, limits);
  const auto again = codec::parse_multipart(CopyingSource(body), boundary, limits);
  check(parts.ok() == again.ok());
  if (!parts) return 0;
  check(!parts->empty() && parts->size() == again->size());
  std::uint64_t end = 0;
  for (std::size_t i = 0; i < parts->size(); ++i) {
    const codec::Part& part = (*parts)[i];
    check(part.offset == (*again)[i].offset && part.length == (*again)[i].length);
    check(part.offset >= end && part.offset + part.length <= body.size());
    end = part.offset + part.length;
  }
  return 0;
}
