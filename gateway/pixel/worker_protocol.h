// The messages between a WorkerPool and its worker processes. Each is a head of fixed size, a text with the
// fields and then the bytes of the frame. Internal to the pool; pure functions.
//
// A worker runs foreign libraries on foreign bytes, so its answers are read with the same care.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/pixel/codec.h"

namespace gateway::pixel {

inline constexpr std::uint32_t kWorkerMark = 0x31575850;  // "PXW1"
inline constexpr std::uint32_t kMostFieldBytes = 16 << 10;
inline constexpr std::uint64_t kMostMessageBytes = kMaxFrameBytes + (64 << 20);  // RLE may grow a frame

struct MessageHead {
  std::uint32_t mark = kWorkerMark;
  std::uint32_t field_bytes = 0;
  std::uint64_t frame_bytes = 0;
  bool plausible() const {
    return mark == kWorkerMark && field_bytes <= kMostFieldBytes && frame_bytes <= kMostMessageBytes;
  }
};

struct Job {
  enum class Kind : std::uint8_t { Decode, Encode, Transcode };
  Kind kind = Kind::Decode;
  std::string from, to;  // transfer syntaxes, as the kind needs them
  model::ImageFormat format;
  EncodeOptions options;
  std::uint64_t memory_bytes = 0;  // limits of the worker
  std::uint32_t processor_seconds = 0;
};

// The outcome without the bytes of the frame.
using Outcome = Result<model::ImageFormat>;

std::string pack_job(const Job& job);
std::optional<Job> unpack_job(std::string_view fields);
std::string pack_outcome(const Outcome& outcome);
// Nothing when the fields make no sense.
std::optional<Outcome> unpack_outcome(std::string_view fields);

}  // namespace gateway::pixel
