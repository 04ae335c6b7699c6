// Samples: between native frames and what codec libraries take and give. Internal to the codecs; pure
// functions.
//
// A library gives components of `precision` bits, which the data set may have declared otherwise: signed
// values travel through unsigned code streams as their low bits, and are extended again here.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "gateway/base/bytes.h"
#include "gateway/base/result.h"
#include "gateway/model/image_format.h"

namespace gateway::pixel {

// What a code stream says about itself.
struct StreamFacts {
  std::uint32_t rows = 0, columns = 0;
  std::uint32_t components = 1;
  std::uint32_t precision = 8;
  bool is_signed = false;
};

// The format of the decoded frame. Errors: DicomMalformed when the stream is of another size than the data
// set declares; DicomLimit for more than a frame may have.
Result<model::ImageFormat> decoded_format(const model::ImageFormat& declared, const StreamFacts& facts);

// A frame of unsigned words, one byte each up to a precision of 8, else two; color by pixel, or with `planar`
// by plane.
model::Frame frame_of_words(model::ImageFormat format, const StreamFacts& facts, std::string words,
                            bool planar = false);
// A frame of values that are got row by row: `row` gives the component of a row as `columns` values.
using RowOf = std::function<const std::int32_t*(std::uint32_t component, std::uint32_t row)>;
model::Frame frame_of_rows(model::ImageFormat format, const StreamFacts& facts, const RowOf& row);

// A native frame on its way into a code stream.
struct Samples {
  StreamFacts facts;                 // precision: what the values need, at least bits stored
  model::ImageFormat format;         // as the data set will declare: color by pixel, no chroma subsampling
  std::vector<std::int32_t> values;  // by pixel
  // The part of the range of the precision that the values take, above 0: lossy coding has to be as fine.
  double range_used = 1;
};
// Errors: Unprocessable for float samples, more than 16 bits, or a frame of the wrong size.
Result<Samples> samples_of(const model::Frame& frame);
// The low bits of each value: one byte up to a precision of 8, else two.
std::string words_of(const Samples& samples);

// Pads a code stream to even length (PS3.5 section A.4).
inline void pad_even(std::string& bytes) {
  if (bytes.size() % 2 != 0) bytes += '\0';
}

}  // namespace gateway::pixel
