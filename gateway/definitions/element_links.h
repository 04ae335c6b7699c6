// Makes a tree of the flat list of elements that a snapshot is (FHIR R4 5.1.0.10 ElementDefinition).
//
// Errors: ProfileInvalid, BodyTooLarge; the id of the element in `where`. Not thread-safe for one structure.
#pragma once

#include "gateway/base/result.h"
#include "gateway/definitions/definitions.h"

namespace gateway::definitions {

// Sets `root`, and children and slices of every element; takes out the constraints that come with each
// type anyway, and states the slicing by type that slices of a choice imply. The list must not grow later.
Result<void> link_elements(Structure& structure);

// Whoever walks the tree may recurse: no structure is deeper.
inline constexpr std::size_t kMaxElementDepth = 64;

// The number of dots: 0 for the root.
std::size_t depth_of(std::string_view path);

}  // namespace gateway::definitions
