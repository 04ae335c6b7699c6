// Frames of any object, and look-ups in any table. Seeds: the files of the shared DICOM corpus.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "mappers/dicom/frame_table.h"
#include "mappers/dicom/image_format.h"

using namespace mappers::dicom;

namespace {

constexpr std::uint64_t kMost = 1 << 20;

void look_up(const gateway::ByteSource& encoded, const gateway::ByteSource& source) {
  const auto table = FrameTable::open(encoded);
  if (!table.ok()) return;
  const std::uint64_t last = table->size() - 1;
  for (const std::uint64_t index : {std::uint64_t{0}, std::min<std::uint64_t>(1, last), last / 2, last}) {
    const auto location = table->frame(index);
    if (!location.ok()) continue;
    const auto bytes = read_frame(source, *location, kMost);
    if (bytes.ok() && bytes->size() != location->frame_bytes()) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const gateway::MemorySource source(gateway::ByteSpan(reinterpret_cast<const std::byte*>(data), size));
  look_up(source, source);
  ReadLimits limits;
  limits.max_inflated_bytes = 1 << 20;
  const auto file = read_file(source, limits);
  if (!file.ok()) return 0;
  const auto encoded = make_frame_table(*file, source);
  if (encoded.ok()) look_up(gateway::MemorySource(std::string_view(*encoded)), source);
  return 0;
}
