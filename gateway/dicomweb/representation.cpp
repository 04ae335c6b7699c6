#include "gateway/dicomweb/representation.h"

#include <algorithm>
#include <set>

#include "gateway/base/text.h"

namespace gateway::dicomweb {
namespace {

constexpr std::string_view kMultipart = "multipart/related";
constexpr std::string_view kZip = "application/zip";

// How closely a type range names a type: 0 not at all, 1 by */*, 2 by group, 3 exactly.
int closeness(std::string_view range, std::string_view type) {
  if (range == "*/*") return 1;
  if (range.ends_with("/*")) return type.starts_with(range.substr(0, range.size() - 1)) ? 2 : 0;
  return range == type ? 3 : 0;
}

// A range without transfer-syntax asks for the default one, "*" for any (section 8.7.3.3).
int syntax_closeness(std::string_view wanted, const Offer& offer, bool any_type) {
  if (offer.syntax.empty() || wanted == "*") return 1;
  if (wanted == offer.syntax) return 2;
  if (!wanted.empty()) return 0;
  if (any_type) return offer.is_default == Offer::Default::OfAll ? 1 : 0;
  return offer.is_default == Offer::Default::No ? 0 : 1;
}

// How closely a media range names an offer; 0: not at all.
int closeness(const http::MediaRange& range, const Offer& offer) {
  const bool wraps = offer.form == AnswerForm::Multipart;
  std::string type = wraps ? lower(range.parameter("type")) : range.type;
  if (wraps && (range.type == "*/*" || type.empty())) type = "*/*";
  const std::string_view outer = wraps ? kMultipart : offer.form == AnswerForm::Zip ? kZip : offer.type;
  const int by_outer = closeness(range.type, outer);
  const int by_type = wraps ? closeness(type, offer.type) : by_outer;
  if (by_outer == 0 || by_type == 0) return 0;
  const bool any_type = offer.form != AnswerForm::Zip && type.ends_with("/*");
  const int by_syntax = syntax_closeness(range.parameter("transfer-syntax"), offer, any_type);
  return by_syntax == 0 ? 0 : by_outer * 100 + by_type * 10 + by_syntax;
}

}  // namespace

std::string accepted(const http::Request& request) {
  std::string text;
  for (const auto& [name, value] : request.query)
    if (iequals(name, "accept")) text += (text.empty() ? "" : ", ") + value;
  return text.empty() ? request.headers.joined("Accept") : text;
}

Result<Preference> Preference::of(const http::Request& request) {
  Preference preference;
  preference.text_ = accepted(request);
  preference.ranges_ = TRY(http::parse_accept(preference.text_));
  return preference;
}

// The most specific range decides (RFC 9110 section 12.5.1).
int Preference::quality_of(const Offer& offer) const {
  int best = 0, quality = 0;
  for (const http::MediaRange& range : ranges_) {
    const int close = closeness(range, offer);
    if (close < best || close == 0) continue;
    quality = close > best ? range.quality : std::max(quality, range.quality);
    best = close;
  }
  return quality;
}

const Offer* Preference::choose(std::span<const Offer> offers) const {
  const Offer* chosen = nullptr;
  int best = 0;
  for (const Offer& offer : offers) {
    const int quality = quality_of(offer);
    if (quality <= best) continue;
    chosen = &offer;
    best = quality;
  }
  return chosen;
}

Error not_acceptable(std::span<const Offer> offers, std::string_view what) {
  std::set<std::string, std::less<>> named;
  std::string text = std::string(what) + " available as";
  for (const Offer& offer : offers) {
    std::string one(offer.form == AnswerForm::Zip ? kZip : offer.type);
    if (!offer.syntax.empty()) one += "; transfer-syntax=" + offer.syntax;
    if (named.insert(one).second) text += (named.size() > 1 ? ", " : " ") + one;
  }
  return fail(ErrorCode::NotAcceptable, offers.empty() ? std::string(what) + " not available" : text,
              "Accept");
}

}  // namespace gateway::dicomweb
