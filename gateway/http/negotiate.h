// Content negotiation (RFC 9110 section 12.5.1). Pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/result.h"

namespace gateway::http {

// A media range of Accept: type/subtype in lower case, parameters with names in lower case, quality 0..1000.
struct MediaRange {
  std::string type;
  std::vector<std::pair<std::string, std::string>> parameters;
  int quality = 1000;
  std::string_view parameter(std::string_view name) const;
};

// Parses an Accept value; tolerates what real clients send (unquoted type=application/dicom and the like).
// Empty text is "*/*". Error: InvalidParameter naming the bad part.
Result<std::vector<MediaRange>> parse_accept(std::string_view accept);

// Index of the offer (in order of the server's preference) that the client likes best, by q-values and
// specificity. Offers are plain types such as "text/turtle". Error: NotAcceptable listing the offers.
Result<std::size_t> negotiate(std::string_view accept, std::span<const std::string_view> offers);

}  // namespace gateway::http
