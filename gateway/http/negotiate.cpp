#include "gateway/http/negotiate.h"

#include <optional>

#include "gateway/base/text.h"
#include "gateway/codec/media_type.h"

namespace gateway::http {
namespace {

// weight (RFC 9110 section 12.4.2) in thousandths.
std::optional<int> parse_quality(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int quality = (text[0] - '0') * 1000;
  int unit = 100;
  for (std::size_t i = 2; i < text.size(); ++i, unit /= 10) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    quality += (text[i] - '0') * unit;
  }
  return quality <= 1000 ? std::optional(quality) : std::nullopt;
}

Result<MediaRange> parse_range(std::string_view text) {
  const std::string_view essence = trim(text.substr(0, text.find(';')));
  if (essence == "*") text = "*/*";  // older Java clients
  auto media = codec::parse_media_type(text);
  if (!media) return fail(ErrorCode::InvalidParameter, media.error().message, "Accept: " + std::string(text));
  MediaRange range{std::move(media->type), std::move(media->parameters), 1000};
  for (auto it = range.parameters.begin(); it != range.parameters.end(); ++it) {
    if (it->first != "q") continue;
    const auto quality = parse_quality(it->second);
    if (!quality)
      return fail(ErrorCode::InvalidParameter, "q is not a weight from 0 to 1",
                  "Accept: " + std::string(text));
    range.quality = *quality;
    range.parameters.erase(it);
    break;
  }
  return range;
}

// How closely a range names an offer: 0 not at all, 1 by */*, 2 by type/*, 3 exactly, 4 exactly with
// parameters.
int specificity(const MediaRange& range, std::string_view offer) {
  if (range.type == "*/*") return 1;
  const auto slash = range.type.find('/');
  if (range.type.ends_with("/*"))
    return offer.substr(0, offer.find('/')) == range.type.substr(0, slash) ? 2 : 0;
  if (range.type != offer) return 0;
  return range.parameters.empty() ? 3 : 4;
}

struct Liking {
  int quality = 0;
  int specificity = 0;
};

// The most specific range decides about an offer (RFC 9110 section 12.5.1).
Liking liking_of(std::string_view offer, const std::vector<MediaRange>& ranges) {
  Liking best;
  for (const auto& range : ranges) {
    const int closeness = specificity(range, offer);
    if (closeness == 0) continue;
    if (closeness > best.specificity || (closeness == best.specificity && range.quality > best.quality))
      best = {range.quality, closeness};
  }
  return best;
}

}  // namespace

std::string_view MediaRange::parameter(std::string_view name) const {
  for (const auto& [key, value] : parameters)
    if (key == name) return value;
  return {};
}

Result<std::vector<MediaRange>> parse_accept(std::string_view accept) {
  if (trim(accept).empty()) return std::vector<MediaRange>{{"*/*", {}, 1000}};
  std::vector<MediaRange> ranges;
  for (const auto part : TRY(codec::split_quoted(accept, ','))) ranges.push_back(TRY(parse_range(part)));
  return ranges;
}

Result<std::size_t> negotiate(std::string_view accept, std::span<const std::string_view> offers) {
  const auto ranges = TRY(parse_accept(accept));
  std::optional<std::size_t> choice;
  Liking best;
  for (std::size_t i = 0; i < offers.size(); ++i) {
    const Liking liking = liking_of(offers[i], ranges);
    if (liking.quality == 0) continue;
    const bool better = liking.quality > best.quality ||
                        (liking.quality == best.quality && liking.specificity > best.specificity);
    if (choice && !better) continue;
    choice = i;
    best = liking;
  }
  if (choice) return *choice;
  std::string names;
  for (const auto offer : offers) names += (names.empty() ? "" : ", ") + std::string(offer);
  return fail(ErrorCode::NotAcceptable, "the answer can only be given as " + names,
              "Accept: " + std::string(accept));
}

}  // namespace gateway::http
