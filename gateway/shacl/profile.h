// Profile: compiled shapes with the vocabularies they lean on; what a document is validated against.
//
// Immutable; shared by any number of threads. Errors: InvalidBody for what is no RDF, Unprocessable for
// ill-formed shapes (W3C SHACL appendix: a shape with two paths, a list that does not end ...), with the
// shape as `where`.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/codec/rdf_read.h"
#include "gateway/shacl/data_graph.h"
#include "gateway/shacl/shape.h"

namespace gateway::shacl {

class Profile {
 public:
  const std::string& name() const { return name_; }
  const Shapes& shapes() const { return shapes_; }
  const std::shared_ptr<const TermTable>& terms() const { return terms_; }
  const std::shared_ptr<const Layer>& background() const { return background_; }
  // The shapes as triples, for showing them.
  const codec::Graph& graph() const { return graph_; }

 private:
  friend class ProfileBuilder;
  std::string name_;
  codec::Graph graph_;
  std::shared_ptr<const TermTable> terms_;
  std::shared_ptr<const Layer> background_;
  Shapes shapes_;
};

// Gathers shapes and vocabularies of several files; shapes with the same IRI become one. Not thread-safe.
class ProfileBuilder {
 public:
  explicit ProfileBuilder(std::string name);

  // `contexts`: those that JSON-LD may name.
  Result<void> add_shapes(std::string_view text, codec::RdfFormat format, std::string_view base,
                          const codec::ContextSource& contexts = {});
  void add_shapes(const codec::Graph& graph);
  Result<void> add_background(std::string_view text, codec::RdfFormat format, std::string_view base,
                              const codec::ContextSource& contexts = {});
  void add_background(const codec::Graph& graph);
  // Uses up what was gathered.
  Result<std::shared_ptr<const Profile>> build();

 private:
  std::string name_;
  unsigned files_ = 0;
  codec::Graph shapes_;
  std::shared_ptr<TermTable> terms_;
  std::shared_ptr<Layer> background_;
};

}  // namespace gateway::shacl
