#include "gateway/codec/multipart.h"

#include <algorithm>
#include <cstring>

#include "gateway/base/text.h"
#include "gateway/codec/media_type.h"

namespace gateway::codec {
namespace {

constexpr std::size_t kWindow = 128 << 10;
constexpr std::size_t kMaxBoundary = 70;  // RFC 2046 section 5.1.1
constexpr std::size_t kMaxPadding = 256;  // transport-padding after a delimiter

// The source through a window that slides forward: at() never copies what lies in memory already.
class Window {
 public:
  explicit Window(const ByteSource& source)
      : source_(source), size_(source.size()), whole_(source.contiguous()) {}
  std::uint64_t size() const { return size_; }

  // Bytes from `offset` on, at least `want` of them unless the source ends before.
  Result<std::string_view> at(std::uint64_t offset, std::size_t want) {
    if (offset >= size_) return std::string_view();
    if (!whole_.empty()) return as_text(whole_.subspan(offset));
    const std::uint64_t available = std::min<std::uint64_t>(want, size_ - offset);
    if (offset < start_ || offset + available > start_ + held_) TRY(load(offset, want));
    return std::string_view(reinterpret_cast<const char*>(buffer_.data()), held_).substr(offset - start_);
  }

 private:
  Result<void> load(std::uint64_t offset, std::size_t want) {
    const auto space =
        static_cast<std::size_t>(std::min<std::uint64_t>(std::max(want, kWindow), size_ - offset));
    if (buffer_.size() < space) buffer_.resize(space);
    held_ = TRY(source_.read_at(offset, std::span(buffer_).first(space)));
    start_ = offset;
    if (held_ < space) return fail(ErrorCode::Internal, "the source is shorter than it says");
    return {};
  }

  const ByteSource& source_;
  std::uint64_t size_;
  ByteSpan whole_;
  std::vector<std::byte> buffer_;
  std::uint64_t start_ = 0;
  std::size_t held_ = 0;
};

std::string at_offset(std::uint64_t offset) { return "offset " + std::to_string(offset); }
Error malformed(std::string what, std::uint64_t offset) {
  return fail(ErrorCode::InvalidBody, std::move(what), at_offset(offset));
}

// bchars (RFC 2046 section 5.1.1), plus what real clients use; a boundary never ends with a space.
bool is_boundary(std::string_view text) {
  return !text.empty() && text.size() <= kMaxBoundary && text.back() != ' ' &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F && c != '"'; });
}

class MultipartReader {
 public:
  MultipartReader(const ByteSource& source, std::string_view boundary, const MultipartLimits& limits)
      : window_(source), delimiter_("\r\n--" + std::string(boundary)), limits_(limits) {}

  // multipart-body = [preamble CRLF] dash-boundary padding CRLF body-part *encapsulation close-delimiter
  // [epilogue]
  Result<std::vector<Part>> read() {
    std::vector<Part> parts;
    std::uint64_t at = TRY(first_delimiter());
    for (;;) {
      const Line line = TRY(end_of_delimiter(at));
      if (line.closes) break;
      if (parts.size() == limits_.parts)
        return fail(ErrorCode::BodyTooLarge, "a multipart body has too many parts", at_offset(at));
      Part part;
      part.offset = TRY(read_headers(line.next, part));
      const std::uint64_t end =
          TRY(find_delimiter(part.offset - 2));  // the CRLF of the headers may be the delimiter's
      part.length = end > part.offset ? end - part.offset : 0;
      parts.push_back(std::move(part));
      at = end + delimiter_.size();
    }
    if (parts.empty()) return malformed("a multipart body has no part", at);
    return parts;
  }

 private:
  struct Line {
    bool closes = false;
    std::uint64_t next = 0;
  };

  // Behind the first delimiter: at the very start it lacks its CRLF.
  Result<std::uint64_t> first_delimiter() {
    const std::string_view dashes = std::string_view(delimiter_).substr(2);
    const auto start = TRY(window_.at(0, delimiter_.size()));
    if (start.starts_with(dashes)) return std::uint64_t{dashes.size()};
    return TRY(find_delimiter(0)) + delimiter_.size();
  }

  // What follows a delimiter: "--" closes the body, else padding and CRLF.
  Result<Line> end_of_delimiter(std::uint64_t at) {
    const auto rest = TRY(window_.at(at, kMaxPadding + 2));
    if (rest.starts_with("--")) return Line{true, at + 2};
    const auto text = rest.find_first_not_of(" \t");
    if (rest.size() < 2 || text == std::string_view::npos)
      return fail(ErrorCode::TruncatedBody, "a multipart body ends within a delimiter", at_offset(at));
    if (text > kMaxPadding || rest.substr(text, 2) != "\r\n")
      return malformed("a delimiter line of a multipart body does not end with CRLF", at);
    return Line{false, at + text + 2};
  }

  // Where the next delimiter begins (at its CRLF), from `at` on.
  Result<std::uint64_t> find_delimiter(std::uint64_t at) {
    while (at + delimiter_.size() <= window_.size()) {
      const auto bytes = TRY(window_.at(at, delimiter_.size()));
      const void* found = ::memmem(bytes.data(), bytes.size(), delimiter_.data(), delimiter_.size());
      if (!found) {
        at += bytes.size() - delimiter_.size() + 1;
        continue;
      }
      at += static_cast<std::uint64_t>(static_cast<const char*>(found) - bytes.data());
      if (TRY(is_whole(at + delimiter_.size()))) return at;
      at += 2;
    }
    return fail(ErrorCode::TruncatedBody, "a multipart body has no final delimiter",
                at_offset(window_.size()));
  }

  // Whether the boundary ends here: another that begins alike, as nested bodies have, is content.
  Result<bool> is_whole(std::uint64_t at) {
    const auto rest = TRY(window_.at(at, 2));
    return rest.empty() || rest.starts_with("--") || rest.starts_with('\r') || rest.starts_with('\n') ||
           rest.starts_with(' ') || rest.starts_with('\t');
  }

  // MIME-part-headers and the empty line; gives the offset of the content.
  Result<std::uint64_t> read_headers(std::uint64_t at, Part& part) {
    const std::uint64_t start = at;
    for (;;) {
      const auto rest = TRY(window_.at(at, limits_.part_header + 2));
      const auto end = rest.substr(0, limits_.part_header + 2).find("\r\n");
      if (end == std::string_view::npos && rest.size() <= limits_.part_header)
        return fail(ErrorCode::TruncatedBody, "a multipart body ends within the headers of a part",
                    at_offset(at));
      if (end == std::string_view::npos || at + end - start > limits_.part_header)
        return fail(ErrorCode::BodyTooLarge, "the headers of a part are too long", at_offset(start));
      const std::string_view line = rest.substr(0, end);
      at += end + 2;
      if (line.empty()) break;
      TRY(add_header(line, at - end - 2, part));
    }
    header_bytes_ += at - start;
    if (header_bytes_ > limits_.headers)
      return fail(ErrorCode::BodyTooLarge, "the headers of all parts are too long", at_offset(start));
    return at;
  }

  // One field; a folded line (RFC 5322 section 2.2.3) continues the field before it.
  Result<void> add_header(std::string_view line, std::uint64_t at, Part& part) {
    if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos)
      return malformed("a part header has a stray line end or NUL", at);
    if (line.front() == ' ' || line.front() == '\t') {
      if (part.headers.empty()) return malformed("a part begins with a folded header", at);
      part.headers.back().second += ' ' + std::string(trim(line));
      return {};
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
      return malformed("a part header is not name: value", at);
    part.headers.emplace_back(line.substr(0, colon), trim(line.substr(colon + 1)));
    return {};
  }

  Window window_;
  std::string delimiter_;
  const MultipartLimits& limits_;
  std::uint64_t header_bytes_ = 0;
};

}  // namespace

std::string_view Part::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (iequals(key, name)) return value;
  return {};
}

Result<std::vector<Part>> parse_multipart(const ByteSource& source, std::string_view boundary,
                                          const MultipartLimits& limits) {
  if (!is_boundary(boundary))
    return fail(ErrorCode::InvalidParameter, "a multipart boundary has 1 to 70 characters", "boundary");
  return MultipartReader(source, boundary, limits).read();
}

}  // namespace gateway::codec
