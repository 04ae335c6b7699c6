#include "mappers/dicom/pixel_key.h"

#include <algorithm>
#include <array>
#include <span>

#include "gateway/base/ids.h"

namespace mappers::dicom {
namespace {

constexpr std::uint64_t kBlocks = 16;
constexpr std::uint64_t kBlockBytes = 2048;

}  // namespace

std::optional<std::uint64_t> pixel_key(const File& file, const gateway::ByteSource& source) {
  if (!file.pixel_data || file.pixel_data->truncated || file.deflated || file.pixel_data->length == 0)
    return std::nullopt;
  const std::uint64_t length = file.pixel_data->length;
  std::uint64_t key = gateway::stable_hash({}, length);
  std::array<std::byte, kBlockBytes> block;
  const std::uint64_t blocks = std::min(kBlocks, (length + kBlockBytes - 1) / kBlockBytes);
  for (std::uint64_t i = 0; i < blocks; ++i) {
    // The first block begins the value, the last one ends it.
    const std::uint64_t room = length - std::min(length, kBlockBytes);
    const std::uint64_t at = blocks < 2 ? 0 : room * i / (blocks - 1);
    const std::uint64_t wanted = std::min(kBlockBytes, length - at);
    const auto read = source.read_at(file.pixel_data->offset + at, std::span(block).first(wanted));
    if (!read || *read != wanted) return std::nullopt;
    key = gateway::stable_hash(std::span(block).first(wanted), key);
  }
  return key;
}

}  // namespace mappers::dicom
