// Internal to the readers of RDF: references resolved against a base (RFC 3986 section 5.2, for IRIs too),
// and the form of language tags. Pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gateway::codec {

// RFC 3987 section 2.2: what stands in no IRI (above ASCII everything may).
inline constexpr std::array<bool, 256> kOutsideIri = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0; c <= 0x20; ++c) table[c] = true;
  for (const char c : std::string_view("<>\"{}|\\^`\x7F")) table[static_cast<std::uint8_t>(c)] = true;
  return table;
}();
inline bool outside_iri(char c) { return kOutsideIri[static_cast<std::uint8_t>(c)]; }

// The longest IRI, base or name of a namespace that any reader takes: what is kept of a document and used
// again and again must be short.
inline constexpr std::size_t kLongestIri = 8192;
inline bool is_too_long(std::string_view iri) { return iri.size() > kLongestIri; }
// "an IRI is longer than 8192 bytes: http://..."
std::string too_long_iri(std::string_view iri);

// Whether the text begins with a scheme and a colon.
bool has_scheme(std::string_view text);
// An absolute IRI of allowed characters. Other than is_absolute_iri it may end with its scheme.
bool is_whole_iri(std::string_view text);
// Letters, then parts of letters and digits after hyphens, as Turtle has it (production LANGTAG).
bool is_language_tag(std::string_view text);
// The reference itself when it has a scheme, or when `base` is empty.
std::string resolve_iri(std::string_view base, std::string_view reference);

}  // namespace gateway::codec
