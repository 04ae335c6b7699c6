// Value nodes of a property path (W3C SHACL section 2.3.1, SPARQL 1.1 section 18.4).
//
// Every node comes once. Each triple that is looked at takes one from `steps`; at zero the walk stops and the
// caller must refuse. Thread-safe (no state).
#pragma once

#include <cstddef>
#include <vector>

#include "gateway/shacl/data_graph.h"
#include "gateway/shacl/path.h"

namespace gateway::shacl {

std::vector<TermId> value_nodes(const DataGraph& data, TermId focus, const Path& path, std::size_t& steps);

}  // namespace gateway::shacl
