#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include <jpeglib.h>

#include "gateway/pixel/image_writers.h"

namespace gateway::pixel {
namespace {

constexpr std::uint32_t kMaxSide = 65500;  // JPEG_MAX_DIMENSION
constexpr int kFullColorQuality = 90;

// The library leaves by a jump, past frames that own nothing.
struct Guard {
  jpeg_error_mgr manager;
  std::jmp_buf back;
  char text[JMSG_LENGTH_MAX] = {};
};

void leave(j_common_ptr info) {
  auto* guard = reinterpret_cast<Guard*>(info->err);
  guard->manager.format_message(info, guard->text);
  std::longjmp(guard->back, 1);
}

void ignore(j_common_ptr, int) {}
void ignore_text(j_common_ptr) {}

void set_up(jpeg_compress_struct& info, const Image& image, int quality) {
  info.image_width = image.width;
  info.image_height = image.height;
  info.input_components = static_cast<int>(image.channels);
  info.in_color_space = image.channels == 3 ? JCS_RGB : JCS_GRAYSCALE;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, quality, TRUE);
  if (image.channels == 3 && quality >= kFullColorQuality)
    info.comp_info[0].h_samp_factor = info.comp_info[0].v_samp_factor = 1;
}

// False when the library gave up; `guard.text` then says why. No object with a destructor lives in here.
bool compress(jpeg_compress_struct& info, Guard& guard, const Image& image, int quality, const char* profile,
              std::size_t profile_size, unsigned char** bytes, unsigned long* size) {
  if (setjmp(guard.back) != 0) return false;
  jpeg_create_compress(&info);
  jpeg_mem_dest(&info, bytes, size);
  set_up(info, image, quality);
  jpeg_start_compress(&info, TRUE);
  if (profile_size > 0)
    jpeg_write_icc_profile(&info, reinterpret_cast<const JOCTET*>(profile),
                           static_cast<unsigned>(profile_size));
  while (info.next_scanline < info.image_height) {
    // The library takes rows as not const, and only reads them.
    auto* row = const_cast<JSAMPLE*>(image.row(info.next_scanline));
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  return true;
}

}  // namespace

Result<std::string> write_jpeg(const Image& image, int quality, std::string_view icc_profile) {
  if (image.width > kMaxSide || image.height > kMaxSide)
    return fail(ErrorCode::NotSupported, "the image is too large for image/jpeg: ask for a viewport");
  jpeg_compress_struct info = {};
  Guard guard = {};
  info.err = jpeg_std_error(&guard.manager);
  guard.manager.error_exit = leave;
  guard.manager.emit_message = ignore;
  guard.manager.output_message = ignore_text;
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  const bool done =
      compress(info, guard, image, quality, icc_profile.data(), icc_profile.size(), &bytes, &size);
  jpeg_destroy_compress(&info);
  // When it gives up, `bytes` may name a buffer that the library has replaced and freed already.
  const std::unique_ptr<unsigned char, decltype(&std::free)> owner(done ? bytes : nullptr, &std::free);
  if (!done) return fail(ErrorCode::Internal, "the image could not be written as JPEG", {}, guard.text);
  return std::string(reinterpret_cast<const char*>(bytes), size);
}

}  // namespace gateway::pixel
