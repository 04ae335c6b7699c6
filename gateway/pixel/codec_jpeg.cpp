// JPEG (ITU-T T.81, PS3.5 section A.4.1) with DCT and 8 bits, through libjpeg-turbo.
#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <memory>
//
#include <jerror.h>
#include <jpeglib.h>

#include "gateway/pixel/codec_jpeg.h"

namespace gateway::pixel {

using model::Frame;
using model::ImageFormat;

namespace {

constexpr int kMostScans = 200;  // of a progressive stream; honest ones have about ten
constexpr int kLossless = 3;

// The library reports errors by a call that must not return. Nothing with a destructor lives in the
// functions that it jumps out of.
struct ErrorManager {
  jpeg_error_mgr base;
  std::jmp_buf jump;
  char text[JMSG_LENGTH_MAX];
  bool damaged;  // entropy-coded data ended early or made no sense
};

void on_error(j_common_ptr info) {
  auto* manager = reinterpret_cast<ErrorManager*>(info->err);
  info->err->format_message(info, manager->text);
  std::longjmp(manager->jump, 1);
}

void on_message(j_common_ptr info, int level) {
  const int code = info->err->msg_code;
  if (level >= 0 || (code != JWRN_HIT_MARKER && code != JWRN_HUFF_BAD_CODE && code != JWRN_MUST_RESYNC))
    return;
  auto* manager = reinterpret_cast<ErrorManager*>(info->err);
  info->err->format_message(info, manager->text);
  manager->damaged = true;
}

void on_output(j_common_ptr) {}

void on_progress(j_common_ptr info) {
  if (info->is_decompressor && reinterpret_cast<j_decompress_ptr>(info)->input_scan_number > kMostScans)
    ERREXIT(info, JERR_BAD_PROGRESSION);
}

void prepare(ErrorManager& manager) {
  jpeg_std_error(&manager.base);
  manager.base.error_exit = on_error;
  manager.base.emit_message = on_message;
  manager.base.output_message = on_output;
  manager.text[0] = '\0';
  manager.damaged = false;
}

struct DecodeJob {
  ByteSpan encoded;
  bool ycbcr;
  std::uint32_t rows, columns;
  int components;
  char* to;
};

bool run_decode(const DecodeJob& job, ErrorManager& manager) {
  jpeg_decompress_struct info{};
  jpeg_progress_mgr progress{};
  info.err = &manager.base;
  if (setjmp(manager.jump) != 0) {
    jpeg_destroy_decompress(&info);
    return false;
  }
  jpeg_create_decompress(&info);
  progress.progress_monitor = on_progress;
  info.progress = &progress;
  jpeg_mem_src(&info, reinterpret_cast<const unsigned char*>(job.encoded.data()), job.encoded.size());
  jpeg_read_header(&info, TRUE);
  if (job.components == 3) {
    info.jpeg_color_space = job.ycbcr ? JCS_YCbCr : JCS_RGB;
    info.out_color_space = JCS_RGB;
  } else {
    info.out_color_space = info.jpeg_color_space;
  }
  jpeg_start_decompress(&info);
  const std::size_t line = std::size_t{job.columns} * job.components;
  bool fits = info.output_width == job.columns && info.output_height == job.rows &&
              info.output_components == job.components;
  while (fits && info.output_scanline < info.output_height) {
    auto* row = reinterpret_cast<JSAMPROW>(job.to + line * info.output_scanline);
    jpeg_read_scanlines(&info, &row, 1);
  }
  if (fits) jpeg_finish_decompress(&info);
  jpeg_destroy_decompress(&info);
  return fits;
}

struct EncodeImage {
  const char* from;
  std::uint32_t rows, columns;
  int components, quality;
  bool rgb;  // to be converted; else the components are stored as they are
};

bool run_encode(const EncodeImage& image, ErrorManager& manager, unsigned char** out, unsigned long* size) {
  jpeg_compress_struct info{};
  info.err = &manager.base;
  if (setjmp(manager.jump) != 0) {
    jpeg_destroy_compress(&info);
    return false;
  }
  jpeg_create_compress(&info);
  jpeg_mem_dest(&info, out, size);
  info.image_width = image.columns;
  info.image_height = image.rows;
  info.input_components = image.components;
  info.in_color_space = image.components == 1 ? JCS_GRAYSCALE : image.rgb ? JCS_RGB : JCS_YCbCr;
  jpeg_set_defaults(&info);
  if (image.components == 3) {
    jpeg_set_colorspace(&info, JCS_YCbCr);
    info.comp_info[0].h_samp_factor = 2;  // YBR_FULL_422: PS3.5 section 8.2.1
    info.comp_info[0].v_samp_factor = 1;
  }
  jpeg_set_quality(&info, image.quality, TRUE);
  jpeg_start_compress(&info, TRUE);
  const std::size_t line = std::size_t{image.columns} * image.components;
  while (info.next_scanline < info.image_height) {
    auto* row = reinterpret_cast<JSAMPROW>(const_cast<char*>(image.from + line * info.next_scanline));
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  return true;
}

}  // namespace

Result<Frame> decode_jpeg(const ImageFormat& format, ByteSpan encoded) {
  const auto header = read_jpeg_header(encoded);
  if (!header) return undecodable("JPEG", "no frame header");
  if (header->process % 4 != kLossless && header->facts.precision == 8)
    return decode_jpeg_dct8(format, *header, encoded);
  return decode_jpeg_dcmtk(format, *header, encoded);
}

Result<Frame> decode_jpeg_dct8(const ImageFormat& format, const JpegHeader& header, ByteSpan encoded) {
  ImageFormat made = TRY(decoded_format(format, header.facts));
  if (header.facts.components == 3) made.photometric = "RGB";
  const StreamFacts& facts = header.facts;
  std::string words(std::size_t{facts.rows} * facts.columns * facts.components, '\0');
  ErrorManager manager;
  prepare(manager);
  const DecodeJob job{encoded,       is_ycbcr(header, format.photometric), facts.rows,
                      facts.columns, static_cast<int>(facts.components),   words.data()};
  if (!run_decode(job, manager) || manager.damaged) return undecodable("JPEG", manager.text);
  return frame_of_words(std::move(made), facts, std::move(words));
}

Result<Frame> encode_jpeg_baseline(const EncodeJob& job) {
  Samples samples = TRY(samples_of(job.frame));
  if (samples.facts.precision > 8) return unencodable("JPEG Baseline");
  const std::string words = words_of(samples);
  const EncodeImage image{words.data(),
                          samples.facts.rows,
                          samples.facts.columns,
                          static_cast<int>(samples.facts.components),
                          std::clamp(job.options.quality, 1, 100),
                          samples.format.photometric == "RGB"};
  ErrorManager manager;
  prepare(manager);
  unsigned char* out = nullptr;
  unsigned long size = 0;
  const bool done = run_encode(image, manager, &out, &size);
  // When it gives up, `out` may name a buffer that the library has replaced and freed already.
  const std::unique_ptr<unsigned char, decltype(&std::free)> owner(done ? out : nullptr, &std::free);
  Frame made{std::move(samples.format), done ? std::string(reinterpret_cast<char*>(out), size) : ""};
  if (!done) return unencodable("JPEG", manager.text);
  if (image.components == 3) made.format.photometric = "YBR_FULL_422";
  pad_even(made.bytes);
  return made;
}

}  // namespace gateway::pixel
