// What a row says when the author of the shape says nothing.
//
// Pure function; thread-safe.
#pragma once

#include <string>

#include "gateway/shacl/shape.h"

namespace gateway::shacl {

// `count` is the number of value nodes.
std::string message_of(const Constraint& constraint, std::size_t count, const TermTable& terms);

}  // namespace gateway::shacl
