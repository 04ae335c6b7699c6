// From the bytes of an object to an image: presentation attributes, lookup tables, palettes, overlays, native
// pixels, scaling and writing. Must end without fault whatever the bytes say.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "gateway/pixel/image_writers.h"
#include "gateway/pixel/render.h"
#include "gateway/pixel/scale.h"
#include "mappers/dicom/frame_table.h"
#include "mappers/dicom/image_format.h"
#include "mappers/dicom/presentation.h"

namespace {

using namespace gateway;

constexpr std::uint64_t kMost = 1 << 20;

Result<void> render_all(std::string_view bytes) {
  const MemorySource source(bytes);
  const auto file = TRY(mappers::dicom::read_file(source));
  const auto presentation = TRY(mappers::dicom::presentation_of(file, source, 0));
  const auto format = TRY(mappers::dicom::image_format(file.data));
  const std::string text = TRY(mappers::dicom::make_frame_table(file, source));
  const MemorySource encoded{std::string_view(text)};
  const auto table = TRY(mappers::dicom::FrameTable::open(encoded));
  const auto location = TRY(table.frame(0));
  if (location.encapsulated || location.frame_bytes() > kMost) return {};
  const std::string pixels = TRY(mappers::dicom::read_frame(source, location, kMost));
  auto image = TRY(pixel::render({format, pixels}, presentation, {{}, true}));
  pixel::Viewport viewport;
  viewport.width = viewport.height = 32;
  image = TRY(pixel::fit_viewport(image, viewport, presentation.pixel_aspect));
  TRY(pixel::write_png(image, presentation.icc_profile));
  return {};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static_cast<void>(render_all({reinterpret_cast<const char*>(data), size}));
  return 0;
}
