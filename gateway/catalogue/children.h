// Internal to the catalogue: state and children of a resource (FAIR Data Point: "/meta" and "/page/{child}").
#pragma once

#include "gateway/catalogue/parts.h"

namespace gateway::catalogue {

// JSON: state, versions, when it was last checked, the way up to the root.
Result<http::Response> answer_meta(const Parts& parts, Kind kind, const http::Request& request);
// An ldp:DirectContainer with some of the members and what each is called; Link: first, last, prev, next.
Result<http::Response> answer_children(const Parts& parts, Kind kind, const http::Request& request);

}  // namespace gateway::catalogue
