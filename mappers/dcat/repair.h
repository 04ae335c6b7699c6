// Repair of descriptions as they are found: old and mistyped namespaces and property names, vocabulary hosts
// that moved, numbers as words, e-mails of the wrong kind, dates, media types, classes that the shapes ask
// for.
//
// Nothing is invented: every change says in other words what the document says already, and each has a line.
// What cannot be repaired so is left as it is. Pure function, thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/value.h"
#include "gateway/codec/rdf.h"
#include "mappers/dcat/release.h"

namespace mappers::dcat {

struct Change {
  std::string rule;  // "namespace", "property-name", "host", "count", "email", ... (README of profiles/dcat)
  std::string subject;   // where: IRI, or "_:label"
  std::string property;  // short name
  std::string from;      // empty: a statement was added
  std::string to;
};

struct Repair {
  gateway::codec::Graph graph;
  std::vector<Change> changes;
  std::size_t count(std::string_view rule) const;
  std::string text() const;  // one line a change
  gateway::Value json() const;
};

// Classes and forms are those of the release.
Repair repair(const Releases& releases, const gateway::codec::Graph& graph, const Release& release);

}  // namespace mappers::dcat
