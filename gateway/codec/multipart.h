// Reader of multipart bodies (RFC 2046 section 5.1, RFC 2387), strict, in one pass over a window of the
// source.
//
// Finds where the parts lie and reads their headers; the content stays where it is (SliceSource gives it
// out). Lines end with CRLF, the final delimiter has to be there, preamble and epilogue are passed over. Pure
// functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/bytes.h"
#include "gateway/base/result.h"

namespace gateway::codec {

struct MultipartLimits {
  std::size_t parts = 20'000;
  std::size_t part_header = 16 << 10;  // bytes of the headers of one part
  std::size_t headers = 16 << 20;      // bytes of the headers of all parts
};

struct Part {
  std::vector<std::pair<std::string, std::string>> headers;  // in order, values trimmed
  std::uint64_t offset = 0;                                  // of the content in the source
  std::uint64_t length = 0;
  std::string_view header(std::string_view name) const;  // first of that name, without case; or empty
};

// Errors: InvalidParameter (boundary), InvalidBody (syntax, no part), TruncatedBody (no final delimiter),
// BodyTooLarge (a limit).
Result<std::vector<Part>> parse_multipart(const ByteSource& source, std::string_view boundary,
                                          const MultipartLimits& limits = {});

}  // namespace gateway::codec
