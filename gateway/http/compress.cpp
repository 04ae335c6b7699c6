#include "gateway/http/compress.h"

#include <zlib.h>

#include <algorithm>
#include <optional>

#include "gateway/base/text.h"

namespace gateway::http {
namespace {

constexpr std::uint64_t kWorthIt = 1024;           // bytes; less fits a packet anyway
constexpr std::uint64_t kMaxPlain = 256ull << 20;  // of one answer
constexpr std::size_t kMaxCoded = 16u << 20;       // held in memory
constexpr std::size_t kBlock = 256u << 10;         // of a file, read at once
constexpr int kLevel = 1;                          // the speed of a network, and most of the gain
constexpr int kGzipWindow = 15 + 16;               // zlib: a gzip wrapper around the largest window

bool is_text(std::string_view type) {
  type = trim(type.substr(0, type.find(';')));
  if (type == "text/event-stream") return false;
  for (const std::string_view end :
       {"json", "xml", "turtle", "n-triples", "csv", "html", "plain", "javascript"})
    if (type.ends_with(end)) return true;
  return false;
}

// Deflates pieces one after the other; gives up when the result exceeds its bound.
class Coder {
 public:
  Coder() { ok_ = ::deflateInit2(&stream_, kLevel, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) == Z_OK; }
  ~Coder() { ::deflateEnd(&stream_); }
  Coder(const Coder&) = delete;
  Coder& operator=(const Coder&) = delete;

  bool add(std::string_view text) { return code(text, Z_NO_FLUSH); }
  std::optional<std::string> finish() {
    if (!code({}, Z_FINISH)) return std::nullopt;
    return std::move(out_);
  }

 private:
  bool code(std::string_view text, int flush) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream_.avail_in = static_cast<uInt>(text.size());
    while (ok_) {
      const std::size_t start = out_.size();
      out_.resize(start + std::max<std::size_t>(kBlock / 4, text.size() / 8));
      stream_.next_out = reinterpret_cast<Bytef*>(out_.data() + start);
      stream_.avail_out = static_cast<uInt>(out_.size() - start);
      const int state = ::deflate(&stream_, flush);
      const bool full = stream_.avail_out == 0;
      out_.resize(out_.size() - stream_.avail_out);
      ok_ = state != Z_STREAM_ERROR && out_.size() <= kMaxCoded;
      if (flush == Z_FINISH ? state == Z_STREAM_END : !full) break;
    }
    return ok_;
  }

  z_stream stream_{};
  std::string out_;
  bool ok_ = false;
};

bool add_file(Coder& coder, const FileRange& range) {
  const FileSource file(range.file, range.offset + range.length);
  std::string block(std::min<std::uint64_t>(kBlock, range.length), '\0');
  for (std::uint64_t done = 0; done < range.length;) {
    const std::size_t wanted = std::min<std::uint64_t>(block.size(), range.length - done);
    const auto got =
        file.read_at(range.offset + done, std::as_writable_bytes(std::span(block.data(), wanted)));
    if (!got || *got == 0 || !coder.add(std::string_view(block).substr(0, *got))) return false;
    done += *got;
  }
  return true;
}

std::optional<std::string> coded(const Response& response) {
  Coder coder;
  for (const Response::Piece& piece : response.body) {
    if (std::holds_alternative<LazyPiece>(piece)) return std::nullopt;
    const auto* text = std::get_if<std::string>(&piece);
    if (text ? !coder.add(*text) : !add_file(coder, std::get<FileRange>(piece))) return std::nullopt;
  }
  return coder.finish();
}

void weaken_entity_tag(Headers& headers) {
  const std::string tag(headers.get("ETag"));
  if (!tag.empty() && !tag.starts_with("W/")) headers.set("ETag", "W/" + tag);
}

}  // namespace

// "gzip;q=0.5, deflate": a coding is taken unless its quality is 0; "*" stands for all that are not named.
bool accepts_gzip(std::string_view accept_encoding) {
  bool any = false;
  for (const auto part : split(accept_encoding, ',')) {
    const auto pieces = split(part, ';');
    const std::string name = lower(trim(pieces.front()));
    bool refused = false;
    for (std::size_t i = 1; i < pieces.size(); ++i) {
      const std::string parameter = lower(trim(pieces[i]));
      refused = parameter.starts_with("q=0") && parameter.find_first_of("123456789") == std::string::npos;
    }
    if (name == "gzip" || name == "x-gzip") return !refused;
    if (name == "*") any = !refused;
  }
  return any;
}

void compress(const Request& request, Response& response) {
  const bool ordinary = response.status == 200 || response.status == 202 || response.status >= 400;
  if (!ordinary || response.headers.has("Content-Encoding") || !is_text(response.headers.get("Content-Type")))
    return;
  const std::uint64_t size = response.body_size();
  if (size < kWorthIt || size > kMaxPlain) return;
  response.headers.add("Vary", "Accept-Encoding");
  if (!accepts_gzip(request.headers.joined("Accept-Encoding"))) return;
  auto body = coded(response);
  if (!body || body->size() >= size) return;
  response.headers.add("Content-Encoding", "gzip");
  weaken_entity_tag(response.headers);
  response.body.clear();
  response.body.emplace_back(std::move(*body));
}

}  // namespace gateway::http
