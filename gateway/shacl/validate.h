// Validation of data against a profile (W3C SHACL sections 3 and 4; SHACL Core).
//
// Bounded: steps, depth and rows. Shapes that name each other in a circle end: a node that is being checked
// against a shape meets it for the time being. Thread-safe (no state). Errors: those of reading the document;
// Unprocessable when a limit of the work is reached, for no report may look complete and not be.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/base/result.h"
#include "gateway/codec/rdf_read.h"
#include "gateway/shacl/library.h"
#include "gateway/shacl/profile.h"
#include "gateway/shacl/report.h"

namespace gateway::shacl {

struct ValidateLimits {
  codec::RdfLimits reading;
  std::size_t max_steps = 50'000'000;  // triples looked at, characters matched
  std::size_t max_rows = 50'000;       // more are counted only
  unsigned max_depth = 100;            // shapes within shapes
};

struct DocumentOptions {
  std::string base = {};  // of relative IRIs
  std::string name = {};  // of the document, in rows; empty: "document"
  bool own_nodes = true;  // only rows about nodes that the document describes
  ValidateLimits limits = {};
  codec::ContextSource contexts = {};  // of JSON-LD; with a library, empty means those it ships
};

// A document against a profile.
Result<Report> validate_document(std::string_view text, codec::RdfFormat format, const Profile& profile,
                                 const DocumentOptions& options = {});
// The same with the release by name: "healthdcat-ap-r8:public", or without the level, which is then the one
// that the document claims.
Result<Report> validate_document(std::string_view text, codec::RdfFormat format, const Library& library,
                                 std::string_view release, const DocumentOptions& options = {});
// A graph in memory.
Result<Report> validate_graph(const codec::Graph& graph, const Profile& profile,
                              const DocumentOptions& options = {});

}  // namespace gateway::shacl
