// RDF Dataset Canonicalization (W3C RDFC-1.0, SHA-256): equal graphs give equal bytes whatever their blank
// nodes are called. For comparison and for ETags. Thread-safe (no state).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/codec/rdf.h"
#include "gateway/codec/rdf_read.h"

namespace gateway::codec {

// Hashing of blank nodes that look alike grows with their permutations: a graph made to exploit that is
// refused (RDFC-1.0 section 7.1).
inline constexpr std::size_t kMaxCanonicalCalls = 100'000;

// Canonical N-Quads, sorted. Error: Unprocessable when more than `max_calls` steps are needed.
Result<std::string> canonical_nquads(std::span<const Quad> quads, std::size_t max_calls = kMaxCanonicalCalls);
Result<std::string> canonical_nquads(const Graph& graph, std::size_t max_calls = kMaxCanonicalCalls);
// Whether both say the same, whatever their blank nodes are called.
Result<bool> isomorphic(const Graph& left, const Graph& right);

}  // namespace gateway::codec
