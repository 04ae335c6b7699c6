// Every decoder on any bytes: the first byte picks the transfer syntax, four more the format. What decodes
// has the size that its format says and can be encoded again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "gateway/pixel/codec.h"

using namespace gateway;

namespace {

constexpr const char* kSyntaxes[] = {
    "1.2.840.10008.1.2.5",    "1.2.840.10008.1.2.8.1",   "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51",
    "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.80",  "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.201",
    "1.2.840.10008.1.2.1.98", "1.2.840.10008.1.2.4.110",
};
constexpr std::uint16_t kBits[] = {1, 8, 16, 32};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 5) return 0;
  model::ImageFormat format;
  format.rows = data[1] + 1u;
  format.columns = data[2] + 1u;
  format.samples_per_pixel = data[3] % 2 ? 3 : 1;
  format.photometric = data[3] % 2 ? (data[3] % 4 == 1 ? "RGB" : "YBR_FULL_422") : "MONOCHROME2";
  format.is_signed = (data[3] & 8) != 0;
  format.bits_allocated = format.bits_stored = kBits[data[4] % 4];
  format.high_bit = static_cast<std::uint16_t>(format.bits_stored - 1);
  const ByteSpan bytes(reinterpret_cast<const std::byte*>(data) + 5, size - 5);
  const auto made = pixel::decode(kSyntaxes[data[0] % std::size(kSyntaxes)], format, bytes);
  if (!made.ok()) return 0;
  if (made->bytes.size() != made->format.frame_bytes()) std::abort();
  if (pixel::can_encode("1.2.840.10008.1.2.5", made->format) &&
      !pixel::encode("1.2.840.10008.1.2.5", *made).ok())
    std::abort();
  return 0;
}
