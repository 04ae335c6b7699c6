// Internal to the catalogue: checking any description against the shapes of a release.
#pragma once

#include "gateway/catalogue/parts.h"

namespace gateway::catalogue {

inline constexpr std::uint64_t kMaxDocument = 16u << 20;

// GET: a form for people. POST: a document in any syntax, or that form filled in, to a report in JSON, HTML
// or Turtle. Errors: NotSupported without shapes, UnsupportedMediaType, those of reading the document.
Result<http::Response> answer_validate_form(const Parts& parts, const http::Request& request);
Result<http::Response> answer_validate(const Parts& parts, const http::Request& request);

}  // namespace gateway::catalogue
