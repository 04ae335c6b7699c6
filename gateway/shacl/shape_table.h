// The compact tables of profiles/shapes (their README.md gives the form): shapes and vocabularies, one fact a
// line, read into triples.
//
// Both readers add to a graph, so what follows is the same as for an official file. Error: ProfileInvalid
// with file:line. Thread-safe (no state).
#pragma once

#include <string_view>

#include "gateway/base/result.h"
#include "gateway/codec/rdf.h"

namespace gateway::shacl {

// Lists of codes that a line names ("in @FILE") are in `folder`.
Result<codec::Graph> read_shape_table(std::string_view text, std::string_view file, std::string_view folder);
Result<codec::Graph> read_vocabulary_table(std::string_view text, std::string_view file);

}  // namespace gateway::shacl
