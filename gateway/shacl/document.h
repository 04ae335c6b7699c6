// Document: the triples of one text, read once; then laid above the vocabularies of the profile it is held
// against.
//
// Named graphs count as one with the default graph. Blank nodes never meet those of shapes and vocabularies.
// Moved, not copied; not thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "gateway/base/result.h"
#include "gateway/codec/rdf_read.h"
#include "gateway/shacl/data_graph.h"
#include "gateway/shacl/profile.h"

namespace gateway::shacl {

class Document {
 public:
  // Errors: those of codec::read_rdf.
  static Result<Document> read(std::string_view text, codec::RdfFormat format, std::string_view base,
                               const codec::RdfLimits& limits, const codec::ContextSource& contexts = {});
  static Document from(const codec::Graph& graph);

  std::size_t size() const { return triples_.size(); }
  // What dct:accessRights claims: "public", "restricted" or "non-public"; the last also when the document
  // says nothing or several things, for it asks most.
  std::string level() const;

  // Uses the document up.
  DataGraph over(const Profile& profile, std::string name) &&;

 private:
  Document() : terms_(std::make_shared<TermTable>()) {}
  void add(codec::Triple&& triple);

  std::shared_ptr<TermTable> terms_;
  std::vector<IdTriple> triples_;
};

}  // namespace gateway::shacl
