#include "gateway/http/range.h"

#include <algorithm>
#include <optional>

#include "gateway/base/text.h"

namespace gateway::http {
namespace {

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t length = 0;  // 0: nothing of it lies within the answer
};

// "bytes=0-99", "bytes=100-", "bytes=-50" (section 14.1.2). Nothing: to be ignored.
std::optional<ByteRange> parse_range(std::string_view text, std::uint64_t size) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || !iequals(trim(text.substr(0, equals)), "bytes"))
    return std::nullopt;
  const std::string_view range = trim(text.substr(equals + 1));
  const auto dash = range.find('-');
  if (dash == std::string_view::npos || range.find(',') != std::string_view::npos) return std::nullopt;
  const std::string_view from = range.substr(0, dash);
  const std::string_view to = range.substr(dash + 1);
  const auto last = parse_number<std::uint64_t>(to);
  if (!to.empty() && !last) return std::nullopt;
  if (from.empty()) {
    if (!last) return std::nullopt;
    const std::uint64_t length = std::min(*last, size);
    return ByteRange{size - length, length};
  }
  const auto first = parse_number<std::uint64_t>(from);
  if (!first || (last && *last < *first)) return std::nullopt;
  if (*first >= size) return ByteRange{};
  const std::uint64_t end = last && *last < size ? *last + 1 : size;
  return ByteRange{*first, end - *first};
}

// Section 13.1.5: a weak tag never fits; of dates only the very same one does.
bool if_range_fits(const Request& request, const Response& response) {
  const std::string_view condition = trim(request.headers.get("If-Range"));
  if (condition.empty()) return true;
  if (condition.starts_with("W/")) return false;
  const bool is_tag = condition.starts_with('"');
  return condition == response.headers.get(is_tag ? "ETag" : "Last-Modified");
}

std::vector<Piece> cut_body(std::vector<Piece> body, ByteRange range);

// What a lazy piece will make, cut then.
Piece cut_lazily(LazyPiece whole, ByteRange range) {
  return LazyPiece{range.length, [whole = std::move(whole), range]() -> Result<std::vector<Piece>> {
                     auto made = TRY(whole.make());
                     std::uint64_t size = 0;
                     for (const Piece& piece : made) size += size_of(piece);
                     if (size != whole.length)
                       return fail(ErrorCode::Internal, "a part of the answer changed its size");
                     return cut_body(std::move(made), range);
                   }};
}

Piece cut(Piece piece, std::uint64_t offset, std::uint64_t length) {
  if (offset == 0 && length == size_of(piece)) return piece;
  if (auto* text = std::get_if<std::string>(&piece)) return text->substr(offset, length);
  if (auto* file = std::get_if<FileRange>(&piece))
    return FileRange{file->file, file->offset + offset, length};
  return cut_lazily(std::get<LazyPiece>(std::move(piece)), {offset, length});
}

std::vector<Piece> cut_body(std::vector<Piece> body, ByteRange range) {
  std::vector<Piece> part;
  std::uint64_t start = 0;  // of the piece within the body
  const std::uint64_t end = range.first + range.length;
  for (Piece& piece : body) {
    const std::uint64_t size = size_of(piece);
    const std::uint64_t from = std::max(start, range.first);
    const std::uint64_t to = std::min(start + size, end);
    if (from < to) part.push_back(cut(std::move(piece), from - start, to - from));
    start += size;
  }
  return part;
}

}  // namespace

Response with_range(const Request& request, Response response) {
  if (response.status != 200) return response;
  response.headers.set("Accept-Ranges", "bytes");
  if (request.method != Method::Get || !request.headers.has("Range")) return response;
  const std::uint64_t size = response.body_size();
  const auto range = parse_range(request.headers.joined("Range"), size);
  if (!range || !if_range_fits(request, response)) return response;
  if (range->length == 0) {
    Response refused = problem_response(
        fail(ErrorCode::RangeNotSatisfiable, "the answer has " + std::to_string(size) + " bytes", "Range"),
        request);
    refused.headers.set("Content-Range", "bytes */" + std::to_string(size));
    return refused;
  }
  response.status = 206;
  response.headers.set("Content-Range", "bytes " + std::to_string(range->first) + "-" +
                                            std::to_string(range->first + range->length - 1) + "/" +
                                            std::to_string(size));
  response.body = cut_body(std::move(response.body), *range);
  return response;
}

}  // namespace gateway::http
