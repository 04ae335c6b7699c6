// High-throughput JPEG 2000 (ITU-T T.814, PS3.5 section A.4.12) encoding, through OpenJPH.
#include <openjph/ojph_arch.h>
#include <openjph/ojph_file.h>
#include <openjph/ojph_mem.h>
//
#include <openjph/ojph_codestream.h>
#include <openjph/ojph_params.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "gateway/pixel/codecs.h"

namespace gateway::pixel {

using model::Frame;

namespace {

constexpr std::uint32_t kSmallest = 64;  // the lowest resolution of the RPCL syntax is no larger
constexpr std::uint32_t kMostLevels = 10;
constexpr std::size_t kSotBytes = 12;

std::uint32_t levels_of(const StreamFacts& facts) {
  std::uint32_t levels = 0;
  for (auto size = std::max(facts.rows, facts.columns);
       size > kSmallest && levels < kMostLevels && (std::min(facts.rows, facts.columns) >> (levels + 1)) > 0;
       size = (size + 1) / 2)
    ++levels;
  return std::max(levels, 1u);
}

void describe(ojph::codestream& stream, const Samples& samples, const EncodeJob& job) {
  const StreamFacts& facts = samples.facts;
  const bool lossy = job.transfer_syntax == syntax::kHtj2k;
  auto size = stream.access_siz();
  size.set_image_extent(ojph::point(facts.columns, facts.rows));
  size.set_num_components(facts.components);
  for (std::uint32_t c = 0; c < facts.components; ++c)
    size.set_component(c, ojph::point(1, 1), facts.precision, facts.is_signed);
  auto coding = stream.access_cod();
  coding.set_num_decomposition(levels_of(facts));
  coding.set_block_dims(64, 64);
  coding.set_progression_order("RPCL");
  coding.set_color_transform(samples.format.photometric == "RGB");
  coding.set_reversible(!lossy);
  if (lossy) {  // the step of quantisation, halved with every ten points of quality
    const double step = std::exp2(-(std::clamp(job.options.quality, 1, 100) + 10) / 10.0);
    stream.access_qcd().set_irrev_quant(static_cast<float>(step * samples.range_used));
  }
  stream.set_planar(false);
}

// The library asks for one line of one component after the other.
void push_lines(ojph::codestream& stream, const Samples& samples) {
  const std::uint32_t components = samples.facts.components, columns = samples.facts.columns;
  ojph::ui32 component = 0;
  ojph::line_buf* line = stream.exchange(nullptr, component);
  for (std::uint32_t y = 0; y < samples.facts.rows; ++y) {
    for (std::uint32_t c = 0; c < components; ++c) {
      const std::int32_t* from = &samples.values[std::size_t{y} * columns * components + component];
      for (std::uint32_t x = 0; x < columns; ++x, from += components) line->i32[x] = *from;
      line = stream.exchange(line, component);
    }
  }
}

std::uint64_t number_at(std::string_view text, std::size_t at, std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value = value << 8 | static_cast<unsigned char>(text[at + i]);
  return value;
}

// T.800 section A.7.1: the lengths of all tile-parts, which the RPCL syntax asks for and the library does not
// write, as one TLM segment before the first SOT.
bool add_tile_lengths(std::string& stream) {
  const std::size_t first = stream.find(std::string_view("\xFF\x90\x00\x0A", 4));
  std::string list;
  for (std::size_t at = first; at != std::string::npos && at + kSotBytes <= stream.size();) {
    if (number_at(stream, at, 2) != 0xFF90) break;
    const std::uint64_t length = number_at(stream, at + 6, 4);
    list += stream.substr(at + 4, 2) + stream.substr(at + 6, 4);  // Isot, Psot
    if (length < kSotBytes || length > stream.size() - at) return false;
    at += length;
  }
  const std::size_t bytes = 4 + list.size();
  if (list.empty() || bytes > 0xFFFF) return false;
  std::string segment{"\xFF\x55", 2};
  segment += static_cast<char>(bytes >> 8);
  segment += static_cast<char>(bytes & 0xFF);
  segment += '\0';    // Ztlm
  segment += '\x60';  // Stlm: two bytes of tile, four of length
  stream.insert(first, segment + list);
  return true;
}

Result<Frame> encode_stream(const EncodeJob& job) {
  Samples samples = TRY(samples_of(job.frame));
  ojph::mem_outfile file;
  file.open();
  ojph::codestream stream;
  describe(stream, samples, job);
  stream.write_headers(&file);
  push_lines(stream, samples);
  stream.flush();
  Frame made{std::move(samples.format), std::string(reinterpret_cast<const char*>(file.get_data()),
                                                    static_cast<std::size_t>(file.tell()))};
  stream.close();
  if (job.transfer_syntax == syntax::kHtj2kRpcl && !add_tile_lengths(made.bytes)) return unencodable("HTJ2K");
  const bool lossy = job.transfer_syntax == syntax::kHtj2k;
  if (made.format.photometric == "RGB") made.format.photometric = lossy ? "YBR_ICT" : "YBR_RCT";
  pad_even(made.bytes);
  return made;
}

}  // namespace

Result<Frame> encode_htj2k(const EncodeJob& job) {
  try {
    return encode_stream(job);
  } catch (const std::runtime_error& fault) {
    return unencodable("HTJ2K", fault.what());
  } catch (const char* fault) {  // what the library throws when memory is short
    return unencodable("HTJ2K", fault);
  }
}

}  // namespace gateway::pixel
