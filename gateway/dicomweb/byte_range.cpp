#include "gateway/dicomweb/byte_range.h"

#include <algorithm>
#include <optional>

#include "gateway/base/text.h"

namespace gateway::dicomweb {
namespace {

struct Span {
  std::uint64_t first = 0, length = 0;  // length 0: outside
};

// "bytes=0-99", "bytes=100-", "bytes=-100"; nothing for what is to be ignored.
std::optional<Span> parse_range(std::string_view text, std::uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!text.starts_with(kUnit)) return std::nullopt;
  text = trim(text.substr(kUnit.size()));
  const auto dash = text.find('-');
  if (dash == std::string_view::npos || text.find(',') != std::string_view::npos) return std::nullopt;
  const auto first = parse_number<std::uint64_t>(text.substr(0, dash));
  const auto last = parse_number<std::uint64_t>(text.substr(dash + 1));
  if (dash == 0) {
    if (!last) return std::nullopt;
    const std::uint64_t length = std::min(*last, size);
    return Span{size - length, length};
  }
  if (!first || (dash + 1 < text.size() && !last) || (last && *last < *first)) return std::nullopt;
  if (*first >= size) return Span{};
  const std::uint64_t end = last ? std::min(*last, size - 1) : size - 1;
  return Span{*first, end - *first + 1};
}

void cut(std::vector<http::Piece>& pieces, Span span) {
  std::vector<http::Piece> kept;
  for (http::Piece& piece : pieces) {
    const std::uint64_t size = http::size_of(piece);
    const std::uint64_t skipped = std::min(span.first, size);
    const std::uint64_t taken = std::min(span.length, size - skipped);
    span.first -= skipped;
    span.length -= taken;
    if (taken == 0) continue;
    if (auto* text = std::get_if<std::string>(&piece)) {
      kept.emplace_back(text->substr(skipped, taken));
    } else {
      const auto& range = std::get<http::FileRange>(piece);
      kept.emplace_back(http::FileRange{range.file, range.offset + skipped, taken});
    }
  }
  pieces = std::move(kept);
}

}  // namespace

void apply_range(const http::Request& request, http::Response& response) {
  const bool lazy = std::ranges::any_of(
      response.body, [](const http::Piece& piece) { return std::holds_alternative<http::LazyPiece>(piece); });
  if (response.status != 200 || lazy) return;
  response.headers.add("Accept-Ranges", "bytes");
  const std::uint64_t size = response.body_size();
  if (request.headers.has("If-Range") || size == 0) return;
  const auto span = parse_range(request.headers.get("Range"), size);
  if (!span) return;
  if (span->length == 0) {
    response = http::problem_response(
        fail(ErrorCode::RangeNotSatisfiable, "the value has " + std::to_string(size) + " bytes", "Range"),
        request);
    response.headers.add("Content-Range", "bytes */" + std::to_string(size));
    return;
  }
  response.status = 206;
  response.headers.add("Content-Range", "bytes " + std::to_string(span->first) + "-" +
                                            std::to_string(span->first + span->length - 1) + "/" +
                                            std::to_string(size));
  cut(response.body, *span);
}

}  // namespace gateway::dicomweb
