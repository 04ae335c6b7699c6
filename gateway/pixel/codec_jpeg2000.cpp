// JPEG 2000 (ITU-T T.800, PS3.5 section A.4.4) both ways and high-throughput JPEG 2000 (T.814) decoding,
// through OpenJPEG without threads.
#include <openjpeg.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

#include "gateway/pixel/codecs.h"
#include "gateway/pixel/jpeg2000_header.h"

namespace gateway::pixel {

using model::Frame;
using model::ImageFormat;

namespace {

constexpr std::uint64_t kMostTiles = 16'384;
constexpr std::size_t kBuffer = 64 << 10;
constexpr int kMostResolutions = 6;

template <auto function>
struct Deleter {
  template <class Object>
  void operator()(Object* object) const {
    function(object);
  }
};
using Stream = std::unique_ptr<opj_stream_t, Deleter<opj_stream_destroy>>;
using Coder = std::unique_ptr<opj_codec_t, Deleter<opj_destroy_codec>>;
using Image = std::unique_ptr<opj_image_t, Deleter<opj_image_destroy>>;

// The code stream in memory, read or written through the library's callbacks.
struct Memory {
  std::string_view in;
  std::string out;
  std::size_t at = 0;
  std::string complaint;
};

OPJ_SIZE_T on_read(void* to, OPJ_SIZE_T size, void* data) {
  auto& memory = *static_cast<Memory*>(data);
  const std::size_t count = std::min(size, memory.in.size() - memory.at);
  if (count == 0) return static_cast<OPJ_SIZE_T>(-1);
  std::memcpy(to, memory.in.data() + memory.at, count);
  memory.at += count;
  return count;
}

OPJ_SIZE_T on_write(void* from, OPJ_SIZE_T size, void* data) {
  auto& memory = *static_cast<Memory*>(data);
  if (memory.out.size() < memory.at + size) memory.out.resize(memory.at + size);
  std::memcpy(&memory.out[memory.at], from, size);
  memory.at += size;
  return size;
}

OPJ_OFF_T on_skip_in(OPJ_OFF_T count, void* data) {
  auto& memory = *static_cast<Memory*>(data);
  if (count < 0 || static_cast<std::size_t>(count) > memory.in.size() - memory.at) return -1;
  memory.at += static_cast<std::size_t>(count);
  return count;
}

OPJ_BOOL on_seek_in(OPJ_OFF_T to, void* data) {
  auto& memory = *static_cast<Memory*>(data);
  if (to < 0 || static_cast<std::size_t>(to) > memory.in.size()) return OPJ_FALSE;
  memory.at = static_cast<std::size_t>(to);
  return OPJ_TRUE;
}

OPJ_OFF_T on_skip_out(OPJ_OFF_T count, void* data) {
  auto& memory = *static_cast<Memory*>(data);
  if (count < 0) return -1;
  memory.at += static_cast<std::size_t>(count);
  return count;
}

OPJ_BOOL on_seek_out(OPJ_OFF_T to, void* data) {
  if (to < 0) return OPJ_FALSE;
  static_cast<Memory*>(data)->at = static_cast<std::size_t>(to);
  return OPJ_TRUE;
}

void on_error(const char* text, void* data) { static_cast<Memory*>(data)->complaint = text; }
void on_remark(const char*, void*) {}

Coder coder_of(Memory& memory, bool decoder) {
  Coder coder(decoder ? opj_create_decompress(OPJ_CODEC_J2K) : opj_create_compress(OPJ_CODEC_J2K));
  if (!coder) throw std::bad_alloc();
  opj_set_error_handler(coder.get(), on_error, &memory);
  opj_set_warning_handler(coder.get(), on_remark, nullptr);
  opj_set_info_handler(coder.get(), on_remark, nullptr);
  return coder;
}

Stream stream_of(Memory& memory, bool input) {
  Stream stream(opj_stream_create(kBuffer, input ? OPJ_TRUE : OPJ_FALSE));
  if (!stream) throw std::bad_alloc();
  opj_stream_set_user_data(stream.get(), &memory, nullptr);
  opj_stream_set_user_data_length(stream.get(), memory.in.size());
  opj_stream_set_read_function(stream.get(), on_read);
  opj_stream_set_write_function(stream.get(), on_write);
  opj_stream_set_skip_function(stream.get(), input ? on_skip_in : on_skip_out);
  opj_stream_set_seek_function(stream.get(), input ? on_seek_in : on_seek_out);
  return stream;
}

Image decode_image(Memory& memory) {
  const Coder coder = coder_of(memory, true);
  const Stream stream = stream_of(memory, true);
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters(&parameters);
  opj_image_t* read = nullptr;
  const bool begun =
      opj_setup_decoder(coder.get(), &parameters) && opj_read_header(stream.get(), coder.get(), &read);
  Image image(read);
  if (!begun || !opj_decode(coder.get(), stream.get(), image.get())) return nullptr;
  opj_end_decompress(coder.get(), stream.get());  // what follows the last tile does not matter
  return image;
}

bool is_complete(const opj_image_t& image, const StreamFacts& facts) {
  if (image.numcomps != facts.components) return false;
  for (std::uint32_t c = 0; c < image.numcomps; ++c) {
    const opj_image_comp_t& component = image.comps[c];
    if (!component.data || component.dx == 0 || component.dy == 0) return false;
    const std::uint64_t width = std::uint64_t{component.w} * component.dx;
    const std::uint64_t height = std::uint64_t{component.h} * component.dy;
    if (component.prec != facts.precision || width < facts.columns || height < facts.rows) return false;
  }
  return true;
}

Frame frame_of_image(ImageFormat format, const StreamFacts& facts, const opj_image_t& image) {
  std::vector<std::int32_t> line(facts.columns);
  return frame_of_rows(
      std::move(format), facts, [&](std::uint32_t c, std::uint32_t y) -> const std::int32_t* {
        const opj_image_comp_t& component = image.comps[c];
        const std::int32_t* row = component.data + std::size_t{y} / component.dy * component.w;
        if (component.dx == 1) return row;
        for (std::uint32_t x = 0; x < facts.columns; ++x) line[x] = row[x / component.dx];
        return line.data();
      });
}

Image image_of(const Samples& samples) {
  const StreamFacts& facts = samples.facts;
  std::vector<opj_image_cmptparm_t> components(facts.components);
  for (auto& component : components) {
    component = {};
    component.dx = component.dy = 1;
    component.w = facts.columns;
    component.h = facts.rows;
    component.prec = facts.precision;
    component.sgnd = facts.is_signed ? 1 : 0;
  }
  const bool rgb = samples.format.photometric == "RGB";
  Image image(opj_image_create(facts.components, components.data(), rgb ? OPJ_CLRSPC_SRGB : OPJ_CLRSPC_GRAY));
  if (!image) throw std::bad_alloc();
  image->x1 = facts.columns;
  image->y1 = facts.rows;
  const std::size_t pixels = samples.values.size() / facts.components;
  for (std::uint32_t c = 0; c < facts.components; ++c)
    for (std::size_t i = 0; i < pixels; ++i)
      image->comps[c].data[i] = samples.values[i * facts.components + c];
  return image;
}

// Each resolution halves the image; the smallest must keep a pixel.
int resolutions_of(const StreamFacts& facts) {
  int resolutions = 1;
  for (auto size = std::min(facts.rows, facts.columns); size >= 2 && resolutions < kMostResolutions;
       size /= 2)
    ++resolutions;
  return resolutions;
}

opj_cparameters_t parameters_of(const Samples& samples, bool lossy, int quality) {
  opj_cparameters_t parameters;
  opj_set_default_encoder_parameters(&parameters);
  parameters.numresolution = resolutions_of(samples.facts);
  parameters.tcp_numlayers = 1;
  parameters.tcp_mct = samples.format.photometric == "RGB" ? 1 : 0;
  if (lossy) {
    parameters.irreversible = 1;
    parameters.cp_fixed_quality = 1;
    // Decibels below the range that the values take; the library counts from that of the precision.
    const double noise = 20 + 0.4 * std::clamp(quality, 1, 100) - 20 * std::log10(samples.range_used);
    parameters.tcp_distoratio[0] = static_cast<float>(noise);
  } else {
    parameters.cp_disto_alloc = 1;
  }
  return parameters;
}

}  // namespace

Result<Frame> decode_jpeg2000(const ImageFormat& format, ByteSpan encoded) {
  const auto header = read_jpeg2000_header(encoded);
  if (!header || header->tiles > kMostTiles) return undecodable("JPEG 2000", "no usable SIZ marker");
  ImageFormat made = TRY(decoded_format(format, header->facts));
  Memory memory;
  memory.in = as_text(header->code_stream);
  const Image image = decode_image(memory);
  if (!image || !is_complete(*image, header->facts)) return undecodable("JPEG 2000", memory.complaint);
  return frame_of_image(std::move(made), header->facts, *image);
}

Result<Frame> encode_jpeg2000(const EncodeJob& job) {
  const bool lossy = job.transfer_syntax == syntax::kJpeg2000;
  Samples samples = TRY(samples_of(job.frame));
  const Image image = image_of(samples);
  Memory memory;
  const Coder coder = coder_of(memory, false);
  const Stream stream = stream_of(memory, false);
  opj_cparameters_t parameters = parameters_of(samples, lossy, job.options.quality);
  const bool done = opj_setup_encoder(coder.get(), &parameters, image.get()) &&
                    opj_start_compress(coder.get(), image.get(), stream.get()) &&
                    opj_encode(coder.get(), stream.get()) && opj_end_compress(coder.get(), stream.get());
  if (!done) return unencodable("JPEG 2000", memory.complaint);
  Frame made{std::move(samples.format), std::move(memory.out)};
  if (made.format.photometric == "RGB") made.format.photometric = lossy ? "YBR_ICT" : "YBR_RCT";
  pad_even(made.bytes);
  return made;
}

}  // namespace gateway::pixel
