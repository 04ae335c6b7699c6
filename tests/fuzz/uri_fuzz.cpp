// Escapes, paths and queries: what decodes is UTF-8 without NUL, and encoding it again decodes to the same.
#include <cstdlib>

#include "gateway/base/text.h"
#include "gateway/codec/uri.h"

namespace {

using namespace gateway;

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto decoded = codec::percent_decode(text)) {
    check(is_utf8(*decoded) && decoded->find('\0') == std::string::npos);
    const auto again = codec::percent_decode(codec::percent_encode(*decoded));
    check(again.ok() && *again == *decoded);
  }
  if (const auto path = codec::decode_path(text)) {
    check(path->starts_with('/') && path->find("/../") == std::string::npos && !path->ends_with("/.."));
    check(path->find('\\') == std::string::npos);
  }
  for (const auto plus : {codec::Plus::Literal, codec::Plus::Space}) {
    const auto query = codec::parse_query(text, plus);
    if (!query) continue;
    const auto again = codec::parse_query(codec::write_query(*query), plus);
    check(again.ok() && *again == *query);
  }
  return 0;
}
