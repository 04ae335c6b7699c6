#include "gateway/pixel/worker_protocol.h"

#include <cstring>
#include <type_traits>

namespace gateway::pixel {

using model::ImageFormat;

namespace {

constexpr std::size_t kMostText = 2000;

class Packer {
 public:
  template <class Number>
  Packer& number(Number value) {
    static_assert(std::is_trivially_copyable_v<Number>);
    text_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  Packer& text(std::string_view value) {
    value = value.substr(0, kMostText);
    number(static_cast<std::uint32_t>(value.size()));
    text_ += value;
    return *this;
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

class Unpacker {
 public:
  explicit Unpacker(std::string_view text) : text_(text) {}
  template <class Number>
  Unpacker& number(Number& value) {
    if (text_.size() < sizeof value) {
      sound_ = false;
      return *this;
    }
    std::memcpy(&value, text_.data(), sizeof value);
    text_.remove_prefix(sizeof value);
    return *this;
  }
  Unpacker& flag(bool& value) {
    std::uint8_t byte = 0;
    number(byte);
    value = byte != 0;
    return *this;
  }
  Unpacker& text(std::string& value) {
    std::uint32_t size = 0;
    number(size);
    sound_ = sound_ && size <= text_.size() && size <= kMostText;
    if (!sound_) return *this;
    value = text_.substr(0, size);
    text_.remove_prefix(size);
    return *this;
  }
  bool sound() const { return sound_ && text_.empty(); }

 private:
  std::string_view text_;
  bool sound_ = true;
};

void pack(Packer& packer, const ImageFormat& format) {
  packer.number(format.rows).number(format.columns).number(format.frames).number(format.samples_per_pixel);
  packer.number(format.bits_allocated).number(format.bits_stored).number(format.high_bit);
  packer.number(format.is_signed).number(format.planar).number(format.sample).text(format.photometric);
}

// What arithmetic relies on is checked: a frame of this format is no larger than any frame may be.
bool unpack(Unpacker& unpacker, ImageFormat& format) {
  std::uint8_t sample = 0;
  unpacker.number(format.rows).number(format.columns).number(format.frames).number(format.samples_per_pixel);
  unpacker.number(format.bits_allocated).number(format.bits_stored).number(format.high_bit);
  unpacker.flag(format.is_signed).flag(format.planar).number(sample).text(format.photometric);
  format.sample = static_cast<ImageFormat::Sample>(sample);
  return sample <= static_cast<std::uint8_t>(ImageFormat::Sample::Double) && format.rows <= 65535 &&
         format.columns <= 65535 && format.samples_per_pixel <= 16 && format.bits_allocated <= 64 &&
         format.bits_stored <= format.bits_allocated && format.frame_bytes() <= kMaxFrameBytes;
}

}  // namespace

std::string pack_job(const Job& job) {
  Packer packer;
  packer.number(job.kind).text(job.from).text(job.to);
  packer.number(job.options.quality).number(job.options.near_lossless);
  packer.number(job.memory_bytes).number(job.processor_seconds);
  pack(packer, job.format);
  return packer.take();
}

std::optional<Job> unpack_job(std::string_view fields) {
  Job job;
  Unpacker unpacker(fields);
  std::uint8_t kind = 0;
  unpacker.number(kind).text(job.from).text(job.to);
  unpacker.number(job.options.quality).number(job.options.near_lossless);
  unpacker.number(job.memory_bytes).number(job.processor_seconds);
  const bool plausible = unpack(unpacker, job.format);
  if (!plausible || !unpacker.sound() || kind > static_cast<std::uint8_t>(Job::Kind::Transcode))
    return std::nullopt;
  job.kind = static_cast<Job::Kind>(kind);
  return job;
}

std::string pack_outcome(const Outcome& outcome) {
  Packer packer;
  packer.number(outcome.ok());
  if (outcome.ok()) {
    pack(packer, *outcome);
  } else {
    const Error& error = outcome.error();
    packer.number(static_cast<std::uint8_t>(error.code));
    packer.text(error.message).text(error.where).text(error.detail);
  }
  return packer.take();
}

std::optional<Outcome> unpack_outcome(std::string_view fields) {
  Unpacker unpacker(fields);
  bool done = false;
  unpacker.flag(done);
  if (done) {
    ImageFormat format;
    const bool plausible = unpack(unpacker, format);
    if (!plausible || !unpacker.sound()) return std::nullopt;
    return Outcome(std::move(format));
  }
  Error error;
  std::uint8_t code = 0;
  unpacker.number(code).text(error.message).text(error.where).text(error.detail);
  if (!unpacker.sound() || code >= error_code_count()) return std::nullopt;
  error.code = static_cast<ErrorCode>(code);
  return Outcome(std::move(error));
}

}  // namespace gateway::pixel
